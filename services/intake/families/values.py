"""What a family is made of: its members, how it is reached, what it allows, its open cases."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field

from services.intake.codes.fields import RelationCode, RoleCode
from services.intake.codes.values import (
    ConsentForm,
    ConsentPurpose,
    ContactProof,
    PersonAnswer,
    PersonRequestKind,
    Programme,
    Relation,
    SizeBand,
)
from shared.domain import CodeEnum, CodeOf, Moment, ValueObject
from shared.ids import pattern

FamilyId = Annotated[str, Field(pattern=pattern("fam"))]

# As many as one commit can forget beside the cases of the family.
MAX_MEMBERS, MAX_CONTACTS, MAX_CARD_HOLDERS = 20, 3, 2
# All are evidence and stay; more of them come from a robot, and leave a row that no one can save.
MAX_CONSENTS = 300
FEW, MORE = 2, 4  # bands of the number of people, the one who calls among them
# More records of one family are a sign that headquarters should look first.
MAX_JOINED, MOST_ALIKE = 3, 5


class FamilyStatus(CodeEnum, of="family_status"):
    """Whether the family's people are known."""

    ACTIVE = "active"
    MERGED = "merged"
    ERASED = "erased"


class Stamp(ValueObject):
    """Who acts, in which role, when; `for_whom` names a family that another acts for."""

    by: str
    role: str
    at: Moment
    for_whom: str | None = None


class Member(ValueObject):
    """A member of the family; of a child only year and month of birth."""

    relation: RelationCode
    born: str | None = None
    expected: bool = False

    @classmethod
    def all_of(cls, said: Iterable[BaseModel]) -> tuple[Self, ...]:
        """Return the members as they were said."""
        return tuple(cls.model_validate(dict(each)) for each in said)

    @property
    def needs_check(self) -> bool:
        """Whether headquarters should check that the programme is for such a relative."""
        return self.relation == Relation.OTHER


class FamilyContact(ValueObject):
    """One way to reach the family; the contact itself is the vault's record `contact_id`.

    `index` is its keyed blind index. It took the place of `notified_former` when that one gets a
    message of the change.
    """

    contact_id: str
    channel: str
    language: str = "ru"
    index: str
    proof: ContactProof = ContactProof.UNPROVED
    added_at: Moment
    proven_at: Moment | None = None
    notified_former: str | None = None

    def in_place_of(self, former: Self) -> Self:
        """Return the same phone under another name: it keeps record, first day and a proof."""
        kept = ["contact_id", "added_at"]
        if self.proof is ContactProof.UNPROVED or former.proof is ContactProof.PROVEN_BY_CODE:
            kept += ["proof", "proven_at"]
        return self._with(**{name: getattr(former, name) for name in kept})

    def proven(self, at: datetime) -> Self:
        """Return it with the proof that a code gives; the first one counts."""
        if self.proof is ContactProof.PROVEN_BY_CODE:
            return self
        return self._with(proof=ContactProof.PROVEN_BY_CODE, proven_at=at)


class Consent(ValueObject):
    """One purpose the family allowed, and until when; `recipient` narrows it to one office.

    `text_hash` is SHA-256 in hex of the text that was read or shown, with its consequences.
    """

    purpose: ConsentPurpose
    form: ConsentForm
    text_version: str
    text_hash: str
    recipient: str | None = None
    given_at: Moment
    given_by: RoleCode | str
    withdrawn_at: Moment | None = None

    @property
    def holds(self) -> bool:
        """Whether the family has not withdrawn it."""
        return self.withdrawn_at is None

    @property
    def decided_at(self) -> datetime:
        """When the family last said something about it."""
        return self.withdrawn_at or self.given_at

    def is_about(self, purpose: ConsentPurpose, recipient: str | None) -> bool:
        """Whether it is about this purpose and this office."""
        return self.purpose is purpose and self.recipient == recipient

    def allows(self, purpose: ConsentPurpose, recipient: str | None) -> bool:
        """Whether it holds for this purpose and this office."""
        return self.holds and self.is_about(purpose, recipient)

    def withdrawn_for(self, purpose: ConsentPurpose, recipient: str | None, at: datetime) -> Self:
        """Return the consent, withdrawn if it holds for this purpose and this office."""
        return self._with(withdrawn_at=at) if self.allows(purpose, recipient) else self


