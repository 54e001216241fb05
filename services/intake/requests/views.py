"""What people see of a request: what was asked for, and its case."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Self

from services.intake.cases.values import AskedNeed, Status
from services.intake.codes.fields import (
    ChannelCode,
    ContactTime,
    GroupCode,
    HomeCode,
    RelationCode,
    SensitiveCode,
    StepCode,
)
from services.intake.codes.values import (
    Confidentiality,
    ConsentPurpose,
    FamilyKind,
    InitiatedBy,
    Programme,
    RequestPurpose,
    Urgency,
)
from services.intake.families.values import Member
from services.intake.requests.domain import URGENT, Request
from services.intake.requests.values import RequestStatus
from shared.api.models import View
from shared.domain import AidCategory, CodeOf, ContactWay, LanguageCode
from shared.message_catalogue import Catalogue

TEXTS = Catalogue("services/intake/texts.toml")
OK = 200


class EmergencyView(View):
    """What comes before everything else when a family cannot wait."""

    title: str
    text: str

    @classmethod
    def for_staff(cls, links: Mapping[str, str]) -> Self | None:
        """Return what an operator says to a caller who cannot wait."""
        return cls._of("emergency_operator") if URGENT in links else None

    @classmethod
    def for_family(cls, links: Mapping[str, str]) -> Self | None:
        """Return what a family that cannot wait reads itself."""
        return cls._of("emergency_family") if URGENT in links else None

    @classmethod
    def _of(cls, name: str) -> Self:
        title, text = TEXTS.text(name, OK, {})
        return cls(title=title, text=text)


class RegisteredView(View):
    """What the one who takes a request down reads aloud, and the case to go on with."""

    id: str
    version: int
    status: RequestStatus
    number: str
    code: str
    case_id: str | None
    family_id: str | None
    existing: bool
    emergency: EmergencyView | None


class NumberView(View):
    """All that the public form answers: a stranger must not learn what is known of a contact."""

    number: str
    code: str
    emergency: EmergencyView | None


class FiledView(NumberView):
    """What a public assistant is answered, which says nothing of the family either."""

    id: str


class AskedNeedView(View):
    """A kind of help that was asked for, without the words about it."""

    need_id: str
    category: AidCategory
    urgency: Urgency

    @classmethod
    def of_need(cls, need: AskedNeed) -> Self:
        """Show a need."""
        return cls.of(need)


class RequestRow(View):
    """A request in a list."""

    id: str
    number: str
    version: int
    status: RequestStatus
    district_id: str | None
    programme: Programme
    channel: ChannelCode
    purpose: RequestPurpose
    categories: tuple[AidCategory, ...]
    urgent: bool
    case_id: str | None
    received_at: datetime

    @classmethod
    def of_request(cls, request: Request) -> Self:
        """Show a request as a line."""
        return cls.of(
            request,
            id=request.request_id,
            district_id=request.district,
            categories=tuple(sorted({need.category for need in request.needs})),
        )


class RequestView(View):
    """A request as those who took it down see it; `case_status` is how far its case has come."""

    id: str
    number: str
    version: int
    status: RequestStatus
    region: str
    district_id: str | None
    programme: Programme
    channel: ChannelCode
    initiated_by: InitiatedBy
    purpose: RequestPurpose
    confidentiality: Confidentiality
    applicant_relation: RelationCode | None
    needs: tuple[AskedNeedView, ...]
    urgent: bool
    external_system: str | None
    received_at: datetime
    family_id: str | None
    case_id: str | None
    case_status: Status | None
    end_reason: Annotated[str, CodeOf("request_end_reason")] | None
    ended_at: datetime | None
    next_steps: tuple[StepCode, ...]

    @classmethod
    def of_request(cls, request: Request, case_status: str | None) -> Self:
        """Show a request."""
        return cls.of(
            request,
            id=request.request_id,
            district_id=request.district,
            needs=tuple(AskedNeedView.of_need(each) for each in request.needs),
            case_status=case_status,
        )

    def for_machine(self, *, follows: bool) -> Self:
        """Show it to a bot: as one whose case is new, where the bot may not follow that.

        One that joined a case was written once more than one that made it, so no version is shown.
        """
        hidden: dict[str, object] = {"family_id": None, "case_id": None, "version": 1}
        new = {"status": RequestStatus.JOINED, "case_status": Status.RECEIVED}
        return self.model_copy(update=hidden if follows else hidden | new)


class NeedWords(View):
    """What a request says about one need."""

    need_id: str
    text: str


class AddedWords(View):
    """What was added to a request at one time: words, and needs, each of which may be missing."""

    id: str
    text: str | None
    need_ids: tuple[str, ...]


class ExternalRef(View):
    """The number of the same request in another system."""

    system: str | None
    id: str | None


class SaidOfFamily(View):
    """What is said of a family and changes nothing by itself.

    A form or a bot says it, or a call that takes a known family for one of another kind.
    """

    kind: FamilyKind
    members: tuple[Member, ...]
    groups: tuple[GroupCode, ...]
    preferred_time: ContactTime | None
    home_conditions: tuple[HomeCode, ...]
    consents: tuple[ConsentPurpose, ...]


class SaidContact(View):
    """Name and wishes of a caller by a known contact, which itself stays as it is.

    The phone is the known one, so it is not said again.
    """

    name: str
    channel: ContactWay
    address: str | None = None
    language: LanguageCode


class RequestWords(View):
    """What was said in one request; each reading is recorded.

    Headquarters may ask the family about `contact` and `family`, which changed nothing by
    themselves. `groups_sensitive` is for the case team and the family's export alone.
    """

    id: str
    number: str
    received_at: datetime
    text: str | None
    added: tuple[AddedWords, ...]
    needs: tuple[NeedWords, ...]
    contact: SaidContact | None
    family: SaidOfFamily | None
    groups_sensitive: tuple[SensitiveCode, ...] | None = None
    external_ref: ExternalRef | None
