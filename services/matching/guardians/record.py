"""What is kept of a guardian, and what follows from it; `domain` has its steps.

A proposal takes one of its places in the same transaction, so the last place is given once.
"""

from collections import Counter
from collections.abc import Collection, Container, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from typing import ClassVar, Self
from zoneinfo import ZoneInfo

from services.matching.evidence.domain import Proof, latest, proof_of_training, proofs_of_checks
from services.matching.evidence.values import Check, Meeting, ParticipationAgreement, Side, Training
from services.matching.guardians.values import (
    AT_WORK,
    OUT,
    STEPS,
    Assignment,
    Capability,
    Clarification,
    Feedback,
    GuardianStatus,
    Programme,
    Reservation,
    Terms,
    working_status,
)
from services.matching.organisations.values import LegalForm, TeamKind
from shared.domain import TimedAggregate
from shared.errors import IllegalStep, Labels
from shared.reference import calendar

# How many days before a requirement runs out the guardian and its region are warned.
WARNED_DAYS = (30, 7)
MORNING = time(9)


class GuardianRecord(TimedAggregate):
    """An organisation with its evidence, its possibilities and its places."""

    STEPS: ClassVar = STEPS
    REFUSAL: ClassVar = "guardian_is_{status}"

    guardian_id: str
    number: str
    programme: Programme
    title: str | None = None
    host_title: str | None = None
    inn: str | None = None
    ogrn: str | None = None
    inn_index: str | None = None
    contact_index: str | None = None
    registered_by: str | None = None  # the headquarters or portal that handed it in
    requested_region: str
    region: str | None = None
    legal_form: LegalForm
    team_kind: TeamKind
    team_size: int
    capabilities: tuple[Capability, ...]
    district_ids: tuple[str, ...] = ()
    capacity_families: int = 1
    terms: Terms = Terms()
    feedback: Feedback = Feedback()
    status: GuardianStatus = GuardianStatus.APPLIED
    status_before: GuardianStatus | None = None
    decision_reason: str | None = None
    checks: tuple[Check, ...] = ()
    approved_by: str | None = None
    talks: tuple[Clarification, ...] = ()
    training: Training | None = None
    interview: Meeting | None = None
    briefing: Meeting | None = None
    participation_agreement: ParticipationAgreement | None = None
    former_participation_agreements: tuple[ParticipationAgreement, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    places: tuple[Reservation, ...] = ()
    reached: dict[str, datetime] = {}
    signed_out_at: datetime | None = None
    duplicate_of: str | None = None

    @property
    def proofs(self) -> tuple[Proof, ...]:
        """Every requirement that has a validity, and until when it is proved."""
        checks = proofs_of_checks(self.legal_form, self.checks)
        return (*checks, proof_of_training(self.training))

    def unproved(self, on: date) -> tuple[str, ...]:
        """Return the requirements that are not proved on a day."""
        return tuple(proof.code for proof in self.proofs if not proof.holds(on))

    @property
    def free_capacity(self) -> int:
        """How many more families may be proposed."""
        return self.capacity_families - len(self.places)

    @property
    def promised(self) -> Counter[str]:
        """How many families each kind of help is promised to."""
        return Counter(kind for place in self.places for kind in place.categories)

    @property
    def checklist_done(self) -> bool:
        """Training, passed interview and briefing; the participation agreement may come later."""
        passed = self.interview is not None and self.interview.result == "passed"
        return self.training is not None and passed and self.briefing is not None

    @property
    def checkers(self) -> frozenset[str]:
        """Who recorded the checks that count; another one approves."""
        return frozenset(check.recorded_by for check in latest(self.checks).values())

    def awaits_consent(self, side: Side, by: str, text_hash: str) -> bool:
        """Return whether a person may still sign this text for a side."""
        begun = self.participation_agreement
        if begun is None or (begun.region, begun.text_hash) != (self.home_region, text_hash):
            return True
        return not begun.consented(side) and by not in {each.by for each in begun.consents}

    def participation_signed(self, text_hash: str) -> bool:
        """Return whether both sides agreed on this text in the region the guardian has now.

        A text of before, or another region's, is no consent to this one.
        """
        agreement = self.participation_agreement
        if agreement is None or agreement.signed_at is None:
            return False
        return (agreement.region, agreement.text_hash) == (self.region, text_hash)

    @property
    def home_region(self) -> str:
        """The region the guardian belongs to, or the asked one before."""
        return self.region or self.requested_region

    @property
    def in_region_since(self) -> datetime:
        """When the region that has the guardian got it; other districts are no new beginning."""
        here = takewhile(lambda each: each.region == self.region, reversed(self.assignments))
        return min(each.at for each in here)

    @property
    def visible_region(self) -> str | None:
        """The region whose headquarters may look: its own, or the asked one during a talk."""
        return self.home_region if self.status is GuardianStatus.CLARIFICATION else self.region

    @property
    def applied_at(self) -> datetime:
        """When the application came in."""
        return self.reached[GuardianStatus.APPLIED.value]

    def is_one_of(self, names: Container[str]) -> bool:
        """Return whether the guardian or its organisation is named, by id or by index."""
        return self.guardian_id in names or (self.inn_index or "") in names

    @property
    def decided_against(self) -> bool:
        """Whether the organisation takes no part and never will under this record."""
        return self.status in OUT

    def change_contact(self, contact_index: str, at: datetime) -> Self:
        """Let another contact prove its people, who sign in anew; `at` is the wall's time."""
        self.require_taking_part()
        return self._with(contact_index=contact_index, signed_out_at=at)

    def require_taking_part(self) -> None:
        """Refuse what makes no sense for an organisation that takes no part any more."""
        if self.decided_against:
            raise self._refused()

    # validity -----------------------------------------------------------------------------

    def announce(self, *deadlines: str) -> Self:
        """Keep which of the deadlines have come."""
        return self._fire(*deadlines)

    def _pending(self, zone: ZoneInfo) -> list[tuple[str, datetime]]:
        """Return when requirements of a guardian at work run out, and when that is warned of."""
        if self.status not in (*AT_WORK, GuardianStatus.PAUSED, GuardianStatus.ASSIGNED):
            return []
        return [each for each in self._running_out(zone) if each[0] not in self.fired]

    def _running_out(self, zone: ZoneInfo) -> Iterator[tuple[str, datetime]]:
        for proof in self.proofs:
            if (last := proof.valid_until) is not None:
                for days in WARNED_DAYS:
                    warned = datetime.combine(last - timedelta(days=days), MORNING, zone)
                    yield f"{days}#{proof.code}#{last}", warned.astimezone(UTC)
                yield f"0#{proof.code}#{last}", calendar.end_of_day(zone, last)

    # places -------------------------------------------------------------------------------

    def take_place(self, match_id: str, categories: tuple[str, ...]) -> Self:
        """Keep a place for a family that is being proposed."""
        if self.status not in AT_WORK:
            raise self._refused()
        if self.free_capacity <= 0:
            raise self._refusal("no_free_capacity")
        place = Reservation(match_id=match_id, categories=categories)
        return self._with(places=(*self.places, place))

    def promise_help(
        self, match_id: str, kinds: Iterable[str], former: Collection[str] = ()
    ) -> Self:
        """Promise kinds of help to the family of a match, for as many families as it has said.

        They replace the `former` ones of its agreement. What is no kind of its own may be agreed on
        as well; there is nothing of it to count.
        """
        room = {each.category: each.max_families for each in self.capabilities}
        held = next((each.categories for each in self.places if each.match_id == match_id), ())
        asked = dict.fromkeys(kinds)
        more = tuple(kind for kind in asked if kind in room and kind not in held)
        for kind in more:
            most = room[kind]
            if most is not None and self.promised[kind] >= most:
                full = Labels("aid_category", (kind,))
                raise self._refusal("help_not_free", kind=full, families=most)
        kept = tuple(kind for kind in held if kind in asked or kind not in former)
        promised = (*kept, *more)
        places = (p.promise(promised) if p.match_id == match_id else p for p in self.places)
        return self._with(places=tuple(places))

    def activate_place(self, match_id: str, at: datetime) -> Self:
        """Care for the family of a match from its first help on; a paused guardian begins none."""
        if self.status is GuardianStatus.PAUSED:
            raise self._refused()
        places = (p.activate() if p.match_id == match_id else p for p in self.places)
        return self._with_places(tuple(places), at)

    def count_feedback(self, score: int) -> Self:
        """Add the points that one family gave."""
        return self._with(feedback=self.feedback.plus(score))

    def release_place(self, match_id: str, at: datetime) -> Self:
        """Free the place of a match that is over."""
        return self._with_places(tuple(p for p in self.places if p.match_id != match_id), at)

    def _with_places(self, places: tuple[Reservation, ...], at: datetime) -> Self:
        changed = self._with(places=places)
        return changed._moved(working_status(places), at) if self.status in AT_WORK else changed

    def _refused(self) -> IllegalStep:
        return self._refusal(self.REFUSAL.format(status=self.status))

    def _moved(self, status: GuardianStatus, at: datetime, **changes: object) -> Self:
        reached = {status.value: at, **self.reached}
        return self._with(status=status, reached=reached, **changes)
