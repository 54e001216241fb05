"""What an operator adds to a request that is written down already."""

from services.intake.calls.commands import AddToRequest
from services.intake.calls.domain import require_open
from services.intake.calls.use_cases.commits import OF_REQUEST, Asked, load_asked, save_asked
from services.intake.calls.views import AddedView
from services.intake.cases.repository import Cases
from services.intake.cases.use_cases.need_changes import asked_needs
from services.intake.codes.values import Urgency
from services.intake.families.policy import stamp
from services.intake.families.repository import Families
from services.intake.requests import events as request_events
from services.intake.requests.policy import load_authorised
from services.intake.requests.repository import TEXT, Requests
from services.intake.requests.values import RequestId, RequestStatus
from services.intake.requests.views import EmergencyView
from shared import ids
from shared.errors import Invalid
from shared.principal import Principal
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext, Receipt


def added_view(receipt: Receipt, caller: Principal) -> AddedView:
    """Return what to say first when the family cannot wait."""
    return AddedView.of(receipt, emergency=EmergencyView.for_staff(receipt.links or {}))


def add_to_request(
    request_id: RequestId,
    body: AddToRequest,
    context: CommandContext,
    requests: Requests,
    families: Families,
    cases: Cases,
    vault: Vault,
) -> Receipt:
    """Add a need, words or urgency to a request; its case gets them, and headquarters looks."""
    request = load_authorised(request_id, "add_to_request", context.actor, requests)
    if not body.needs and body.text is None and body.urgency is Urgency.NORMAL:
        raise Invalid("nothing_to_change")
    before, record = load_asked(request, families, cases), ids.new(OF_REQUEST)
    needs, words = asked_needs(body.needs, record, "/needs")
    said = words if body.text is None else words | {TEXT: body.text}
    added = request.add(needs, record if body.text is not None else None, body.urgency)
    urgent = Urgency.URGENT in (body.urgency, *(need.urgency for need in needs))
    case = before.case
    if case is not None and request.status is RequestStatus.JOINED:
        require_open(case)
        case = case.join(stamp(context), request_id, needs, urgent=urgent, heard=True)
    writes = vault.seal(request.subject, record, said) if said else []
    known = before.case is not None and before.case.taken_by == context.actor.id
    news = [] if known else [request_events.of_extension(added, urgent=urgent)]
    return save_asked(
        context, before, Asked(added, case, before.family), writes, requests, news=news
    )
