"""The status of a request by its number and code, for people without an account.

Guarantees
* Who does not know both learns nothing: a number that does not exist, a wrong code and a former
  code are answered alike, after the same reads and writes.
* 5 tries an hour and 15 a day per number, 20 an hour per network address; each is counted before
  anything is looked up, the right ones too.
"""

import hmac

from services.intake.cases.repository import Cases
from services.intake.policy import POLICY
from services.intake.progress.commands import AskStatus
from services.intake.progress.views import FilingRow, StatusView
from services.intake.requests.policy import REQUEST, case_of, load_authorised
from services.intake.requests.repository import LISTED, Requests
from services.intake.requests.values import RequestId
from services.intake.requests.vault_records import short_code
from shared.api import inputs
from shared.api.models import Paging
from shared.errors import Invalid, RateLimited
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.privacy.vault import Vault
from shared.storage.repository import Page
from shared.storage.store import Store

HOUR, DAY = 3600, 86400
AN_HOUR_PER_NUMBER, A_DAY_PER_NUMBER, AN_HOUR_PER_ADDRESS = 5, 15, 20


def get_request_status(
    body: AskStatus, request: inputs.Request, requests: Requests, cases: Cases, vault: Vault
) -> StatusView:
    """See how far your request has come, by its number and code."""
    _count(vault.blind_index("address", request.source_address), body.number, requests.store)
    found = requests.by_number(body.number)
    edition = 0 if found is None else found.code_edition
    code = short_code("" if found is None else found.request_id, vault, edition)
    if found is None or not hmac.compare_digest(code, body.code):
        raise Invalid("number_or_code_wrong", "/code")
    return StatusView.of_request(found, case_of(found, cases), by_code=True)


def list_filings(query: Paging, caller: Principal, requests: Requests) -> Page[FilingRow]:
    """List the requests that you have filed for families, the latest first."""
    partition = Partition.of_person(caller)
    return requests.page(
        "by_owner",
        POLICY.require_list(caller, "list_filings", REQUEST, partition),
        FilingRow.of_request,
        caller=caller,
        query=query,
        prefix=LISTED,
        newest_first=True,
    )


def get_filing(
    request_id: RequestId, caller: Principal, requests: Requests, cases: Cases
) -> StatusView:
    """See how far a request has come that you have filed for a family."""
    request = load_authorised(request_id, "view_filing", caller, requests)
    return StatusView.of_request(request, case_of(request, cases))


def _count(address: str, number: str, store: Store) -> None:
    """Count one try; raises RateLimited."""
    limits = (
        (f"request-status-address#{address}", AN_HOUR_PER_ADDRESS),
        (f"request-status-number#{number}", AN_HOUR_PER_NUMBER),
    )
    for name, limit in limits:
        if not store.count(name, limit, HOUR):
            raise RateLimited("too_many_status_questions", HOUR)
    rest = store.count_from_first(f"request-status-day#{number}", A_DAY_PER_NUMBER, DAY)
    if rest:
        raise RateLimited("too_many_status_questions", rest)
