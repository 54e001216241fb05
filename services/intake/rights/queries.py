"""Reading people's data: for those who help, and for the family all that is kept about it."""

from collections.abc import Iterator, Sequence

from services.intake.call_backs.views import OwnCallBack
from services.intake.cases.coordination import keeping
from services.intake.cases.domain import Case
from services.intake.cases.policy import CASE
from services.intake.cases.policy import load_authorised as load_case
from services.intake.cases.repository import CaseFile, Cases
from services.intake.cases.values import CaseId
from services.intake.families.domain import Family
from services.intake.families.policy import load_authorised as load_family
from services.intake.families.policy import resource as of_family
from services.intake.families.repository import Families
from services.intake.families.values import FamilyId
from services.intake.families.vault_records import contact_fields, open_sensitive_groups
from services.intake.families.views import DisclosureView
from services.intake.hand_overs.domain import HandOver
from services.intake.hand_overs.repository import NOTE, HandOvers
from services.intake.policy import POLICY
from services.intake.requests.repository import Requests
from services.intake.rights.export_views import (
    ExportedCase,
    ExportedContact,
    ExportedFamily,
    ExportedRequest,
    ExportView,
    LeftNote,
)
from services.intake.rights.repository import all_own_calls
from services.intake.rights.vault_records import (
    Records,
    fields_of_contacts,
    fields_of_needs,
    fields_of_notes,
    fields_of_requests,
    merged,
    need_words,
    open_family_records,
    personal_view,
)
from services.intake.rights.views import ConsentView, OwnView, PersonalView
from services.intake.sign_ins.domain import is_signed_in
from services.intake.telephony.views import OwnCall
from services.intake.timeline.repository import Timelines
from shared.api.models import Paging
from shared.identity.devices import Device, Devices
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.privacy.access_log import AccessLog
from shared.privacy.vault import Vault
from shared.readings.queries import note_look, page_of_readings
from shared.readings.views import ReadingView
from shared.sign_in.views import DeviceView
from shared.storage.repository import Page

HELP, OWN_VIEW, EXPORT = "help_family", "own_view", "export"
WHOLE = "family"
# Words of as many requests are shown with a case that the staff has heard, and of as many others;
# each request shows its own.
LATEST = 10
# As many readings about a person are exported, the latest.
MOST_READINGS = 1000


def get_contact(
    case_id: CaseId, caller: Principal, cases: Cases, requests: Requests, vault: Vault
) -> PersonalView:
    """Read a family's contact and words; the reading is recorded.

    A guardian reads the contact and the words about open needs, and not what headquarters heard;
    what requests say that is sensitive the team of the family's case alone.
    """
    file = load_case(case_id, "view_contact", caller, cases)
    case, family = file
    whole = caller.role != "guardian_rep"
    needs = case.needs if whole else case.open_needs
    asked = requests.get_many(_latest_requests(case)) if whole else []
    in_team = POLICY.allows(caller, "view_sensitive", of_family(family))
    wanted = merged(
        contact_fields(family),
        fields_of_needs(needs),
        fields_of_requests(asked, sensitive=in_team),
        fields_of_notes(case) if whole else {},
    )
    records = open_family_records(family, wanted, caller, HELP, vault)
    return personal_view(file, needs, asked, records)


def _latest_requests(case: Case) -> list[str]:
    """Return the latest requests; what strangers send takes the place of nothing that was heard."""
    known = keeping.heard(case.history)
    heard = [each for each in case.requests if each in known]
    others = [each for each in case.requests if each not in known]
    shown = {*heard[-LATEST:], *others[-LATEST:]}
    return [each for each in case.requests if each in shown]


def get_own_case(case_id: CaseId, caller: Principal, cases: Cases, vault: Vault) -> OwnView:
    """Show a family its own case."""
    file = load_case(case_id, "view_own", caller, cases)
    needs = file.case.needs
    records = open_family_records(file.family, fields_of_needs(needs), caller, OWN_VIEW, vault)
    return OwnView.of_file(file, need_words(needs, records))


def list_own_cases(
    caller: Principal, families: Families, cases: Cases, vault: Vault
) -> Page[OwnView]:
    """Show a family all its cases, the oldest first."""
    itself = {"people": (caller.acts_for,)}
    POLICY.require_list(caller, "list_own_cases", CASE, Partition.of_person(caller), itself)
    family = families.get(caller.acts_for)
    files = [CaseFile(case, family) for case in cases.of_family(family.record_ids)]
    wanted = merged(*(fields_of_needs(file.case.needs) for file in files))
    records = open_family_records(family, wanted, caller, OWN_VIEW, vault)
    return Page[OwnView](
        items=[OwnView.of_file(file, need_words(file.case.needs, records)) for file in files]
    )