class Disclosure(ValueObject):
    """An office sees the family's case without its consent: why, by an actor, until when."""

    recipient: str
    reason: str
    at: Moment
    by: str
    role: str
    until: Moment


class PersonRequest(ValueObject):
    """What a family asks as the person whose data is kept, and how that was answered."""

    kind: PersonRequestKind
    asked_at: Moment
    due_on: date
    answered_at: Moment | None = None
    answer: PersonAnswer | None = None
    reason: Annotated[str, CodeOf("person_refusal_reason")] | None = None

    @property
    def open(self) -> bool:
        """Whether it waits for an answer."""
        return self.answered_at is None

    def answered(self, answer: PersonAnswer, reason: str | None, at: Moment) -> Self:
        """Return it with its answer; the first one counts."""
        if not self.open:
            return self
        return self._with(answered_at=at, answer=answer, reason=reason)


class OpenCase(ValueObject):
    """The one case of a programme in which the family is being helped, and whose it is."""

    case_id: str
    programme: Programme
    taken_by: str | None = None


class LikenessSign(CodeEnum, of="family_likeness_sign"):
    """Why two records may be of one family."""

    SAME_CONTACT = "same_contact"
    SAME_NAME_AND_BIRTH = "same_name_and_birth"


class AlikeFamily(ValueObject):
    """Another record that may be of the same family; headquarters decides."""

    family_id: str
    signs: tuple[LikenessSign, ...]

    def also_by(self, sign: LikenessSign) -> Self:
        """Return the same with one more sign."""
        return self._with(signs=tuple(dict.fromkeys((*self.signs, sign))))


class Joined(ValueObject):
    """A merged record, and what an undone merge takes back; `exclusions` were so many before."""

    family_id: str
    at: Moment
    groups: tuple[str, ...] = ()
    members: bool = False
    preferred_time: bool = False
    home_conditions: tuple[str, ...] = ()
    anonymous: bool = False
    exclusions: int = 0


class FamilyCorrection(ValueObject):
    """What is known better about a family; what is None stays, the rest is replaced whole."""

    kind: str | None = None
    district: str | None = None
    members: tuple[Member, ...] | None = None
    groups: tuple[str, ...] | None = None
    sensitive_refs: tuple[str, ...] | None = None
    sensitive_corrected_at: Moment | None = None
    motivated: bool | None = None
    resource_family: bool | None = None
    preferred_time: str | None = None
    home_conditions: tuple[str, ...] | None = None
    contacts: tuple[FamilyContact, ...] | None = None
    likeness: str | None = None


class FamilyFacts(ValueObject):
    """What a call says about a family, as far as the programme has to know it."""

    kind: str
    members: tuple[Member, ...] = ()
    groups: tuple[str, ...] = ()
    sensitive_refs: tuple[str, ...] = ()
    preferred_time: str | None = None
    home_conditions: tuple[str, ...] = ()
    consents: tuple[Consent, ...] = ()
    likeness: str | None = None


def size_band_of(members: int) -> SizeBand:
    """Return how large a family is; who calls belongs to it, also when no one was named."""
    if members > MORE:
        return SizeBand.FIVE_AND_MORE
    return SizeBand.THREE_OR_FOUR if members > FEW else SizeBand.ONE_OR_TWO


def without_ages(members: tuple[Member, ...]) -> tuple[Member, ...]:
    """Return members without the months of birth."""
    return tuple(Member(relation=member.relation) for member in members)
