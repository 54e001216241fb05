"""What people look up: queues, a request, its history, and people's data where it is needed."""

from collections.abc import Iterable

from services.intake.cases.commands import ListOwn, ListRequests
from services.intake.cases.domain import Case
from services.intake.cases.needs import Need
from services.intake.cases.policy import REQUEST, Desk, is_recent
from services.intake.cases.repository import MISSING, shelf
from services.intake.cases.use_cases.registration import CONTACT_RECORD, REQUEST_RECORD, TEXT
from services.intake.cases.use_cases.review import NOTE
from services.intake.cases.views import (
    ContactView,
    ExportView,
    HistoryView,
    NeedView,
    NeedWords,
    OfficeView,
    OwnView,
    PersonalView,
    RequestRow,
    RequestView,
)
from shared.errors import NotFound
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.privacy.contact import FIELDS
from shared.privacy.vault import Fields, RecordFields
from shared.storage.repository import Page

Opened = dict[str, Fields]

HELP, OWN_VIEW, EXPORT = "help_family", "own_view", "export"


def list_requests(query: ListRequests, caller: Principal, desk: Desk) -> Page[RequestRow]:
    """The requests of a region in one status, the longest waiting first."""
    partition = Partition.of_region(caller, query.region)
    key = desk.policy.require_list(caller, "list_requests", REQUEST, partition)
    return desk.cases.page(
        "by_region",
        key,
        RequestRow.of,
        caller=caller,
        limit=query.limit,
        cursor=query.cursor,
        prefix=f"{MISSING}#" if query.record_missing else shelf(query.status),
    )


def list_own_requests(query: ListOwn, caller: Principal, desk: Desk) -> Page[RequestRow]:
    """What an operator took down in the last 30 days, the latest first."""
    partition = Partition.of_person(caller)
    key = desk.policy.require_list(caller, "list_own_requests", REQUEST, partition)
    page = desk.cases.page(
        "by_owner",
        key,
        RequestRow.of,
        caller=caller,
        limit=query.limit,
        cursor=query.cursor,
        newest_first=True,
    )
    recent = [row for row in page.items if is_recent(row.received_at)]
    if len(recent) == len(page.items):
        return page
    return Page[RequestRow](items=recent)


def get_request(case_id: str, caller: Principal, desk: Desk) -> RequestView:
    """One request; the case file only for those who work on it."""
    return _shown(desk.find(caller, "view", case_id), caller)


def get_request_by_number(number: str, caller: Principal, desk: Desk) -> RequestView:
    """The request whose number the family has read aloud."""
    case = desk.cases.by_number(number)
    if case is None:
        raise NotFound(REQUEST)
    return _shown(desk.find(caller, "view", case.case_id), caller)


def get_history(case_id: str, caller: Principal, desk: Desk) -> HistoryView:
    """Everything that happened to a case: what, when, by whom, for which reason."""
    return HistoryView(items=desk.find(caller, "view_history", case_id).history)


def get_contact(case_id: str, caller: Principal, desk: Desk) -> PersonalView:
    """A family's contact and words, for those who help this very family; the reading is recorded.

    A guardian reads the contact and the words about open needs, not what was told to headquarters.
    """
    case = desk.find(caller, "view_contact", case_id)
    whole = caller.role != "guardian_rep"
    needs = case.needs if whole else case.open_needs
    opened = _opened(_wanted(case, needs, contact=True, told=whole), case, caller, HELP, desk)
    return _personal(case, needs, opened)


def get_own_case(case_id: str, caller: Principal, desk: Desk) -> OwnView:
    """A family's own case, as the family may see it."""
    case = desk.find(caller, "view_own", case_id)
    opened = _opened(_wanted(case, case.needs), case, caller, OWN_VIEW, desk)
    return OwnView(
        id=case.case_id,
        number=case.number,
        version=case.version,
        status=case.status,
        needs=tuple(map(NeedView.of, case.needs)),
        words=_need_words(case.needs, opened),
        consents=case.consents,
        guardian_found=case.match is not None,
        introduced=case.match is not None and case.match.introduced,
        care_started_on=case.match.started_on if case.match else None,
        received_at=case.received_at,
    )


def get_office_view(case_id: str, caller: Principal, desk: Desk) -> OfficeView:
    """What a district office may know of a family that has allowed it."""
    case = desk.find(caller, "view_as_office", case_id)
    return OfficeView(
        id=case.case_id,
        status=case.status,
        district_id=case.district,
        categories=tuple(sorted({need.category for need in case.open_needs})),
    )


def export_person(case_id: str, caller: Principal, desk: Desk) -> ExportView:
    """Everything that is kept about a family, for the family."""
    case = desk.find(caller, "export_person", case_id)
    opened = _opened(_wanted(case, case.needs, contact=True, told=True), case, caller, EXPORT, desk)
    return ExportView(
        request=RequestView.of(case, whole=True),
        personal=_personal(case, case.needs, opened),
        history=case.history,
    )


def _shown(case: Case, caller: Principal) -> RequestView:
    return RequestView.of(case, whole=caller.role == "regional_hq")


def _wanted(
    case: Case, needs: Iterable[Need], *, contact: bool = False, told: bool = False
) -> dict[str, list[str]]:
    """Which fields of which records to open: no more than the view shows."""
    wanted: dict[str, list[str]] = {}
    if contact and case.has_contact:
        wanted[CONTACT_RECORD] = list(FIELDS)
    for need in needs:
        if need.text_ref is not None:
            wanted.setdefault(need.text_ref, []).append(need.need_id)
    if told:
        wanted.setdefault(REQUEST_RECORD, []).append(TEXT)
        for outcome in case.outcomes:
            if outcome.note_ref is not None:
                wanted[outcome.note_ref] = [NOTE]
    return wanted


def _opened(
    wanted: dict[str, list[str]], case: Case, caller: Principal, purpose: str, desk: Desk
) -> Opened:
    if not wanted or case.erased_at is not None:
        return {}
    asked = [RecordFields(case.case_id, record, tuple(fields)) for record, fields in wanted.items()]
    found = desk.vault.open_many(asked, caller, purpose)
    return {record: fields for record, fields in zip(wanted, found, strict=True) if fields}


def _personal(case: Case, needs: Iterable[Need], opened: Opened) -> PersonalView:
    contact = opened.get(CONTACT_RECORD)
    notes = (opened.get(outcome.note_ref or "", {}).get(NOTE) for outcome in case.outcomes)
    return PersonalView(
        id=case.case_id,
        contact=None if contact is None else ContactView.model_validate(contact),
        text=opened.get(REQUEST_RECORD, {}).get(TEXT),
        needs=_need_words(needs, opened),
        notes=tuple(note for note in notes if note is not None),
    )


def _need_words(needs: Iterable[Need], opened: Opened) -> tuple[NeedWords, ...]:
    words = ((need.need_id, opened.get(need.text_ref or "", {})) for need in needs)
    return tuple(
        NeedWords(need_id=need_id, text=record[need_id])
        for need_id, record in words
        if need_id in record
    )
