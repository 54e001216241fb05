"""What is shown of people: to those who help this very family, and to the family itself."""

from datetime import date, datetime
from typing import Annotated, Self

from services.intake.call_backs.views import OwnCallBack
from services.intake.cases.coordination import taking
from services.intake.cases.domain import Case
from services.intake.cases.repository import CaseFile
from services.intake.cases.values import HistoryEntry, Status
from services.intake.cases.views import NeedView
from services.intake.codes import fields
from services.intake.codes.values import ConsentForm, ConsentPurpose, FamilyKind, Programme
from services.intake.consents.repository import consent_texts
from services.intake.families.domain import Family
from services.intake.families.values import Consent, FamilyStatus, Member, PersonRequest
from services.intake.families.views import DisclosureView
from services.intake.requests.views import NeedWords, RequestWords
from services.intake.telephony.views import OwnCall
from services.intake.timeline.views import EntryView
from shared.api.models import View
from shared.domain import AidCategory, CodeOf, ContactWay, LanguageCode
from shared.readings.views import ReadingView


class ContactView(View):
    """How to reach a family."""

    name: str
    channel: ContactWay
    phone: str | None = None
    address: str | None = None
    language: LanguageCode = "ru"


class PersonalView(View):
    """What only those may read who help this very family; each reading is recorded."""

    id: str
    contact: ContactView | None
    needs: tuple[NeedWords, ...]
    requests: tuple[RequestWords, ...]
    notes: tuple[str, ...]


class ConsentView(View):
    """What a family allowed, with the evidence: version and hash of the text that it was shown.

    `text` is that text while the catalogue has it; who took the consent down is not named.
    """

    purpose: ConsentPurpose
    recipient: str | None
    form: ConsentForm
    text_version: str
    text_hash: str
    text: str | None
    given_at: datetime
    withdrawn_at: datetime | None

    @classmethod
    def of_consent(cls, consent: Consent) -> Self:
        """Show a consent to the family that gave it."""
        versions = consent_texts()[consent.purpose]
        text = next((each.text for each in versions if each.hash == consent.text_hash), None)
        return cls.of(consent, text=text)


class GivenAid(View):
    """Help that the family got."""

    category: AidCategory
    persons: int
    at: datetime
    free: bool = True


class OwnView(View):
    """A family's own case as the family sees it.

    `family_version` is what a correction of the family's facts has to name (`If-Match`); `region`
    is where its matches, stories and gifts are listed.
    """

    id: str
    number: str
    version: int
    status: Status
    region: str
    district_id: str
    family_id: str
    family_version: int
    needs: tuple[NeedView, ...]
    words: tuple[NeedWords, ...]
    aids: tuple[GivenAid, ...]
    consents: tuple[ConsentView, ...]
    guardian_found: bool
    introduced: bool
    care_started_on: date | None
    received_at: datetime
    closed_reason: fields.ClosedCode | None
    closed_at: datetime | None

    @classmethod
    def of_file(cls, file: CaseFile, words: tuple[NeedWords, ...]) -> Self:
        """Show a case to its family, with the family's words."""
        case, family = file
        match = case.match
        return cls.of(
            case,
            id=case.case_id,
            district_id=case.district,
            family_version=family.version,
            needs=NeedView.all_of(case),
            words=words,
            consents=tuple(ConsentView.of_consent(each) for each in family.all_consents),
            guardian_found=match is not None,
            introduced=match is not None and match.introduced,
            care_started_on=None if match is None else match.started_on,
        )


class StepView(View):
    """A step of a case as its family sees it: in which role it was made, and no name."""

    at: datetime
    role: fields.RoleCode
    what: Annotated[str, CodeOf("case_step")]
    reason: fields.StepReason | None
    ref: fields.StepDetail | None

    @classmethod
    def of_line(cls, line: HistoryEntry) -> Self:
        """Show a line of history; it names no colleague who had the case, or has it now."""
        colleague = line.what in (taking.TAKEN_OVER, taking.HANDED_OVER)
        return cls.of(line, ref=None if colleague else line.ref)


class ExportedOutcome(View):
    """What help has changed, as headquarters wrote it down."""

    outcome: fields.OutcomeCode
    needs_met: tuple[str, ...]
    at: datetime


class ExportedCase(View):
    """A case with all that was said in it; the staff appears by role."""

    id: str
    number: str
    programme: Programme
    status: Status
    received_at: datetime
    closed_reason: fields.ClosedCode | None
    closed_at: datetime | None
    asked: tuple[NeedView, ...]
    needs: tuple[NeedWords, ...]
    aids: tuple[GivenAid, ...]
    outcomes: tuple[ExportedOutcome, ...]
    notes: tuple[str, ...]
    guardian_id: str | None
    history: tuple[StepView, ...]

    @classmethod
    def of_case(cls, case: Case, personal: PersonalView) -> Self:
        """Show a case with the words about it."""
        return cls.of(
            case,
            id=case.case_id,
            asked=NeedView.all_of(case),
            needs=personal.needs,
            outcomes=tuple(ExportedOutcome.of(each) for each in case.outcomes),
            notes=personal.notes,
            guardian_id=case.match.guardian_id if case.match else None,
            history=tuple(map(StepView.of_line, case.history)),
        )


class ExportedFamily(View):
    """What is known of a family."""

    id: str
    version: int
    region: str
    district_id: str
    status: FamilyStatus
    kind: FamilyKind
    members: tuple[Member, ...]
    groups: tuple[fields.GroupCode, ...]
    groups_sensitive: tuple[fields.SensitiveCode, ...]
    motivated: bool
    resource_family: bool
    anonymous: bool
    preferred_channel: ContactWay | None
    preferred_time: fields.ContactTime | None
    home_conditions: tuple[fields.HomeCode, ...]
    card_holders: tuple[str, ...]
    known_since: datetime

    @classmethod
    def of_family(cls, family: Family, sensitive: tuple[str, ...]) -> Self:
        """Show a family to itself."""
        return cls.of(
            family,
            id=family.family_id,
            district_id=family.district,
            groups_sensitive=sensitive,
        )


class LeftNote(View):
    """What one shift of the hotline left to the next one about the family."""

    left_at: datetime
    text: str


class ExportView(View):
    """Everything that is kept about a family, for the family; no person of the staff is named.

    `disclosures` are the offices that saw the case without its consent, `access_log` who has read
    what lately, the oldest first; older readings (`access_log_more`) are in the access log alone.
    """

    family: ExportedFamily
    contacts: tuple[ContactView, ...]
    consents: tuple[ConsentView, ...]
    disclosures: tuple[DisclosureView, ...]
    person_requests: tuple[PersonRequest, ...]
    requests: tuple[RequestWords, ...]
    cases: tuple[ExportedCase, ...]
    notes: tuple[LeftNote, ...]
    calls: tuple[OwnCall, ...]
    call_backs: tuple[OwnCallBack, ...]
    timeline: tuple[EntryView, ...]
    access_log: tuple[ReadingView, ...]
    access_log_more: bool


class LinkView(View):
    """A one-time link for the family; its holder acts as the family."""

    id: str
    version: int
    link: str
    expires_at: datetime
