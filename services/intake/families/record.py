"""What is known of a family, as its row keeps it, with the records that were merged into it.

Of two records that were merged the row of one only says which record speaks for it, and nothing of
it moves: what is known is asked of all `records`, and an undone merge leaves each as it was.
"""

from typing import ClassVar, Self

from pydantic import Field

from services.intake.codes.values import (
    ConsentPurpose,
    FamilyGroup,
    GuardianPreference,
    Relation,
    SizeBand,
)
from services.intake.families.values import (
    AlikeFamily,
    Consent,
    Disclosure,
    FamilyContact,
    FamilyStatus,
    Joined,
    Member,
    OpenCase,
    PersonRequest,
    size_band_of,
)
from shared.domain import Deadline, Moment, TimedAggregate

REST = "forget_rest"
ELDERS = (Relation.GRANDMOTHER, Relation.GRANDFATHER)


class FamilyRecord(TimedAggregate):
    """One record of a family; `sensitive_refs` name sealed groups that its case team alone sees.

    An `anonymous` family has not said who it is, and may later. It is `idle_since` its last case.
    A `motivated` one wants to leave its situation and cannot; a `resource_family` may help others.
    `calls_to_forget` are indexes of phones that one which is erased had, until their calls go, too.
    `others` are the records that were merged into this one, read beside it and never stored in it.
    """

    REFUSAL: ClassVar = "person_was_erased"
    STEPS: ClassVar = {
        FamilyStatus.ACTIVE: {
            "change_consent": None,
            "change_contact": None,
            "join_card_holder": None,
            "disclose": None,
            "end_disclosure": None,
            "ask_as_person": None,
            "answer_person": None,
            "correct": None,
            "merge": (FamilyStatus.ACTIVE, FamilyStatus.MERGED),
            "separate": None,
            "erase": FamilyStatus.ERASED,
        },
        FamilyStatus.MERGED: {
            "separate": FamilyStatus.ACTIVE,
            "erase": FamilyStatus.ERASED,
        },
        FamilyStatus.ERASED: {},
    }
    DEADLINES: ClassVar = (
        Deadline(REST, lambda one, _: one.erased_at if one.calls_to_forget or one.joined else None),
    )

    family_id: str
    region: str
    district: str
    kind: str
    members: tuple[Member, ...] = ()
    groups: tuple[str, ...] = ()
    sensitive_refs: tuple[str, ...] = ()
    sensitive_corrected_at: Moment | None = None
    motivated: bool = False
    resource_family: bool = False
    preferred_time: str | None = None
    home_conditions: tuple[str, ...] = ()
    anonymous: bool = False
    contacts: tuple[FamilyContact, ...] = ()
    consents: tuple[Consent, ...] = ()
    disclosures: tuple[Disclosure, ...] = ()
    person_requests: tuple[PersonRequest, ...] = ()
    open_cases: tuple[OpenCase, ...] = ()
    excluded_guardians: tuple[str, ...] = ()
    readmitted_guardians: tuple[str, ...] = ()
    card_holders: tuple[str, ...] = ()
    beneficiary_key: str
    known_since: Moment
    idle_since: Moment | None = None
    status: FamilyStatus = FamilyStatus.ACTIVE
    erased_at: Moment | None = None
    calls_to_forget: tuple[str, ...] = ()
    signed_out_at: Moment | None = None
    merged_into: str | None = None
    joined: tuple[Joined, ...] = ()
    likeness: str | None = None
    alike: tuple[AlikeFamily, ...] = ()
    different_from: tuple[str, ...] = ()
    others: tuple[Self, ...] = Field(default=(), exclude=True, repr=False)

    @property
    def erased(self) -> bool:
        """Whether the family's people are forgotten."""
        return self.status is FamilyStatus.ERASED

    @property
    def records(self) -> tuple[Self, ...]:
        """This record and those that were merged into it."""
        return (self, *self.others)

    @property
    def record_ids(self) -> tuple[str, ...]:
        """The ids of all records of the family: its requests, cases and words are under each."""
        return tuple(record.family_id for record in self.records)

    @property
    def all_contacts(self) -> tuple[FamilyContact, ...]:
        """Every way to reach the family, each once, the one that it wants first."""
        found = [each for record in self.records for each in record.contacts]
        first = {each.index: each for each in reversed(found)}
        return tuple(each for each in found if first[each.index] is each)

    @property
    def contact(self) -> FamilyContact | None:
        """The way in which the family wants to be reached."""
        return next(iter(self.all_contacts), None)

    @property
    def contact_subject(self) -> str:
        """Whose key seals the contact: that of the record which has it."""
        found = (record.family_id for record in self.records if record.contacts)
        return next(found, self.family_id)

    @property
    def language(self) -> str:
        """The language that the family is addressed in."""
        return "ru" if self.contact is None else self.contact.language

    @property
    def preferred_channel(self) -> str | None:
        """The channel that the family wants to be reached through."""
        return None if self.contact is None else self.contact.channel

    @property
    def out_of_reach(self) -> bool:
        """Whether no news of its open cases reaches the family, which has not wished it so.

        Who is anonymous and allows that it is written down has only forgotten to say how.
        """
        wished = self.anonymous and not self.allows(ConsentPurpose.PROCESSING)
        if wished or not self.open_cases:
            return False
        return self.contact is None or not self.allows(ConsentPurpose.CONTACT)

    @property
    def needs_check(self) -> bool:
        """Whether headquarters should check that the programme is for this family."""
        return any(member.needs_check for member in self.members)

    @property
    def low_income(self) -> bool:
        """Whether money of a project for low-income families may be spent on it."""
        return FamilyGroup.LOW_INCOME in self.groups

    @property
    def size_band(self) -> SizeBand:
        """How large the family is, as far as other services need to know."""
        return size_band_of(len(self.members))

    @property
    def traits(self) -> tuple[str, ...]:
        """What a guardian may like of the family, in codes."""
        large = FamilyGroup.LARGE in self.groups or self.size_band is SizeBand.FIVE_AND_MORE
        known = {
            GuardianPreference.SMALL_CHILDREN: FamilyGroup.CHILD_UNDER_3 in self.groups,
            GuardianPreference.LARGE_FAMILY: large,
            GuardianPreference.ELDERLY: any(each.relation in ELDERS for each in self.members),
        }
        return tuple(sorted(trait.value for trait, holds in known.items() if holds))

    @property
    def for_guardians(self) -> tuple[object, ...]:
        """All that guardians are judged by, beside the case's own."""
        return (
            self.district,
            self.exclusions,
            self.size_band,
            self.language,
            self.preferred_time,
            self.traits,
            self.home_conditions,
        )

    @property
    def all_consents(self) -> tuple[Consent, ...]:
        """Every consent the family gave, in whichever record, and what is left of them."""
        given = (each for record in self.records for each in record.consents)
        return tuple(
            each for each in given if not each.holds or self.allows(each.purpose, each.recipient)
        )

    @property
    def all_disclosures(self) -> tuple[Disclosure, ...]:
        """Every look of an office without the family's consent, in whichever record."""
        found: dict[tuple[str, Moment], Disclosure] = {}
        for each in (each for record in self.records for each in record.disclosures):
            # One of a merged record that was ended is here, too, with the day of its end.
            known = found.setdefault((each.recipient, each.at), each)
            if each.until < known.until:
                found[each.recipient, each.at] = each
        return tuple(sorted(found.values(), key=lambda each: each.at))

    @property
    def all_person_requests(self) -> tuple[PersonRequest, ...]:
        """All that the family has asked as the person whose data is kept, the oldest first."""
        found = (each for record in self.records for each in record.person_requests)
        return tuple(sorted(found, key=lambda each: each.asked_at))

    @property
    def offices(self) -> tuple[str, ...]:
        """The districts whose office the family allowed to see its case."""
        purpose = ConsentPurpose.SHARE_WITH_OFFICE
        held = (each for each in self.all_consents if each.purpose is purpose and each.holds)
        return tuple(dict.fromkeys(each.recipient for each in held if each.recipient))

    @property
    def exclusions(self) -> tuple[str, ...]:
        """The guardians that the family is not proposed to again."""
        own = self.readmitted_guardians
        found = ((g, one) for one in self.records for g in one.excluded_guardians)
        left = (g for g, one in found if g not in (*own, *one.readmitted_guardians))
        return tuple(dict.fromkeys(left))

    def allows(self, purpose: ConsentPurpose, recipient: str | None = None) -> bool:
        """Whether the family's consent to this holds: the latest word decides."""
        said = [
            (max(each.decided_at for each in found), any(each.holds for each in found))
            for record in self.records
            if (found := [one for one in record.consents if one.is_about(purpose, recipient)])
        ]
        return bool(said) and max(said)[1]

    def open_case_of(self, programme: str) -> str | None:
        """Return the case in which a programme helps the family now."""
        found = (each.case_id for each in self.open_cases if each.programme == programme)
        return next(found, None)
