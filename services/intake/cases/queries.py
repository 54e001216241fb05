"""What people look up: queues, a request, its history, and people's data where it is needed."""

from collections.abc import Iterable

from services.intake.cases.commands import ListRequests
from services.intake.cases.domain import Case
from services.intake.cases.policy import REQUEST, is_recent, load_authorised
from services.intake.cases.repository import (
    CONTACT_RECORD,
    MISSING_PREFIX,
    NOTE,
    REQUEST_RECORD,
    TEXT,
    Cases,
    status_prefix,
)
from services.intake.cases.values import Need, RequestId, RequestNumber
from services.intake.cases.views import (
    ContactView,
    ExportView,
    HistoryView,
    NeedWords,
    OfficeView,
    OwnView,
    PersonalView,
    RequestRow,
    RequestView,
    categories,
)
from services.intake.policy import POLICY
from shared.api.models import Paging
from shared.errors import NotFound
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.privacy.contact import FIELDS
from shared.privacy.vault import Fields, RecordFields, Vault
from shared.storage.repository import Page

Records = dict[str, Fields]

HELP, OWN_VIEW, EXPORT = "help_family", "own_view", "export"


def list_requests(query: ListRequests, caller: Principal, cases: Cases) -> Page[RequestRow]:
    """List the requests of your region in one status, or care without a recent result."""
    partition = Partition.of_region(caller, query.region)
    return cases.page(
        "by_region",
        POLICY.require_list(caller, "list_requests", REQUEST, partition),
        RequestRow.of_case,
        caller=caller,
        limit=query.limit,
        cursor=query.cursor,
        prefix=MISSING_PREFIX if query.record_missing else status_prefix(query.status),
    )


def list_own_requests(query: Paging, caller: Principal, cases: Cases) -> Page[RequestRow]:
    """List the requests that you registered in the last 30 days."""
    partition = Partition.of_person(caller)
    page = cases.page(
        "by_owner",
        POLICY.require_list(caller, "list_own_requests", REQUEST, partition),
        RequestRow.of_case,
        caller=caller,
        limit=query.limit,
        cursor=query.cursor,
        newest_first=True,
    )
    recent = [row for row in page.items if is_recent(row.received_at)]
    if len(recent) == len(page.items):
        return page
    return Page[RequestRow](items=recent)


def get_request(request_id: RequestId, caller: Principal, cases: Cases) -> RequestView:
    """Open a request, without the family's contact and words."""
    return _request_view(load_authorised(request_id, "view", caller, cases), caller)


def get_request_by_number(number: RequestNumber, caller: Principal, cases: Cases) -> RequestView:
    """Open the request whose number the family has read aloud."""
    case = cases.by_number(number)
    if case is None:
        raise NotFound(REQUEST)
    return _request_view(load_authorised(case.case_id, "view", caller, cases), caller)


def get_history(request_id: RequestId, caller: Principal, cases: Cases) -> HistoryView:
    """Read everything that happened to a case."""
    return HistoryView(items=load_authorised(request_id, "view_history", caller, cases).history)


def get_contact(
    request_id: RequestId, caller: Principal, cases: Cases, vault: Vault
) -> PersonalView:
    """Read a family's contact and words; the reading is recorded.

    A guardian reads the contact and the words about open needs, and not what headquarters heard.
    """
    case = load_authorised(request_id, "view_contact", caller, cases)
    whole = caller.role != "guardian_rep"
    needs = case.needs if whole else case.open_needs
    wanted = _fields_of(case, needs, contact=True, request=whole)
    return _personal_view(case, needs, _read(wanted, case, caller, HELP, vault))


def get_own_case(request_id: RequestId, caller: Principal, cases: Cases, vault: Vault) -> OwnView:
    """Show a family its own case, through a bot that has proved it."""
    case = load_authorised(request_id, "view_own", caller, cases)
    records = _read(_fields_of(case, case.needs), case, caller, OWN_VIEW, vault)
    return OwnView.of_case(case, _need_words(case.needs, records))


def get_office_view(request_id: RequestId, caller: Principal, cases: Cases) -> OfficeView:
    """Read what a family has allowed your office to know."""
    case = load_authorised(request_id, "view_as_office", caller, cases)
    return OfficeView(
        id=case.case_id,
        status=case.status,
        district_id=case.district,
        categories=categories(case.open_needs),
    )


def export_person(
    request_id: RequestId, caller: Principal, cases: Cases, vault: Vault
) -> ExportView:
    """Give a family everything that is kept about it."""
    case = load_authorised(request_id, "export_person", caller, cases)
    wanted = _fields_of(case, case.needs, contact=True, request=True)
    records = _read(wanted, case, caller, EXPORT, vault)
    return ExportView(
        request=RequestView.of_case(case, whole=True),
        personal=_personal_view(case, case.needs, records),
        history=case.history,
    )


def _request_view(case: Case, caller: Principal) -> RequestView:
    return RequestView.of_case(case, whole=caller.role == "regional_hq")


def _fields_of(
    case: Case, needs: Iterable[Need], *, contact: bool = False, request: bool = False
) -> dict[str, list[str]]:
    """Return which fields of which records to open: no more than the view shows."""
    wanted: dict[str, list[str]] = {}
    if contact and case.has_contact:
        wanted[CONTACT_RECORD] = list(FIELDS)
    for need in needs:
        if need.text_ref is not None:
            wanted.setdefault(need.text_ref, []).append(need.need_id)
    if request:
        wanted.setdefault(REQUEST_RECORD, []).append(TEXT)
        for outcome in case.outcomes:
            if outcome.note_ref is not None:
                wanted[outcome.note_ref] = [NOTE]
    return wanted


def _read(
    wanted: dict[str, list[str]], case: Case, caller: Principal, purpose: str, vault: Vault
) -> Records:
    if not wanted or case.erased_at is not None:
        return {}
    asked = [RecordFields(case.case_id, record, tuple(fields)) for record, fields in wanted.items()]
    found = vault.open_many(asked, caller, purpose)
    return {record: fields for record, fields in zip(wanted, found, strict=True) if fields}


def _personal_view(case: Case, needs: Iterable[Need], records: Records) -> PersonalView:
    contact = records.get(CONTACT_RECORD)
    notes = (records.get(outcome.note_ref or "", {}).get(NOTE) for outcome in case.outcomes)
    return PersonalView(
        id=case.case_id,
        contact=None if contact is None else ContactView.model_validate(contact),
        text=records.get(REQUEST_RECORD, {}).get(TEXT),
        needs=_need_words(needs, records),
        notes=tuple(note for note in notes if note is not None),
    )


def _need_words(needs: Iterable[Need], records: Records) -> tuple[NeedWords, ...]:
    words = ((need.need_id, records.get(need.text_ref or "", {})) for need in needs)
    return tuple(
        NeedWords(need_id=need_id, text=record[need_id])
        for need_id, record in words
        if need_id in record
    )
