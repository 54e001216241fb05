"""A family, whichever member of it calls: members, contacts, consents, open cases.

Names, contacts and every free text are in the vault under the family's id; what joins the family
(requests, cases, matches, cards, consultations) refers to it, and its timeline lists that.
"""

from typing import ClassVar, Self

from services.intake.codes.values import ConsentPurpose, FamilyGroup, Programme, SizeBand
from services.intake.families.values import (
    MAX_CARD_HOLDERS,
    MAX_CONTACTS,
    Consent,
    FamilyContact,
    FamilyCorrection,
    FamilyFacts,
    FamilyStatus,
    Member,
    OpenCase,
    size_band_of,
    without_ages,
)
from shared.domain import Moment, StatefulAggregate
from shared.errors import IllegalStep

LONGEST_SENSITIVE = 10


class Family(StatefulAggregate):
    """One family; `sensitive_refs` name the vault's records with groups its case team alone sees.

    An `anonymous` family has not said who it is; whatever it asked for, it may say so later.
    """

    REFUSAL: ClassVar = "person_was_erased"
    STEPS: ClassVar = {
        FamilyStatus.ACTIVE: {
            "change_consent": None,
            "change_contact": None,
            "join_card_holder": None,
            "correct": None,
            "erase": FamilyStatus.ERASED,
        },
        FamilyStatus.ERASED: {},
    }

    family_id: str
    region: str
    district: str
    kind: str
    members: tuple[Member, ...] = ()
    groups: tuple[str, ...] = ()
    sensitive_refs: tuple[str, ...] = ()
    motivated: bool = False
    preferred_time: str | None = None
    anonymous: bool = False
    contacts: tuple[FamilyContact, ...] = ()
    consents: tuple[Consent, ...] = ()
    open_cases: tuple[OpenCase, ...] = ()
    excluded_guardians: tuple[str, ...] = ()
    card_holders: tuple[str, ...] = ()
    beneficiary_key: str
    known_since: Moment
    status: FamilyStatus = FamilyStatus.ACTIVE
    erased_at: Moment | None = None
    signed_out_at: Moment | None = None

    @property
    def erased(self) -> bool:
        """Whether the family's people are forgotten."""
        return self.status is FamilyStatus.ERASED

    @property
    def contact(self) -> FamilyContact | None:
        """The way in which the family wants to be reached."""
        return self.contacts[0] if self.contacts else None

    @property
    def has_contact(self) -> bool:
        """Whether the family can be reached."""
        return bool(self.contacts)

    @property
    def language(self) -> str:
        """The language that the family is addressed in."""
        return "ru" if self.contact is None else self.contact.language

    @property
    def preferred_channel(self) -> str | None:
        """The channel that the family wants to be reached through."""
        return None if self.contact is None else self.contact.channel

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
    def offices(self) -> tuple[str, ...]:
        """The districts whose office the family allowed to see its case."""
        purpose = ConsentPurpose.SHARE_WITH_OFFICE
        shared = (each for each in self.consents if each.holds and each.purpose is purpose)
        return tuple(each.recipient for each in shared if each.recipient)

    @property
    def listed_office(self) -> str | None:
        """The office that finds the family in its list: of its own district, else the first one."""
        if not self.offices or not self.open_cases:
            return None
        return self.district if self.district in self.offices else self.offices[0]

    @property
    def team(self) -> tuple[str, ...]:
        """Who works on the family's open cases."""
        return tuple(sorted({each.taken_by for each in self.open_cases if each.taken_by}))

    def allows(self, purpose: ConsentPurpose, recipient: str | None = None) -> bool:
        """Whether the family's consent to this holds."""
        return any(consent.allows(purpose, recipient) for consent in self.consents)

    def open_case_of(self, programme: str) -> str | None:
        """Return the case in which a programme helps the family now."""
        found = (each.case_id for each in self.open_cases if each.programme == programme)
        return next(found, None)

    def learn(self, facts: FamilyFacts) -> Self:
        """Add what a later call says; nothing that is known is overwritten by it."""
        groups = tuple(dict.fromkeys((*self.groups, *facts.groups)))
        refs = (*self.sensitive_refs, *facts.sensitive_refs)[-LONGEST_SENSITIVE:]
        new = (each for each in facts.consents if not self.allows(each.purpose, each.recipient))
        learnt = self._with(
            members=self.members or facts.members,
            groups=groups,
            sensitive_refs=refs,
            preferred_time=self.preferred_time or facts.preferred_time,
            consents=(*self.consents, *new),
        )
        return self if learnt == self else learnt

    def correct(self, known: FamilyCorrection) -> Self:
        """Replace what was known wrong; saying what is known already changes nothing."""
        self._require("correct")
        new = {name: value for name, value in dict(known).items() if value is not None}
        corrected = self._with(**new)
        return self if corrected == self else corrected

    def give_consent(self, consent: Consent) -> Self:
        """Allow one purpose; allowing it twice changes nothing."""
        self._require("change_consent")
        if self.allows(consent.purpose, consent.recipient):
            return self
        return self._with(consents=(*self.consents, consent))

    def withdraw_consent(self, purpose: ConsentPurpose, recipient: str | None, at: Moment) -> Self:
        """Withdraw one permission; withdrawing what was not given changes nothing."""
        if not self.allows(purpose, recipient):
            return self
        return self._with(
            consents=tuple(each.withdrawn_for(purpose, recipient, at) for each in self.consents)
        )

    def replace_contact(self, contact: FamilyContact) -> Self:
        """Reach the family in a new way, kept only while it allows that; it has a name now."""
        self._require_processing()
        return self._with(contacts=(contact, *self.contacts[1:]), anonymous=False)

    def add_contact(self, contact: FamilyContact) -> Self:
        """Note one more way to reach the family."""
        self._require_processing()
        if len(self.contacts) >= MAX_CONTACTS:
            raise self._refusal("too_many_contacts", most=MAX_CONTACTS)
        return self._with(contacts=(*self.contacts, contact), anonymous=False)

    def mend_contact(self, former: FamilyContact, contact: FamilyContact) -> Self:
        """Put right a contact that was typed wrongly."""
        self._require_processing()
        return self._with(
            contacts=tuple(contact if each == former else each for each in self.contacts)
        )

    def prove_contact(self, index: str, at: Moment) -> Self:
        """Note that the family has the contact in its hands, as a code from there says."""
        contacts = tuple(each.proven(at) if each.index == index else each for each in self.contacts)
        return self if contacts == self.contacts else self._with(contacts=contacts)

    def sign_out(self, at: Moment) -> Self:
        """Sign the family out wherever it was signed in before, by the wall's time."""
        return self._with(signed_out_at=at)

    def is_signed_in(self, since: Moment) -> bool:
        """Whether a device that was signed in then still is."""
        out = self.signed_out_at is not None and since <= self.signed_out_at
        return not (out or self.erased)

    def _require_processing(self) -> None:
        self._require("change_contact")
        if not self.allows(ConsentPurpose.PROCESSING):
            raise self._refusal("no_consent_to_processing")

    def follow(
        self, case_id: str, programme: Programme, *, is_open: bool, taken_by: str | None
    ) -> Self:
        """Keep pace with a case of the family: a programme has one open case of it."""
        known = self.open_case_of(programme)
        if is_open and known not in (None, case_id):
            raise IllegalStep("family_has_open_case", (), case=known)
        now = [OpenCase(case_id=case_id, programme=programme, taken_by=taken_by)] if is_open else []
        others = (each for each in self.open_cases if each.case_id != case_id)
        cases = tuple(sorted((*others, *now), key=lambda each: each.case_id))
        return self if cases == self.open_cases else self._with(open_cases=cases)

    def exclude(self, guardian_id: str) -> Self:
        """Leave a guardian out of every search for this family, whatever it asks for next."""
        if guardian_id in self.excluded_guardians:
            return self
        return self._with(excluded_guardians=(*self.excluded_guardians, guardian_id))

    def join_card_holder(self, holder_ref: str) -> Self:
        """Refer to a card holder of this family."""
        self._require("join_card_holder")
        if holder_ref in self.card_holders:
            return self
        if len(self.card_holders) >= MAX_CARD_HOLDERS:
            raise self._refusal("too_many_card_holders", most=MAX_CARD_HOLDERS)
        return self._with(card_holders=(*self.card_holders, holder_ref))

    def erase(self, at: Moment) -> Self:
        """Forget the family's people; codes and counts stay."""
        self._require("erase")
        family = self
        for consent in self.consents:
            family = family.withdraw_consent(consent.purpose, consent.recipient, at)
        return family._with(
            members=without_ages(self.members),
            sensitive_refs=(),
            contacts=(),
            card_holders=(),
            status=FamilyStatus.ERASED,
            erased_at=at,
        )
