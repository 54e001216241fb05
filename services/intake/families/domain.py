"""What happens to a family, whichever member of it calls: facts, contacts, consents, open cases.

Names, contacts and every free text are in the vault under the family's id; what joins the family
(requests, cases, matches, cards, consultations) refers to it, and its timeline lists that.
"""

from collections.abc import Collection, Iterable
from typing import Self

from services.intake.codes.values import ConsentPurpose, Programme
from services.intake.families.record import FamilyRecord
from services.intake.families.values import (
    MAX_CARD_HOLDERS,
    MAX_CONSENTS,
    MAX_CONTACTS,
    MAX_JOINED,
    MAX_MEMBERS,
    MOST_ALIKE,
    AlikeFamily,
    Consent,
    FamilyContact,
    FamilyCorrection,
    FamilyFacts,
    FamilyStatus,
    LikenessSign,
    Member,
    OpenCase,
    without_ages,
)
from shared.domain import Moment
from shared.errors import IllegalStep, Invalid

# Calls that say sensitive groups: as many as a correction removes the words of, in its one commit.
MOST_SENSITIVE = 5


class Family(FamilyRecord):
    """One family."""

    @property
    def next_steps(self) -> tuple[str, ...]:
        """The steps that this caller may take and that there is something to be done by."""
        own = self.contacts or self.contact is None  # that of a merged record stays while merged
        useless = {
            "separate": not self.joined,
            "answer_person": not any(each.open for each in self.person_requests),
            "change_contact": not (own and self.allows(ConsentPurpose.PROCESSING)),
            "join_card_holder": len(self.card_holders) >= MAX_CARD_HOLDERS,
            "merge": len(self.joined) >= MAX_JOINED,
        }
        return tuple(step for step in super().next_steps if not useless.get(step))

    def learn(self, facts: FamilyFacts) -> Self:
        """Add what a later call says; nothing that is known is overwritten by it.

        But who calls knows best when to be called.
        """
        groups = tuple(dict.fromkeys((*self.groups, *facts.groups)))
        home = tuple(dict.fromkeys((*self.home_conditions, *facts.home_conditions)))
        refs = (*self.sensitive_refs, *facts.sensitive_refs)
        if len(refs) > MOST_SENSITIVE:
            raise Invalid("sensitive_groups_full", "/family/groups_sensitive", most=MOST_SENSITIVE)
        new = (each for each in facts.consents if not self.allows(each.purpose, each.recipient))
        learnt = self._with(
            members=_and_named(self.members, facts.members, f"{self.known_since:%Y-%m}"),
            groups=groups,
            sensitive_refs=refs,
            preferred_time=facts.preferred_time or self.preferred_time,
            home_conditions=home,
            consents=(*self.consents, *new),
            likeness=facts.likeness or self.likeness,
        )
        return self if learnt == self else learnt

    def correct(self, known: FamilyCorrection) -> Self:
        """Replace what was known wrong; saying what is known already changes nothing."""
        self._require("correct")
        new = {name: value for name, value in dict(known).items() if value is not None}
        if known.members is not None:
            new["likeness"] = known.likeness
        corrected = self._with(**new)
        return self if corrected == self else corrected

    def give_consent(self, consent: Consent) -> Self:
        """Allow one purpose; allowing it twice changes nothing."""
        self._require("change_consent")
        if self.allows(consent.purpose, consent.recipient):
            return self
        if len(self.consents) >= MAX_CONSENTS:
            raise self._refusal("too_many_consents")
        return self._with(consents=(*self.consents, consent))

    def withdraw_consent(self, purpose: ConsentPurpose, recipient: str | None, at: Moment) -> Self:
        """Withdraw one permission; withdrawing what was not given changes nothing."""
        if not self.allows(purpose, recipient):
            return self
        own = (each.withdrawn_for(purpose, recipient, at) for each in self.consents)
        theirs = (each for record in self.others for each in record.consents)
        held = (each for each in theirs if each.allows(purpose, recipient))
        taken = (each.withdrawn_for(purpose, recipient, at) for each in held)
        return self._with(consents=(*own, *taken))

    def replace_contact(self, contact: FamilyContact, former: FamilyContact | None) -> Self:
        """Reach the family in a new way instead of a former one, while it allows that.

        Who was anonymous has a name now; a contact that the family had already is kept once.
        """
        self._require_processing()
        kept = (each for each in self.contacts if each == former or each.index != contact.index)
        contacts = tuple(contact if each == former else each for each in kept)
        return self._with(contacts=contacts if former else (contact, *contacts), anonymous=False)

    def require_own(self, contact: FamilyContact | None) -> FamilyContact | None:
        """Return a contact of this record; that of a merged one is changed while they are two."""
        if contact is not None and contact not in self.contacts:
            raise IllegalStep("contact_of_merged_record", self.of_next("separate"))
        return contact

    def add_contact(self, contact: FamilyContact) -> Self:
        """Note one more way to reach the family."""
        self._require_processing()
        if len(self.contacts) >= MAX_CONTACTS:
            raise self._refusal("too_many_contacts", most=MAX_CONTACTS)
        return self._with(contacts=(*self.contacts, contact), anonymous=False)

    def look_like(self, records: Iterable[str], sign: LikenessSign) -> Self:
        """Suggest records that may be of it, too, and are not known to be others'."""
        known = {*self.record_ids, *self.different_from}
        found = {each.family_id: each for each in self.alike}
        for record in records:
            if record not in known:
                alike = found.get(record, AlikeFamily(family_id=record, signs=()))
                found[record] = alike.also_by(sign)
        suggested = tuple(found.values())[:MOST_ALIKE]
        return self if suggested == self.alike else self._with(alike=suggested)

    def look_no_more_like(self, records: Collection[str]) -> Self:
        """Suggest these records no more."""
        alike = tuple(each for each in self.alike if each.family_id not in records)
        return self if alike == self.alike else self._with(alike=alike)

    def disclosed_to(self, at: Moment) -> tuple[str, ...]:
        """Return the districts whose office sees its case without its consent, the latest first."""
        shown = () if self.erased else self.all_disclosures
        return tuple(each.recipient for each in reversed(shown) if at < each.until)

    def listed_offices(self, at: Moment) -> tuple[str, ...]:
        """Return the offices that find the family in their lists.

        Those that are shown it without its consent are first, case or not: a person may be in
        danger. Of those that it allowed, which see it while it has one, its own comes first.
        """
        allowed = sorted(self.offices, key=lambda office: office != self.district)
        return tuple(dict.fromkeys((*self.disclosed_to(at), *(allowed if self.open_cases else ()))))

    def _require_processing(self) -> None:
        self._require("change_contact")
        if not self.allows(ConsentPurpose.PROCESSING):
            raise self._refusal("no_consent_to_processing")

    # what joins it ------------------------------------------------------------------------

    def follow(
        self, case_id: str, programme: Programme, *, closed_at: Moment | None, taken_by: str | None
    ) -> Self:
        """Keep pace with a case of the family: a programme has one open case of it."""
        known = self.open_case_of(programme)
        if closed_at is None and known not in (None, case_id):
            raise IllegalStep("family_has_open_case")
        mine = OpenCase(case_id=case_id, programme=programme, taken_by=taken_by)
        now = () if closed_at else (mine,)
        others = (each for each in self.open_cases if each.case_id != case_id)
        cases = tuple(sorted((*others, *now), key=lambda each: each.case_id))
        if cases == self.open_cases:
            return self
        return self._with(open_cases=cases, idle_since=None if cases else closed_at)

    @property
    def team(self) -> tuple[str, ...]:
        """Who works on the family's open cases."""
        return tuple(sorted({each.taken_by for each in self.open_cases if each.taken_by}))

    def exclude(self, guardian_id: str) -> Self:
        """Leave a guardian out of every search for this family, whatever it asks for next."""
        if guardian_id in self.exclusions:
            return self
        back = tuple(each for each in self.readmitted_guardians if each != guardian_id)
        return self._with(
            excluded_guardians=(*self.excluded_guardians, guardian_id), readmitted_guardians=back
        )

    def readmit(self, guardian_id: str) -> Self:
        """Let a guardian be searched for this family again."""
        if guardian_id not in self.exclusions:
            return self
        return self._with(readmitted_guardians=(*self.readmitted_guardians, guardian_id))

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
            likeness=None,
            alike=(),
            others=(),
            status=FamilyStatus.ERASED,
            erased_at=at,
        )


def _and_named(known: Iterable[Member], named: Iterable[Member], since: str) -> tuple[Member, ...]:
    """Return the members with those that a later call names; a person of both is there once."""
    people = list(known)
    not_named = list(range(len(people)))
    for member in sorted(named, key=lambda each: each not in known):  # who is known exactly first
        likely = sorted(not_named, key=lambda place: people[place] != member)
        place = next((each for each in likely if _may_be(people[each], member, since)), None)
        if place is None:
            people.append(member)
            continue
        not_named.remove(place)
        if people[place].born is None:
            people[place] = member
    if len(people) > MAX_MEMBERS:
        raise Invalid("too_many_members", "/family/members", most=MAX_MEMBERS)
    return tuple(people)


def _may_be(known: Member, named: Member, since: str) -> bool:
    """Whether a call may name this member: a child that was expected is born `since` this month."""
    if known.relation != named.relation:
        return False
    if known.expected != named.expected:
        return known.expected and (named.born or "") >= since
    return known.born == named.born or None in (known.born, named.born)
