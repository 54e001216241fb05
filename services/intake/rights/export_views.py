"""Everything that is kept about a family, as it is shown to the family."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Self

from services.intake.call_backs.views import OwnCallBack
from services.intake.cases.coordination import taking
from services.intake.cases.coordination.limits import is_urgent
from services.intake.cases.domain import Case
from services.intake.cases.values import HistoryEntry, Status
from services.intake.cases.views import NeedView
from services.intake.codes import fields
from services.intake.codes.values import (
    Confidentiality,
    ContactProof,
    FamilyKind,
    InitiatedBy,
    Programme,
    RequestPurpose,
)
from services.intake.families.domain import Family
from services.intake.families.values import FamilyContact, FamilyStatus, Member, PersonRequest
from services.intake.families.views import DisclosureView
from services.intake.requests.domain import Request
from services.intake.requests.values import RequestStatus
from services.intake.requests.vault_records import request_words
from services.intake.requests.views import AskedNeedView, NeedWords, RequestWords
from services.intake.rights.views import ConsentView, ContactView, GivenAid, PersonalView
from services.intake.telephony.views import OwnCall
from services.intake.timeline.views import EntryView
from shared.api.models import View
from shared.domain import CodeOf, ContactWay
from shared.privacy.vault import Fields
from shared.readings.views import ReadingView
from shared.sign_in.views import DeviceView


class ExportedContact(ContactView):
    """A way to reach the family, and how it is known that it is the family's."""

    proof: ContactProof
    added_at: datetime
    proven_at: datetime | None

    @classmethod
    def of_contact(cls, contact: FamilyContact, said: Fields) -> Self:
        """Show a contact with what is sealed of it."""
        return cls.of(contact, **ContactView.model_validate(said).model_dump())


class ExportedRequest(RequestWords):
    """A request with all that was said in it."""

    status: RequestStatus
    district_id: str | None
    programme: Programme
    purpose: RequestPurpose
    channel: fields.ChannelCode
    initiated_by: InitiatedBy
    applicant_relation: fields.RelationCode | None
    confidentiality: Confidentiality
    urgent: bool
    asked: tuple[AskedNeedView, ...]
    case_id: str | None
    end_reason: Annotated[str, CodeOf("request_end_reason")] | None
    ended_at: datetime | None

    @classmethod
    def of_request(cls, request: Request, records: Mapping[str, Fields]) -> Self:
        """Show a request with its words, from the records that were opened."""
        return cls.of(
            request,
            **dict(request_words(request, records)),
            district_id=request.district,
            asked=tuple(map(AskedNeedView.of_need, request.needs)),
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


class ExportedAid(GivenAid):
    """Help that the family got, by which right, from which organisation, and who paid for it."""

    legal_basis: Annotated[str, CodeOf("legal_basis")]
    provider: str | None
    funding_project: fields.ProjectCode | None


class ExportedOutcome(View):
    """What help has changed, as headquarters wrote it down."""

    outcome: fields.OutcomeCode
    needs_met: tuple[str, ...]
    at: datetime


class ExportedCase(View):
    """A case with all that was said in it; the staff appears by role.

    `referred_to` is the organisation that the family was sent to.
    """

    id: str
    number: str
    programme: Programme
    district_id: str
    purpose: RequestPurpose
    channel: fields.ChannelCode
    urgent: bool
    needs_check: bool
    status: Status
    received_at: datetime
    closed_reason: fields.ClosedCode | None
    closed_at: datetime | None
    asked: tuple[NeedView, ...]
    needs: tuple[NeedWords, ...]
    referred_to: str | None
    aids: tuple[ExportedAid, ...]
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
            district_id=case.district,
            urgent=is_urgent(case),
            asked=NeedView.all_of(case),
            needs=personal.needs,
            referred_to=case.triage.provider if case.triage else None,
            outcomes=tuple(ExportedOutcome.of(each) for each in case.outcomes),
            notes=personal.notes,
            guardian_id=case.match.guardian_id if case.match else None,
            history=tuple(map(StepView.of_line, case.history)),
        )


class ExportedFamily(View):
    """What is known of a family, or of one record of it."""

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
    excluded_guardians: tuple[str, ...]
    card_holders: tuple[str, ...]
    known_since: datetime

    @classmethod
    def of_family(cls, family: Family, sensitive: tuple[str, ...] = ()) -> Self:
        """Show a family, or a record of it, to the family itself."""
        return cls.of(
            family,
            id=family.family_id,
            district_id=family.district,
            groups_sensitive=sensitive,
            excluded_guardians=family.exclusions,
        )


class LeftNote(View):
    """What one shift of the hotline left to the next one about the family."""

    left_at: datetime
    text: str


class ExportView(View):
    """Everything that is kept about a family, for the family; no person of the staff is named.

    `merged` are the records that were found to be of the same family, each with what is kept of it.
    `disclosures` are the offices that saw the case without its consent, `access_log` who has read
    what lately, the oldest first; older readings (`access_log_more`) are in the access log alone.
    """

    family: ExportedFamily
    merged: tuple[ExportedFamily, ...]
    contacts: tuple[ExportedContact, ...]
    consents: tuple[ConsentView, ...]
    disclosures: tuple[DisclosureView, ...]
    person_requests: tuple[PersonRequest, ...]
    requests: tuple[ExportedRequest, ...]
    cases: tuple[ExportedCase, ...]
    notes: tuple[LeftNote, ...]
    calls: tuple[OwnCall, ...]
    call_backs: tuple[OwnCallBack, ...]
    devices: tuple[DeviceView, ...]
    timeline: tuple[EntryView, ...]
    access_log: tuple[ReadingView, ...]
    access_log_more: bool
