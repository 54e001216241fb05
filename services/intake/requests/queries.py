"""What people look up: requests of a region, one's own, one by its number, its words."""

from services.intake.cases.domain import Case
from services.intake.cases.repository import Cases
from services.intake.cases.values import Status
from services.intake.families.policy import is_recent
from services.intake.families.policy import resource as of_family
from services.intake.families.repository import Families
from services.intake.policy import POLICY
from services.intake.requests.commands import ListRequests
from services.intake.requests.domain import Request
from services.intake.requests.policy import REQUEST, load_authorised
from services.intake.requests.repository import LISTED, Requests, status_prefix
from services.intake.requests.values import RequestId, RequestNumber
from services.intake.requests.vault_records import open_words
from services.intake.requests.views import RequestRow, RequestView, RequestWords
from shared.api.models import Paging
from shared.errors import NotFound
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.privacy.vault import Vault
from shared.storage.repository import Page


def list_requests(query: ListRequests, caller: Principal, requests: Requests) -> Page[RequestRow]:
    """List the requests of your region: those without a case yet, or joined, or ended."""
    partition = Partition.of_region(caller, query.region)
    return requests.page(
        "by_region",
        POLICY.require_list(caller, "list_requests", REQUEST, partition),
        RequestRow.of_request,
        caller=caller,
        limit=query.limit,
        cursor=query.cursor,
        prefix=status_prefix(query.status),
    )


def list_own_requests(query: Paging, caller: Principal, requests: Requests) -> Page[RequestRow]:
    """List the requests that you registered in the last 30 days."""
    partition = Partition.of_person(caller)
    page = requests.page(
        "by_owner",
        POLICY.require_list(caller, "list_own_requests", REQUEST, partition),
        RequestRow.of_request,
        caller=caller,
        limit=query.limit,
        cursor=query.cursor,
        prefix=LISTED,
        newest_first=True,
    )
    recent = [row for row in page.items if is_recent(row.received_at)]
    if len(recent) == len(page.items):
        return page
    return Page[RequestRow](items=recent)


def get_request(
    request_id: RequestId, caller: Principal, requests: Requests, cases: Cases
) -> RequestView:
    """Open a request, without the words that were said."""
    return view_of(load_authorised(request_id, "view", caller, requests), cases, caller)


def get_request_by_number(
    number: RequestNumber, caller: Principal, requests: Requests, cases: Cases
) -> RequestView:
    """Open the request whose number the family has read aloud."""
    request = requests.by_number(number)
    if request is None:
        raise NotFound(REQUEST.lower())
    return view_of(load_authorised(request.request_id, "view", caller, requests), cases, caller)


def get_request_words(
    request_id: RequestId,
    caller: Principal,
    requests: Requests,
    families: Families,
    vault: Vault,
) -> RequestWords:
    """Read what was said in a request; what is sensitive for the team of the family's case alone.

    The reading is recorded.
    """
    request = load_authorised(request_id, "view_words", caller, requests)
    family = None if request.family_id is None else families.get(request.family_id)
    sensitive = family is not None and POLICY.allows(caller, "view_sensitive", of_family(family))
    return open_words(request, caller, vault, sensitive=sensitive)


def view_of(request: Request, cases: Cases, caller: Principal) -> RequestView:
    """Show a request with the status of its case; nothing is added to what is over.

    It is offered as another family's where it can be taken out: its family was known before it, its
    case was made by others, too, or is closed, and no one searches for what it alone asked for.

    A bot passes on what it sees, and is shown nothing that says that its family was known before.
    """
    case = None if request.case_id is None else cases.find(request.case_id)
    gone = set() if case is None or case.open else {"add"}
    if "disown" in request.next_steps and not _may_be_disowned(request, case, cases):
        gone.add("disown")
    left = tuple(step for step in request.next_steps if step not in gone)
    request = request.shown_to(lambda step: step in left)
    view = RequestView.of_request(request, None if case is None else case.status)
    if caller.kind == "person":
        return view
    return view.for_machine(follows=case is None or request.may_follow(case))


def _may_be_disowned(request: Request, case: Case | None, cases: Cases) -> bool:
    """Whether the command would take a request out of its family and case, as they are now."""
    family = Families(cases.store).find(request.family_id or "")
    if request.made_family(case, family):
        return False
    if case is None or request.request_id not in case.requests:
        return True
    ids = [each for each in case.requests if each != request.request_id]
    if case.status not in (Status.CARE_REQUIRED, Status.MATCHED):
        return bool(ids) or not case.open
    own = {need.need_id for need in request.needs}
    others = Requests(cases.store).get_many(ids)
    theirs = {need.category for each in others for need in each.needs}
    left = (n for n in case.open_needs if n.need_id not in own or n.category in theirs)
    return bool(ids) and any(left)
