"""What is asked about requests: by operators, coordinators, bots, and families on the form.

What people spell is refused with an example of what is right.
"""

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from services.intake.cases.commands import MAX_AT_ONCE, AnyCode, NewNeed
from services.intake.codes.values import (
    Confidentiality,
    ConsentForm,
    ConsentPurpose,
    FamilyKind,
    InitiatedBy,
    Programme,
    RequestPurpose,
    Urgency,
)
from services.intake.families.values import MAX_MEMBERS, FamilyId
from services.intake.requests.values import RequestStatus
from shared.api.models import Command, RegionQuery, Text
from shared.domain import DistrictCode, RegionCode, without_gaps
from shared.privacy.contact import NewContact, single_line
from shared.reference.code_lists import Listed

Relation = Annotated[str, Listed("family_member_relation")]
SensitiveGroup = Annotated[str, Listed("family_group_sensitive")]
# As the other system spells it: «А-17/2026».
OutsideNumber = Annotated[
    str, Field(min_length=1, max_length=64, pattern=r"\S", repr=False), AfterValidator(single_line)
]
EndedBecause = Annotated[str, Listed("request_end_reason")]


def _spelt(pattern: str, refusal: str) -> AfterValidator:
    """Return the check of a spelling; the text of its refusal shows what is right."""

    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise PydanticCustomError(refusal, "spelt in another way")
        return text

    return AfterValidator(check)


_MONTH, _NUMBER, _CODE = r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$", r"^[0-9]{8}$", r"^[0-9]{6}$"
MonthOfBirth = Annotated[
    str, Field(json_schema_extra={"pattern": _MONTH}), _spelt(_MONTH, "bad_month_of_birth")
]
# As a family reads them aloud, or types them from a note.
SpokenNumber = Annotated[
    str,
    BeforeValidator(without_gaps),
    Field(json_schema_extra={"pattern": _NUMBER}),
    _spelt(_NUMBER, "bad_request_number"),
]
SpokenCode = Annotated[
    str,
    BeforeValidator(without_gaps),
    Field(json_schema_extra={"pattern": _CODE}),
    _spelt(_CODE, "bad_request_code"),
]


class ListRequests(RegionQuery):
    """Which requests of a region to list."""

    status: RequestStatus = RequestStatus.RECEIVED


class NewMember(Command):
    """A member of the family; of a child only year and month of birth, or that it is expected."""

    relation: Relation
    expected: bool = False
    born: MonthOfBirth | None = None


class NewFamily(Command):
    """What kind of family asks; nothing about its income, nothing about the service member.

    `home_conditions` are what helpers have to cope with, as far as the family wants to say it.
    """

    kind: FamilyKind = FamilyKind.SERVICE_MEMBER
    groups: list[Annotated[str, Listed("family_group")]] = Field(default=[], max_length=30)
    groups_sensitive: list[SensitiveGroup] = Field(default=[], max_length=10)
    members: list[NewMember] = Field(default=[], max_length=MAX_MEMBERS)
    preferred_time: Annotated[str, Listed("contact_time")] | None = None
    home_conditions: list[Annotated[str, Listed("home_condition")]] = Field(
        default=[], max_length=20
    )


_ASKED_FOR = (
    ConsentPurpose.PROCESSING,
    ConsentPurpose.SHARE_NEED_CATEGORIES,
    ConsentPurpose.CONTACT,
)


class ConsentsGiven(Command):
    """What the family allows, each purpose by itself; what is not said is not allowed.

    `text_version` is that of the texts which were read or shown: those in force when none is named.
    On the public form consents are given online, whatever `form` says.
    """

    processing: bool = False
    share_need_categories: bool = False
    contact: bool = False
    form: ConsentForm | None = None
    text_version: AnyCode | None = None

    @property
    def purposes(self) -> tuple[ConsentPurpose, ...]:
        """What is allowed, but to no office."""
        return tuple(each for each in _ASKED_FOR if getattr(self, each))


class External(Command):
    """The number of the same request in another system."""

    system: AnyCode
    id: OutsideNumber


class WebRequest(Command):
    """A request as a family itself files it on the public form."""

    region: RegionCode
    district_id: DistrictCode
    programme: Programme = Programme.SERVICE_MEMBER_CARE
    initiated_by: InitiatedBy
    purpose: RequestPurpose = RequestPurpose.HARDSHIP
    confidentiality: Confidentiality = Confidentiality.CONFIDENTIAL
    urgency: Urgency = Urgency.NORMAL
    applicant_relation: Relation
    family: NewFamily = NewFamily()
    needs: list[NewNeed] = Field(default=[], max_length=MAX_AT_ONCE)
    text: Text | None = None
    contact: NewContact | None = None
    consents: ConsentsGiven = ConsentsGiven()


class SubmitRequest(WebRequest):
    """A request as an operator, a coordinator or a bot files it for a family.

    Who calls is found by the contact: `other_person` says that the phone is shared and this is
    another family, `family_id` which family it is; one of both is needed where several have it.
    """

    external_ref: External | None = None
    family_id: FamilyId | None = None
    other_person: bool = False


class RegisterEndedRequest(Command):
    """A call that is no case: a question that was answered, a wrong number, spam."""

    region: RegionCode
    district_id: DistrictCode | None = None
    programme: Programme = Programme.SERVICE_MEMBER_CARE
    initiated_by: InitiatedBy
    reason: EndedBecause
    text: Text | None = None


class EndRequest(Command):
    """Why a request is no case."""

    reason: EndedBecause
