"""One run: families come, proposals are made four times a day, people answer, meet and part."""

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count

from demo.simulation.people import Course, People
from demo.simulation.policies import Moment, Policy, Proposal
from demo.simulation.rules import changed
from demo.simulation.scenario import Scenario
from services.matching.bonds.values import Refusal, Refusals, facts_of
from services.matching.families.domain import Family
from services.matching.guardians.domain import Guardian
from services.matching.ranking.judging.facts import Seeker, Standing
from services.matching.ranking.judging.facts import facts_of as judged_facts
from services.matching.ranking.judging.rules import first_failed

START = datetime(2026, 9, 1, tzinfo=UTC)
# The hours of a day at which proposals are made.
HOURS = (8, 11, 14, 17)
PROMISED_HOURS = 72


@dataclass(slots=True)
class Story:
    """What happened to one family: hours from the start of the run."""

    family: Family
    came: float
    proposed: list[float] = field(default_factory=list)
    introduced: float | None = None
    kinds: tuple[str, ...] = ()
    # whether, in its first day of waiting, a guardian was free that suits it
    could_be_helped: bool = False


class Run:
    """The state of a region under one policy."""

    def __init__(self, scenario: Scenario, people: People, policy: Policy) -> None:
        self._people, self._policy = people, policy
        self._end = scenario.region.days * 24.0
        self._queue: list[tuple[float, int, Callable[[float], object]]] = []
        self._order = count()
        self._guardians: dict[str, Guardian] = {}
        self._waiting: dict[str, Family] = {}
        self._refusals: dict[str, list[Refusal]] = {}
        self.stories: dict[str, Story] = {}

    def play(self, step: Callable[[], None] = lambda: None) -> list[Story]:
        """Return what happened to every family; `step` is called once a day."""
        for family in self._people.families():
            self._at(_hours(family.flagged_at), partial(self._comes, family))
        for hour, guardian in self._people.guardians():
            self._at(hour, partial(self._joins, guardian))
        for day in range(round(self._end / 24)):
            for hour in HOURS:
                self._at(day * 24.0 + hour, self._decide)
            self._at(day * 24.0 + 23.9, lambda _: step())
        while self._queue:
            at, _, happens = heapq.heappop(self._queue)
            if at <= self._end:
                happens(at)
        return [*self.stories.values()]

    def _at(self, hour: float, happens: Callable[[float], object]) -> None:
        heapq.heappush(self._queue, (hour, next(self._order), happens))

    def _comes(self, family: Family, at: float) -> None:
        self._waiting[family.case_id] = family
        self.stories[family.case_id] = Story(family, at)

    def _joins(self, guardian: Guardian, _: float) -> None:
        self._guardians[guardian.guardian_id] = guardian

    def _decide(self, at: float) -> None:
        free = [each for each in self._guardians.values() if each.free_capacity > 0]
        waiting = [*self._waiting.values()]
        if not (free and waiting):
            return
        now = START + timedelta(hours=at)
        refusals = {
            family.family_id: Refusals(self._refusals[family.family_id], now)
            for family in waiting
            if family.family_id in self._refusals
        }
        moment = Moment(now, waiting, free, refusals, self._people.ground)
        self._note_chances(moment, at)
        for proposal in self._policy(moment):
            self._propose(proposal, at)

    def _note_chances(self, moment: Moment, at: float) -> None:
        new = [
            story
            for family in moment.families
            if not (story := self.stories[family.case_id]).could_be_helped and at - story.came <= 24
        ]
        standings = [Standing(each, None) for each in moment.guardians] if new else []
        for story in new:
            seeker = Seeker(story.family)
            story.could_be_helped = any(
                first_failed(judged_facts(seeker, standing, moment.ground)) is None
                for standing in standings
            )

    def _propose(self, proposal: Proposal, at: float) -> None:
        family = proposal.family
        guardian = self._guardians[proposal.guardian.guardian_id]
        self._guardians[guardian.guardian_id] = guardian.take_place(family.case_id, proposal.kinds)
        del self._waiting[family.case_id]
        self.stories[family.case_id].proposed.append(at)
        near = self._people.ground.way(family.district, Standing(guardian, None).area).nearness
        course = self._people.course(family, guardian, near)
        answered = at + course.answer_hours
        if course.refused:
            self._at(answered, lambda then: self._refuse(proposal, then))
        else:
            met = answered + course.meeting_hours
            self._at(met, lambda then: self._meet(proposal, course, then))

    def _refuse(self, proposal: Proposal, at: float) -> None:
        family, now = proposal.family, START + timedelta(hours=at)
        guardian = self._release(proposal, now)
        refusal = Refusal(
            by="guardian",
            reason="other",
            at=now,
            guardian_id=guardian.guardian_id,
            family_id=family.family_id,
            facts=facts_of(family, guardian),
        )
        self._refusals.setdefault(family.family_id, []).append(refusal)
        self._waiting[family.case_id] = family

    def _meet(self, proposal: Proposal, course: Course, at: float) -> None:
        story, now = self.stories[proposal.family.case_id], START + timedelta(hours=at)
        story.introduced, story.kinds = at, proposal.kinds
        name = proposal.guardian.guardian_id
        guardian = self._guardians[name]
        self._guardians[name] = guardian.activate_place(proposal.family.case_id, now)
        self._at(
            at + 24 * course.care_days,
            lambda then: self._release(proposal, START + timedelta(hours=then)),
        )

    def _release(self, proposal: Proposal, now: datetime) -> Guardian:
        name = proposal.guardian.guardian_id
        freed = self._guardians[name].release_place(proposal.family.case_id, now)
        self._guardians[name] = freed
        return freed


def _hours(moment: datetime | None) -> float:
    return ((moment or START) - START).total_seconds() / 3600


def play_all(
    scenario: Scenario,
    policies: dict[str, Policy],
    seeds: Iterable[int],
    step: Callable[[], None] = lambda: None,
) -> dict[str, list[list[Story]]]:
    """Return what happened under each policy, seed by seed."""
    found: dict[str, list[list[Story]]] = {name: [] for name in policies}
    with changed(scenario.rules):
        for seed in seeds:
            for name, policy in policies.items():
                people = People(scenario, seed, START)
                found[name].append(Run(scenario, people, policy).play(step))
    return found