def export_person(
    family_id: FamilyId,
    caller: Principal,
    families: Families,
    cases: Cases,
    requests: Requests,
    hand_overs: HandOvers,
    vault: Vault,
    log: AccessLog,
) -> ExportView:
    """Give a family everything that is kept about it; the reading is recorded."""
    family = load_family(family_id, "export_person", caller, families)
    # Beside each sealed record that is opened: of some families, and who is forgotten, none is.
    log.note(family.family_id, WHOLE, (), caller, EXPORT)
    known = family.record_ids
    files = [CaseFile(case, family) for case in cases.of_family(known)]
    asked = requests.of_family(known)
    left = hand_overs.of_family(known)
    wanted = merged(
        fields_of_contacts(family),
        fields_of_requests(asked, sensitive=True),
        *(fields_of_needs(file.case.needs) for file in files),
        *(fields_of_notes(file.case) for file in files),
        {each.hand_over_id: [NOTE] for each in left},
    )
    records = open_family_records(family, wanted, caller, EXPORT, vault)
    sensitive = open_sensitive_groups(family, caller, EXPORT, vault)
    rung = [*all_own_calls(family, families)]
    readings = log.page(known, MOST_READINGS)
    return ExportView(
        family=ExportedFamily.of_family(family, sensitive),
        merged=tuple(map(ExportedFamily.of_family, family.others)),
        contacts=_contacts(family, records),
        consents=tuple(ConsentView.of_consent(each) for each in family.all_consents),
        disclosures=tuple(DisclosureView.of(each) for each in family.all_disclosures),
        person_requests=family.all_person_requests,
        requests=tuple(ExportedRequest.of_request(each, records) for each in asked),
        cases=tuple(_exported(file, records) for file in files),
        notes=_notes(left, records),
        calls=tuple(OwnCall.of(call) for each in rung for call in each.calls),
        call_backs=tuple(
            OwnCallBack.of_call_back(each.call_back) for each in rung if each.call_back is not None
        ),
        devices=tuple(DeviceView.of_device(each, caller) for each in _signed_in(family, families)),
        timeline=tuple(Timelines(families.store).all_of(known)),
        access_log=tuple(sorted(map(ReadingView.of, readings.shown), key=lambda each: each.at)),
        access_log_more=readings.next_key is not None,
    )


def list_readings(
    family_id: FamilyId,
    query: Paging,
    caller: Principal,
    families: Families,
    log: AccessLog,
) -> Page[ReadingView]:
    """Read who has read what about a family, the latest first; the staff's look is recorded.

    Of a family that is forgotten each record that was merged has a log of its own, by its id.
    """
    family = load_family(family_id, "export_person", caller, families)
    records = tuple(dict.fromkeys((*family.record_ids, family_id)))
    if caller.role != "family":
        note_look(family.family_id, caller, log)
    return page_of_readings(family_id, records, query, caller, log)


def _signed_in(family: Family, families: Families) -> Iterator[Device]:
    """Yield where the family is signed in, as any of its records."""
    devices = Devices(families.store)
    for record in family.record_ids:
        for each in devices.list_of(record):
            if is_signed_in(family, record, each.created_at):
                yield each


def _exported(file: CaseFile, records: Records) -> ExportedCase:
    return ExportedCase.of_case(file.case, personal_view(file, file.case.needs, (), records))


def _notes(left: Sequence[HandOver], records: Records) -> tuple[LeftNote, ...]:
    opened = ((each, records.get(each.hand_over_id)) for each in left)
    return tuple(LeftNote(left_at=each.left_at, text=said[NOTE]) for each, said in opened if said)


def _contacts(family: Family, records: Records) -> tuple[ExportedContact, ...]:
    """Return what each record keeps of ways to reach the family; what two say alike is one."""
    found: dict[frozenset[tuple[str, str]], ExportedContact] = {}
    for each in (contact for record in family.records for contact in record.contacts):
        if said := records.get(each.contact_id):
            found.setdefault(frozenset(said.items()), ExportedContact.of_contact(each, said))
    return tuple(found.values())
