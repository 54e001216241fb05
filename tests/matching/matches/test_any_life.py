"""Whatever is done to matches and their families, both sides, lists and counts agree."""

from collections import Counter
from typing import Any

import pytest

from services.matching.bonds.domain import FamilyBond
from services.matching.families.domain import Family
from services.matching.guardians.domain import Guardian
from services.matching.matches.domain import Match
from shared import clock
from shared.events.intake import CaseReopened, FamiliesMerged, FamilyMergeUndone
from tests.histories.steps import match_steps
from tests.matching.any_life import Life, live
from tests.matching.api_client import (
    HQ,
    HQ_2,
    HQ_Y,
    MatchingClient,
    chat_of,
    family_of,
    introduction,
    of_case,
    own_token,
    person,
    rep,
)
from tests.matching.steps import Said
from tests.support.repeatable import HISTORIES

KINDS = ("household_help", "repair_work")


class MatchesLife(Life):
    """Two guardians with two places each, and three families, two of which may be one."""

    rare = frozenset(("decline", "cancel", "report", "submit_story", "hear_side"))

    def __init__(self, client: MatchingClient, seed: int) -> None:
        super().__init__(client, seed)
        guardians = [client.ready() for _ in range(2)]
        self.forgotten: set[str] = set()
        self.cases = [client.waiting("D01", *KINDS) for _ in range(3)]
        for case, guardian in zip(self.cases[1:], guardians, strict=True):
            client.active(case, guardian)

    def step(self) -> None:
        """One deed by chance."""
        deeds = (self.intake_says, self.a_guardian_is_proposed, self.a_guardian_changes)
        self.some((*deeds, self.a_guardian_is_proposed, *[self.a_match_goes_on] * 10))()
        if self.chance.random() < 0.12:
            self.time_passes(1, 20, 50, 80, 24 * 8, 24 * 20)

    def a_guardian_is_proposed(self) -> None:
        body = {"case_id": self.some(self.cases), "guardian_id": self.some(self.rows("GUARDIAN"))}
        less: dict[str, Any] = {"reason": "urgent", "uncovered": ["repair_work"]}
        self.tries(
            self.some((HQ, HQ, HQ_Y)), "/matches", self.some((body, body | {"override": less}))
        )

    def a_guardian_changes(self) -> None:
        one = f"/guardians/{self.some(self.rows('GUARDIAN'))}"
        some = [{"category": kind, "max_families": self.some((1, 2, None))} for kind in KINDS]
        more = {"capabilities": some, "capacity_families": 2, "district_ids": []}
        self.takes(one, {
            "pause": (f"{one}/pause", ({"reason": "holidays", "keep_families": True},)),
            "resume": (f"{one}/resumption", (None,)),
            "change_possibilities": (f"PUT {one}/possibilities", (more,)),
        }, (HQ,))  # fmt: skip

    def intake_says(self) -> None:
        case, match = self.some(self.cases), None
        bound = self.rows("FAMILY")[case].get("match_id")
        match = self.some((bound, None))
        other = {"region": "ZR", "reason": "same_people", "programme": "service_member_care",
                 "family_id": family_of(self.cases[0]),
                 "merged_family_id": family_of(self.cases[1])}  # fmt: skip
        self.done.append(f"-- {case}")
        back = CaseReopened(**of_case(case), reason="x", in_care=bool(bound))
        said = (
            lambda: self.client.flag(case, "D01", KINDS),
            lambda: self.client.flag(case, "D02", KINDS[:1]),
            lambda: self.client.wishes(case, match, *KINDS, changed=KINDS[:1]),
            lambda: self.client.settled(case, *KINDS[: self.chance.randint(1, 2)]),
            lambda: self.client.closed(case, self.some(("withdrawn", "all_needs_met"))),
            lambda: self.client.hear(back),
            lambda: self.client.hear(FamiliesMerged(**other)),
            lambda: self.client.hear(FamilyMergeUndone(**other)),
        )
        self.some((*said[:4], *said))()
        if case == self.cases[2] and self.chance.random() < 0.2:
            self.client.closed(case)
            self.client.erased(case)
            self.forgotten.add(family_of(case))

    def a_match_goes_on(self) -> None:
        if matches := self.rows("MATCH"):
            match = matches[self.some([*matches][-5:])]
            one = f"/matches/{match['match_id']}"
            self.takes(one, self.said(one), self.callers(match))

    def callers(self, match: dict[str, Any]) -> list[Any]:
        """Both sides, both as a headquarters too, and strangers."""
        family, guardian = own_token(match["case_id"]), match["guardian_id"]
        colleague = person(f"rep-{guardian}", "regional_hq", "ZR", org=guardian)
        sides = [family, chat_of(family.id), rep(guardian), rep(guardian)]
        return [HQ, HQ, HQ, HQ_2, *sides, colleague, HQ_Y, rep("gua_none")]

    def said(self, one: str) -> Said:
        """What may be said of a match, at one of the places of each step."""
        steps = self.said_anywhere(one)
        return {step: (self.some(places), bodies) for step, (places, bodies) in steps.items()}

    def said_anywhere(self, one: str) -> dict[str, tuple[tuple[str, ...], tuple[Any, ...]]]:
        seen, now = self.client.get(HQ, one), self.client.now()
        late = introduction(seen["proposed_at"]) | {"evidence": "paper"}
        said = {
            **match_steps(seen, f"{now.date()}", clock.iso(now)),
            "record_late_introduction": ("late-introduction", (late, late | {"resume": False})),
        }
        placed = {step: (places,) if isinstance(places, str) else places
                  for step, (places, _) in said.items()}  # fmt: skip
        return {
            step: (tuple(f"{one}/{each}" for each in placed[step]), bodies or (None,))
            for step, (_, bodies) in said.items()
        }

    def check(self) -> None:
        """Compare what says something of the same pair."""
        matches = self.all_of(Match, "MATCH")
        bound = {each.match_id: each for each in matches if each.is_open}
        families = self.all_of(Family, "FAMILY")
        assert {each.match_id for each in families} - {None} == {*bound}, self.done
        bonds = self.all_of(FamilyBond, "BOND")
        entries = [entry for each in bonds for entry in each.matches]
        assert sorted(each.match_id for each in entries) == sorted(bound), self.done
        for each in families:
            assert each.match_id is None or bound[each.match_id].case_id == each.case_id, self.done
        waiting = {each.case_id for each in families if each.waiting}
        assert {*self.client.waiting_cases()} == waiting, self.done
        self.check_places([*bound.values()])
        self.check_lists(matches)
        self.check_counts(matches)
        assert not self.readable() & self.forgotten, self.done
        for story in self.rows("STORY").values():
            over = story.get("status") in ("declined", "taken_down")
            assert over or story["family_id"] not in self.forgotten, self.done
        self.comes_to_rest()

    def check_places(self, bound: list[Match]) -> None:
        for guardian in self.all_of(Guardian, "GUARDIAN"):
            own = {
                each.match_id: each for each in bound if each.guardian_id == guardian.guardian_id
            }
            assert {place.match_id for place in guardian.places} == {*own}, self.done
            assert guardian.free_capacity >= 0, self.done
            for place in guardian.places:
                assert place.active is (own[place.match_id].in_care), self.done

    def check_lists(self, matches: list[Match]) -> None:
        """Compare lists with what each may see of each match."""
        for status in (None, "active", "proposed", "ended"):
            found = self.of_status(HQ, status, region="ZR")
            wanted = {
                each.match_id
                for each in matches
                if (each.is_open if status is None else each.status == status)
            }
            assert found == wanted, (status, self.done)
        for guardian in self.rows("GUARDIAN"):
            own = {each.match_id for each in matches if each.guardian_id == guardian}
            assert self.of_status(rep(guardian), None) == own, self.done
            assert self.of_status(HQ, None, guardian_id=guardian) == own, self.done
        counted = self.client.get(HQ, "/work-counts", region="ZR")
        open_ones = Counter(each.status.value for each in matches if each.is_open)
        for each in counted["stages"]:
            found = each["overdue"] + each["today"] + each["later"]
            assert found == open_ones[each["stage"]], self.done

    def of_status(self, who: Any, status: str | None, **query: Any) -> set[str]:
        query |= {"status": status} if status else {}
        return self.listed(who, "/matches", "match_id", **query)

    def check_counts(self, matches: list[Match]) -> None:
        """Compare what a match counts with what is there."""
        helps = Counter(
            each["match_id"] for each in self.rows("VISIT").values() if each.get("given", True)
        )
        assert all(each.visits == helps[each.match_id] for each in matches), self.done

    def check_offers(self) -> None:
        """Try what is offered of the latest match."""
        for match in [*self.rows("MATCH").values()][-1:]:
            one = f"/matches/{match['match_id']}"
            callers = [each for each in self.callers(match) if each != HQ_2]
            self.is_offered_what_succeeds(
                one, self.said_anywhere(one), callers,
                beside=frozenset(("end_mediation",)), elsewhere=frozenset(("correct_help",)),
            )  # fmt: skip


@pytest.mark.parametrize("seed", HISTORIES)
def test_both_sides_lists_and_counts_agree(client: MatchingClient, seed: int) -> None:
    live(MatchesLife(client, seed))
