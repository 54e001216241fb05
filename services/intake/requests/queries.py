"""What people look up: requests of a region, one's own, one by its number, its words."""

from services.intake.cases.repository import Cases
from services.intake.families.policy import is_recent
from services.intake.families.policy import resource as of_family
from services.intake.families.repository import Families
from services.intake.policy import POLICY
from services.intake.requests.commands import ListRequests
from services.intake.requests.domain import Request
from services.intake.requests.policy import REQUEST, case_of, load_authorised, shown
from services.intake.requests.repository import LISTED, Requests, status_prefix
from services.intake.requests.values import RequestId, RequestNumber
from services.intake.requests.vault_records import open_words
from services.intake.requests.views import RequestRow, RequestView, RequestWords
from shared.api.models import Paging
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
        query=query,
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
        query=query,
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
    found = requests.by_number(number)
    # None is looked for once more, too: how long it takes says nothing of another region.
    request_id = "" if found is None else found.request_id
    return view_of(load_authorised(request_id, "view", caller, requests), cases, caller)


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
    """Show a request with the status of its case, and what this caller can do about it now.

    A bot passes on what it sees, and is shown nothing that says that its family was known before.
    """
    case = case_of(request, cases)
    offered = shown(request, caller, cases, lambda: case)
    view = RequestView.of_request(offered, None if case is None else case.status)
    if caller.kind == "person":
        return view
    return view.for_machine(follows=case is None or request.may_follow(case))
