"""A match before its care: answers, introduction, agreement, and how it comes to no care."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from services.matching.families.domain import Family
from services.matching.matches.facts import UNSIGNED, MatchFacts
from services.matching.matches.values import (
    Answer,
    CancelReason,
    CareAgreement,
    Delay,
    Introduction,
    MatchStatus,
    Need,
    Party,
)
from services.matching.next_candidates.values import NextInLine
from services.matching.ranking.values import Candidate
from shared.errors import IllegalStep, Invalid
from shared.reference import calendar

MOST_VERSIONS = 50
A_YEAR = timedelta(days=366)


class Proposal(MatchFacts):
    """The steps of a match that lead to care, or away from it."""

    @classmethod
    def propose(
        cls,
        match_id: str,
        family: Family,
        candidate: Candidate,
        override_reason: str | None,
        by: str,
        at: datetime,
        title: str | None = None,
    ) -> Self:
        """Return the proposal of a suitable guardian to a family, from the whole second on."""
        return cls(
            match_id=match_id,
            case_id=family.case_id,
            number=family.number,
            family_id=family.family_id,
            guardian_id=candidate.guardian_id,
            guardian_title=title,
            programme=family.programme,
            region=family.region,
            district=family.district or "",
            proposed_at=at.replace(microsecond=0),
            proposed_by=by,
            needs=needs_of(family),
            uncovered=candidate.uncovered,
            override_reason=override_reason,
        )

    def accept(self, answer: Answer) -> Self:
        """Record one side's yes, once; it binds to nothing and helps to arrange the meeting."""
        self._require("accept")
        if any(given.side is answer.side for given in self.answers):
            raise self._refusal("already_accepted")
        return self._with(answers=(*self.answers, answer))

    @property
    def both_accepted(self) -> bool:
        """Whether family and guardian have both said yes."""
        return {given.side for given in self.answers} == set(Party)

    def explain_delay(self, delay: Delay) -> Self:
        """Say why they have not met in time; the last word counts."""
        self._require("explain_delay")
        if not self.late_at(delay.at):
            raise self._refusal("introduction_not_late")
        return self._with(delay=delay)

    def hold_introduction(self, meeting: Introduction, delay: Delay | None = None) -> Self:
        """Record the first contact; up to 72:00:00 after the proposal it is in time.

        One that comes later is recorded with the reason.
        """
        self._require("hold_introduction")
        return self._meet(meeting, delay)._with(status=MatchStatus.INTRODUCED)

    def record_late_introduction(self, meeting: Introduction, delay: Delay | None = None) -> Self:
        """Record a first contact of before the lapse, which was written down too late.

        The proposal stays over; `go_on` makes the match that goes on.
        """
        self._require("record_late_introduction")
        if self.continued_by is not None:
            raise IllegalStep("match_goes_on", ("view_match",))
        if not self.lapsed or self.over_at is None:
            raise IllegalStep("match_is_cancelled")
        if not self.recordable_late(meeting.recorded_at):
            raise IllegalStep("introduction_recorded_too_late", ("view_candidates",))
        if meeting.held_at > self.over_at:
            raise IllegalStep("introduction_after_lapse", ("view_candidates",))
        if self.introduction is None:
            return self._meet(meeting, delay)
        if self.introduction.held_at != meeting.held_at:
            raise self._refusal("introduction_already_recorded")
        return self

    def go_on(self, match_id: str, family: Family, uncovered: tuple[str, ...]) -> tuple[Self, Self]:
        """Return the lapsed proposal, and the match that goes on from its introduction."""
        opened = {"over_by": None, "over_reason": None, "over_at": None, "version": 0}
        goes_on = self._with(
            match_id=match_id,
            status=MatchStatus.INTRODUCED,
            continues=self.match_id,
            needs=needs_of(family),
            settled_needs=(),
            needs_met_at=None,
            uncovered=uncovered,
            next_in_line=None,
            **opened,
        )
        return self._with(continued_by=match_id), goes_on

    def _meet(self, meeting: Introduction, delay: Delay | None) -> Self:
        held_at, known_at = meeting.held_at, meeting.recorded_at
        if held_at > known_at:
            raise Invalid("in_the_future", "/held_at")
        if held_at < self.proposed_at:
            raise self._refusal("introduction_before_proposal")
        if set(meeting.participants) != set(Party):
            raise Invalid("party_missing", "/participants")
        in_time = not self.late_at(held_at)
        if in_time and delay is not None:
            raise Invalid("introduction_was_in_time", "/late_reason")
        why = None if in_time else delay or self.delay
        if why is None and not in_time:
            raise Invalid("late_reason_missing", "/late_reason")
        if in_time and self.late_at(known_at) and meeting.evidence is None:
            raise Invalid("late_record_unproved", "/evidence")
        return self._with(introduction=meeting._with(in_time=in_time), delay=why)

    def move(self, district: str) -> Self:
        """Follow the family to its district."""
        return self._with(district=district)

    def prepare_next(self, found: NextInLine) -> Self:
        """Keep who comes next for the family, should this guardian not become its own."""
        return self._with(next_in_line=found)

    def decline(self, by: Party, reason: str, at: datetime) -> Self:
        """Refuse for one side, without blame."""
        self._require("decline")
        return self._close(MatchStatus.DECLINED, by.value, reason, at)

    def cancel(self, by: str, reason: str, at: datetime) -> Self:
        """Take the proposal back, for the headquarters or because the case ends."""
        self._require("cancel")
        if reason == CancelReason.LAPSED:
            raise Invalid("lapsed_by_time_alone", "/reason")
        if reason == CancelReason.NEEDS_MET and self.needs_met_at is None:
            raise self._refusal("needs_still_open")
        return self._close(MatchStatus.CANCELLED, by, reason, at)

    def draft_agreement(
        self, need_ids: Iterable[str], starts_on: date, today: date, met_on: date, **terms: object
    ) -> Self:
        """Write down the help for these needs; a new draft asks both sides to sign anew.

        What is in force stays so until both have signed the next version.
        """
        self._require("draft_agreement")
        if abs(starts_on - today) > A_YEAR:
            raise Invalid("day_out_of_reach", "/starts_on")
        if starts_on < met_on:
            raise Invalid("start_before_introduction", "/starts_on", met_on=met_on)
        known = {need.need_id: need for need in self.needs}
        for place, need_id in enumerate(asked := tuple(need_ids)):
            if need_id not in known:
                raise Invalid("need_unknown", f"/need_ids/{place}")
        needs = tuple(known[need_id] for need_id in dict.fromkeys(asked))
        terms |= {"needs": needs, "starts_on": starts_on}
        if self.agreed_at is None or self.agreement is None:
            return self._with(agreement=CareAgreement.model_validate(terms), signed_by=())
        if len(self.former_agreements) >= MOST_VERSIONS:
            raise self._refusal("agreement_versions_full")
        numbered = terms | {"number": self.agreement.number + 1}
        waits = self._with(next_agreement=CareAgreement.model_validate(numbered), signed_by=())
        return waits._rearm(UNSIGNED)

    def text_to_sign(self) -> CareAgreement:
        """Return the text that waits for signatures; refuse when none does."""
        self._require("sign_agreement")
        if self.unsigned_agreement is not None:
            return self.unsigned_agreement
        if self.agreed_at is None:
            raise IllegalStep("agreement_not_drafted", self.of_next("draft_agreement"))
        raise self._refusal("agreement_in_force")

    def sign_agreement(
        self,
        party: Party,
        *,
        evidence: str | None,
        at: datetime,
        own_hand: bool,
        by: str,
    ) -> Self:
        """Sign for one side; when both have, the family and the guardian have agreed.

        One person does not sign for both, under whichever roles.
        """
        text = self.text_to_sign()
        if party in text.signed_by_sides:
            raise self._refusal("already_signed")
        signed = text.sign(party, evidence, at, own_hand=own_hand)
        if signed is None or by in self.signed_by:
            raise self._refusal("other_side_signs_itself")
        hands = {"signed_by": (by,)}
        if self.agreed_at is None or self.agreement is None:
            agreed = {"status": MatchStatus.AGREED, "agreed_at": at} if signed.complete else {}
            return self._with(agreement=signed, **agreed, **hands)
        if not signed.complete:
            return self._with(next_agreement=signed, **hands)
        former = (*self.former_agreements, self.agreement)
        return self._with(agreement=signed, next_agreement=None, former_agreements=former, **hands)

    def versions_on(self, day: date, zone: ZoneInfo) -> Iterator[CareAgreement]:
        """Yield the agreement, then the versions of before that were in force on a day."""
        until = day
        for version in filter(None, (self.agreement, *reversed(self.former_agreements))):
            if day > until:
                return
            yield version
            until = calendar.local_date(zone, version.signed_at)

    def _close(self, status: MatchStatus, by: str, reason: str, at: datetime) -> Self:
        return self._with(status=status, over_by=by, over_reason=reason, over_at=at)


def needs_of(family: Family) -> tuple[Need, ...]:
    """Return what a family still needs, as a match keeps it."""
    return tuple(Need(need_id=n.need_id, category=n.category) for n in family.open_needs)
