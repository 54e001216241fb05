"""Small regions, and their optimum by trying everything."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import combinations
from typing import Any, NamedTuple

from hypothesis import strategies as st

from services.matching.assignment.problem import Problem, Solution, packed

KINDS = ("animal_care", "food_aid", "repair_work")
SECONDS = 5.0

Room = dict[str, int | None]


class Pair(NamedTuple):
    """One family with one guardian, and its worth."""

    family: int
    guardian: int
    worth: int


class Case(NamedTuple):
    """A problem before it is packed."""

    places: list[int]
    room: list[Room]
    shares: list[dict[str, int]]
    pairs: list[Pair]

    @property
    def problem(self) -> Problem:
        """What the API would ask."""
        counted = Counter(pair.family for pair in self.pairs)
        return Problem(
            places=self.places,
            room=self.room,
            shares=self.shares,
            choices=[counted[family] for family in range(len(self.shares))],
            guardians=packed([pair.guardian for pair in self.pairs]),
            worths=packed([pair.worth for pair in self.pairs]),
        )

    def worth(self, family: int, guardian: int, without: Iterable[str] = ()) -> int:
        """What it is worth to give this family to that guardian, some kinds left out."""
        (pair,) = (p for p in self.pairs if p[:2] == (family, guardian))
        return pair.worth - sum(self.shares[family][kind] for kind in without)

    def covered(self, family: int, guardian: int) -> list[str]:
        """The kinds that the guardian would give."""
        return [kind for kind in self.shares[family] if kind in self.room[guardian]]


@st.composite
def cases(draw: st.DrawFn, limits: bool = True, families: int = 5) -> Case:
    """A few guardians and families, ties included; kinds may be limited to few families."""
    room_left = st.one_of(st.none(), st.integers(1, 2)) if limits else st.none()
    kinds = st.lists(st.sampled_from(KINDS), min_size=1, max_size=3, unique=True)
    rooms: list[Room] = [
        {kind: draw(room_left) for kind in sorted(draw(kinds))}
        for _ in range(draw(st.integers(1, 3)))
    ]
    worths = st.one_of(st.just(50), st.integers(1, 100))
    shares = [
        {kind: draw(worths) for kind in sorted(draw(kinds))}
        for _ in range(draw(st.integers(0, families)))
    ]
    pairs = []
    for family, wanted in enumerate(shares):
        for guardian, room in enumerate(rooms):
            covered = [kind for kind in wanted if kind in room]
            if covered and draw(st.sampled_from((False, True, True, True, True))):
                worth = draw(worths) + sum(wanted[kind] for kind in covered)
                pairs.append(Pair(family, guardian, worth))
    return Case([draw(st.integers(0, 3)) for _ in rooms], rooms, shares, pairs)


def optimum(case: Case) -> int:
    """The best value there is, by trying everything."""

    def options(family: int) -> Iterator[tuple[int, tuple[str, ...], int]]:
        for pair in case.pairs:
            if pair.family == family:
                covered = case.covered(family, pair.guardian)
                for count in range(len(covered)):
                    for without in combinations(covered, count):
                        helped = tuple(kind for kind in covered if kind not in without)
                        yield pair.guardian, helped, case.worth(*pair[:2], without)

    @cache
    def best(family: int, places: tuple[int, ...], room: tuple[tuple[Any, ...], ...]) -> int:
        if family == len(case.shares):
            return 0
        found = best(family + 1, places, room)
        for guardian, helped, worth in options(family):
            left = dict(room[guardian])
            if places[guardian] and all(left[kind] != 0 for kind in helped):
                for kind in helped:
                    left[kind] = None if left[kind] is None else left[kind] - 1
                fewer = _with(places, guardian, places[guardian] - 1)
                rest = _with(room, guardian, tuple(left.items()))
                found = max(found, worth + best(family + 1, fewer, rest))
        return found

    return best(0, tuple(case.places), tuple(tuple(room.items()) for room in case.room))


def _with(values: tuple[Any, ...], place: int, value: Any) -> tuple[Any, ...]:
    return (*values[:place], value, *values[place + 1 :])


def check(case: Case, solution: Solution) -> None:
    """The solution is possible, worth what it says, and nobody waits beside a free place."""
    places = list(case.places)
    room = [dict(kinds) for kinds in case.room]
    value = 0
    for family, guardian in enumerate(solution.guardians):
        if guardian is None:
            continue
        without = solution.without.get(family, [])
        value += case.worth(family, guardian, without)
        places[guardian] -= 1
        covered = case.covered(family, guardian)
        assert set(without) < set(covered)
        for kind in set(covered) - set(without):
            left = room[guardian][kind]
            room[guardian][kind] = None if left is None else left - 1
    assert min(places, default=0) >= 0
    assert all(left is None or left >= 0 for kinds in room for left in kinds.values())
    assert value == solution.value <= solution.bound
    for family, guardian, _ in case.pairs:
        if solution.guardians[family] is None and places[guardian]:
            assert all(room[guardian][kind] == 0 for kind in case.covered(family, guardian))


def one_limit() -> Case:
    """Two families with two needs each; of the only guardian's kinds one is for one family."""
    shares = [{"animal_care": 300, "food_aid": 300}] * 2
    room: Room = {"animal_care": 1, "food_aid": None}
    return Case([2], [room], shares, [Pair(0, 0, 700), Pair(1, 0, 700)])


def region(families: int, guardians: int, seed: int = 1) -> Case:
    """A region in which every kind is limited."""
    chance = random.Random(seed)
    shares = [
        {kind: 600_000 // 3 for kind in sorted(chance.sample(KINDS, chance.randint(1, 3)))}
        for _ in range(families)
    ]
    rooms: list[Room] = [
        {kind: chance.randint(1, 3) for kind in sorted(chance.sample(KINDS, chance.randint(1, 3)))}
        for _ in range(guardians)
    ]
    pairs = [
        Pair(family, guardian, 200_000 * len(covered) + chance.randrange(0, 360_000, 500))
        for family, wanted in enumerate(shares)
        for guardian, room in enumerate(rooms)
        if (covered := [kind for kind in wanted if kind in room])
    ]
    return Case([chance.randint(0, 4) for _ in rooms], rooms, shares, pairs)
