"""People's data that is opened for one purpose: the contact, and the words about a case."""

from collections.abc import Iterable, Mapping

from services.intake.cases.domain import Case
from services.intake.cases.repository import NOTE, CaseFile
from services.intake.cases.values import Need
from services.intake.families.domain import Family
from services.intake.families.vault_records import (
    contact_fields,
    fields_by_record,
    open_records,
    said_at,
)
from services.intake.requests.domain import Request
from services.intake.requests.vault_records import request_words, wanted_fields
from services.intake.requests.views import NeedWords
from services.intake.rights.views import ContactView, PersonalView
from shared.principal import Principal
from shared.privacy.contact import FIELDS
from shared.privacy.vault import Fields, Vault

Records = Mapping[str, Fields]
Wanted = dict[str, list[str]]


def fields_of_needs(needs: Iterable[Need]) -> Wanted:
    """Return which records and fields hold the words about these needs."""
    return fields_by_record(ref for need in needs for ref in need.text_refs)


def fields_of_notes(case: Case) -> Wanted:
    """Return which records hold what headquarters noted about the outcomes of a case."""
    return {each.note_ref: [NOTE] for each in case.outcomes if each.note_ref is not None}


def merged(*all_wanted: Wanted) -> Wanted:
    """Return one question for several."""
    whole: dict[str, dict[str, None]] = {}
    for wanted in all_wanted:
        for record, fields in wanted.items():
            whole.setdefault(record, {}).update(dict.fromkeys(fields))
    return {record: list(fields) for record, fields in whole.items()}


def open_family_records(
    family: Family, wanted: Wanted, caller: Principal, purpose: str, vault: Vault
) -> Records:
    """Open records of a family; the reading is recorded, of an erased one nothing is left."""
    if family.erased:
        return {}
    return open_records(family.record_ids, wanted, caller, purpose, vault)


def personal_view(
    file: CaseFile, needs: Iterable[Need], requests: Iterable[Request], records: Records
) -> PersonalView:
    """Return the contact and words of a case, from the records that were opened."""
    contact = next((records[each] for each in contact_fields(file.family) if each in records), None)
    notes = (records.get(outcome.note_ref or "", {}).get(NOTE) for outcome in file.case.outcomes)
    return PersonalView(
        id=file.case.case_id,
        contact=None if contact is None else ContactView.model_validate(contact),
        needs=need_words(needs, records),
        requests=tuple(request_words(each, records) for each in requests),
        notes=tuple(note for note in notes if note is not None),
    )


def need_words(needs: Iterable[Need], records: Records) -> tuple[NeedWords, ...]:
    """Return what was said about needs, each time it was said."""
    return tuple(
        NeedWords(need_id=need.need_id, text=text)
        for need in needs
        for ref in need.text_refs
        if (text := said_at(ref, records)) is not None
    )


def fields_of_requests(requests: Iterable[Request], *, sensitive: bool) -> Wanted:
    """Return which records and fields hold what requests say."""
    return merged(*(wanted_fields(each, sensitive=sensitive) for each in requests))


def fields_of_contacts(family: Family) -> Wanted:
    """Return which records hold the ways to reach a family, those of each of its records."""
    return {each.contact_id: list(FIELDS) for record in family.records for each in record.contacts}
