"""What an operator adds to a request that is written down already, and takes out of it again."""

from collections.abc import Iterable

from services.intake.calls.commands import AddToRequest, WithdrawAddition
from services.intake.calls.domain import require_open, take_out_addition, without_addition
from services.intake.calls.use_cases.commits import Asked, load_asked, save_asked
from services.intake.calls.views import AddedView, WithdrawnView
from services.intake.cases.domain import Case
from services.intake.cases.repository import Cases
from services.intake.cases.use_cases.need_changes import asked_needs
from services.intake.cases.values import AskedNeed
from services.intake.codes.values import Urgency
from services.intake.families.policy import stamp
from services.intake.families.repository import Families
from services.intake.families.vault_records import forget_words
from services.intake.requests import events as request_events
from services.intake.requests.domain import Request
from services.intake.requests.policy import load_authorised
from services.intake.requests.repository import TEXT, Requests
from services.intake.requests.values import AdditionId, RequestId, RequestStatus
from services.intake.requests.views import OK, TEXTS, EmergencyView
from shared import ids
from shared.errors import Invalid
from shared.principal import Principal
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.rows import RawWrite

OF_ADDITION = "add"
# As many records of words, in which needs of an addition were put right, fit into the commit.
MOST_MENDED = 8


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
    before, record = load_asked(request, families, cases), ids.new(OF_ADDITION)
    needs, words = asked_needs(body.needs, record, "/needs")
    said = words if body.text is None else words | {TEXT: body.text}
    needs = tuple(need.added_in(record) for need in needs)
    added = request.add(needs, record if body.text is not None else None, body.urgency)
    urgent = Urgency.URGENT in (body.urgency, *(need.urgency for need in needs))
    case = before.case
    if case is not None and request.status is RequestStatus.JOINED:
        require_open(case)
        case = case.join(stamp(context), request_id, needs, urgent=urgent, heard=True)
    writes = vault.seal(request.subject, record, said) if said else []
    news = [] if _has(case, context) else [request_events.of_extension(added, urgent=urgent)]
    return save_asked(
        context, before, Asked(added, case, before.family), writes, requests, news=news
    )


def withdraw_addition(
    request_id: RequestId,
    addition_id: AdditionId,
    body: WithdrawAddition,
    context: CommandContext,
    requests: Requests,
    families: Families,
    cases: Cases,
    vault: Vault,
) -> Receipt:
    """Take out what was added to a request by mistake; its words are erased, the rest stays."""
    request = load_authorised(request_id, "withdraw_addition", context.actor, requests)
    context.reason, before = body.reason, load_asked(request, families, cases)
    left, case = without_addition(request, addition_id), before.case
    wrong = [need for need in request.needs if need not in left.needs]
    if case is not None and request_id in case.requests:
        others = requests.get_many(each for each in case.requests if each != request_id)
        case = take_out_addition(case, stamp(context), wrong, (left, *others), body.reason)
    over = request.status is RequestStatus.ENDED if case is None else not case.open
    news = [] if over or _has(case, context) else [request_events.of_withdrawal(left)]
    after = Asked(left, case, before.family)
    writes = _forget(request, addition_id, wrong, vault)
    return save_asked(context, before, after, writes, requests, news=news)


def withdrawn_view(receipt: Receipt, caller: Principal) -> WithdrawnView:
    """Return where what is taken out may belong."""
    title, what_next = TEXTS.text("addition_withdrawn", OK, {})
    return WithdrawnView.of(receipt, title=title, what_next=what_next)


def _has(case: Case | None, context: CommandContext) -> bool:
    """Whether who does this works on the case, and so knows of it."""
    return case is not None and case.taken_by == context.actor.id


def _forget(
    request: Request, addition: str, wrong: Iterable[AskedNeed], vault: Vault
) -> list[RawWrite]:
    """Return the rows without the words of an addition, also those that were put right since."""
    refs = {need.text_ref for need in wrong if need.text_ref is not None}
    mended = {each for each in refs if not each.startswith(addition)}
    gone = vault.forget(request.subject, addition)
    return [*gone, *forget_words(request.subject, mended, vault, MOST_MENDED)]
