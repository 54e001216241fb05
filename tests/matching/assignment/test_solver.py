"""The solver against an exact oracle: limits hold, and no bound claims more than is true."""

import json
import random
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow
from ortools.math_opt.python.errors import status_proto_to_exception
from ortools.math_opt.rpc_pb2 import StatusProto

from services.matching.assignment import checker, program, solver
from services.matching.assignment.network import Network, Numbers, bound_by, flow, prices_of
from services.matching.assignment.problem import Newcomer, Prices, Problem, Solution, packed

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
def cases(draw: st.DrawFn, limits: bool = True) -> Case:
    """A few guardians and families, ties included; kinds may be limited to few families."""
    room_left = st.one_of(st.none(), st.integers(1, 2)) if limits else st.none()
    kinds = st.lists(st.sampled_from(KINDS), min_size=1, max_size=3, unique=True)
    rooms: list[Room] = [
        {kind: draw(room_left) for kind in sorted(draw(kinds))}
        for _ in range(draw(st.integers(1, 3)))
    ]
    worths = st.one_of(st.just(50), st.integers(1, 100))
    shares = [
        {kind: draw(worths) for kind in sorted(draw(kinds))} for _ in range(draw(st.integers(0, 5)))
    ]
    pairs = []
    for family, wanted in enumerate(shares):
        for guardian, room in enumerate(rooms):
            covered = [kind for kind in wanted if kind in room]
            if covered and draw(st.integers(0, 4)):
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


def proven_bound(network: Network, chosen: Numbers) -> int:
    """What no assignment can exceed by the prices of these pairs."""
    return bound_by(network, prices_of(network, chosen))


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


@settings(max_examples=300, deadline=None)
@given(cases(limits=False))
def test_the_flow_is_the_optimum_and_proves_it(case: Case) -> None:
    solution = solver.solve(case.problem, SECONDS)

    check(case, solution)
    assert solution.method == "flow"
    assert solution.value == solution.bound == optimum(case)
    assert checker.proven_bound(case.problem, solution) == solution.value


@settings(max_examples=150, deadline=None)
@given(cases())
def test_limits_hold_and_the_answer_is_the_optimum(case: Case) -> None:
    solution = solver.solve(case.problem, SECONDS)

    check(case, solution)
    assert solution.method in ("flow", "program")
    assert solution.value == solution.bound == optimum(case)
    assert checker.proven_bound(case.problem, solution) >= optimum(case)


@settings(max_examples=150, deadline=None)
@given(cases())
def test_the_program_agrees_where_it_was_not_needed(case: Case) -> None:
    network = Network(case.problem)

    bound_of_flow = proven_bound(network, flow(network))

    picks, bound, _ = program.program(network, bound_of_flow, time.monotonic() + SECONDS)

    assert sum(pick.worth for pick in picks) == bound == optimum(case)


@settings(max_examples=300, deadline=None)
@given(cases(limits=False), st.data())
def test_the_bound_is_true_for_any_answer_and_shows_a_worse_one(
    case: Case, data: st.DataObject
) -> None:
    network = Network(case.problem)
    best = flow(network).tolist()
    kept = [pair for pair in best if data.draw(st.booleans())]

    bound = proven_bound(network, np.array(kept, dtype=np.int64))

    assert bound >= optimum(case)
    assert kept == best or bound > sum(int(network.worth[pair]) for pair in kept)


def test_a_swap_for_the_worse_is_noticed() -> None:
    alike: dict[str, int] = {"food_aid": 1}
    pairs = [Pair(0, 0, 10), Pair(0, 1, 9), Pair(1, 0, 10), Pair(1, 1, 3)]
    network = Network(Case([1, 1], [{"food_aid": None}] * 2, [alike] * 2, pairs).problem)

    assert proven_bound(network, np.array([1, 2])) == 19
    assert proven_bound(network, np.array([0, 3])) > 13


@settings(max_examples=150, deadline=None)
@given(cases())
def test_the_fallback_keeps_the_limits_and_is_never_better(case: Case) -> None:
    network = Network(case.problem)
    picks = solver.greedy(network)

    solution = solver._solution(network, picks, "greedy", optimum(case), Prices(places=[]))

    check(case, solution)


def one_limit() -> Case:
    """Two families with two needs each; of the only guardian's kinds one is for one family."""
    shares = [{"animal_care": 300, "food_aid": 300}] * 2
    room: Room = {"animal_care": 1, "food_aid": None}
    return Case([2], [room], shares, [Pair(0, 0, 700), Pair(1, 0, 700)])


def test_a_family_gets_the_rest_when_a_kind_is_taken() -> None:
    solution = solver.solve(one_limit().problem, SECONDS)

    assert solution.method == "program"
    assert solution.guardians == [0, 0]
    assert list(solution.without.values()) == [["animal_care"]]
    assert solution.value == solution.bound == 1100


def test_a_program_that_is_too_large_leaves_it_to_the_flagged_fallback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(program, "MAX_COLUMNS", 1)

    solution = solver.solve(one_limit().problem, SECONDS)

    assert (solution.method, solution.value, solution.bound) == ("greedy", 1100, 1400)
    check(one_limit(), solution)


@pytest.mark.parametrize("code", [3, 9, 12, 13, 8])
def test_a_program_that_breaks_leaves_it_to_the_flagged_fallback_and_is_told(
    code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    error = status_proto_to_exception(StatusProto(code=code, message="a message with a name"))
    assert error is not None

    def broken(*_: Any, **__: Any) -> Any:
        raise error

    monkeypatch.setattr(program.mathopt, "solve", broken)

    answer = solver.handler(json.loads(one_limit().problem.model_dump_json()), None)

    solution = Solution.model_validate(answer)
    check(one_limit(), solution)
    assert (solution.method, solution.value, solution.bound) == ("greedy", 1100, 1400)
    told = capsys.readouterr().out
    assert type(error).__name__ in told
    assert "a message" not in told


@settings(max_examples=50, deadline=None)
@given(cases())
def test_whatever_the_solvers_do_the_answer_is_possible_and_its_bound_true(case: Case) -> None:
    failed = SimpleMinCostFlow.Status.BAD_COST_RANGE
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SimpleMinCostFlow, "solve", lambda _: failed)
        without_flow = solver.solve(case.problem, SECONDS)
        patch.setattr(program, "MAX_COLUMNS", -1)
        without_both = solver.solve(case.problem, SECONDS)

    check(case, without_flow)
    assert without_flow.value == without_flow.bound == optimum(case)
    check(case, without_both)
    assert without_both.bound >= optimum(case)
    assert (without_both.method == "greedy") is (optimum(case) > 0)


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


def test_short_of_time_the_answer_is_possible_and_the_gap_is_stated() -> None:
    case = region(120, 40)

    hasty = solver.solve(case.problem, 0)
    patient = solver.solve(case.problem, 20)

    check(case, hasty)
    check(case, patient)
    assert hasty.value <= patient.value <= min(hasty.bound, patient.bound)


@pytest.mark.parametrize("worth", [lambda f, g: 500, lambda f, g: 1 + (f * 7 + g * 11) % 900])
@pytest.mark.parametrize("places", [0, 1, 5])
def test_ties_and_scarcity_are_proven_too(worth: Any, places: int) -> None:
    pairs = [Pair(f, g, worth(f, g)) for f in range(60) for g in range(12)]
    case = Case([places] * 12, [{"food_aid": None}] * 12, [{"food_aid": 1}] * 60, pairs)

    solution = solver.solve(case.problem, SECONDS)

    check(case, solution)
    assert sum(each is not None for each in solution.guardians) == min(60, 12 * places)
    assert solution.value == solution.bound


@pytest.mark.parametrize("case", [Case([], [], [], []), Case([3], [{}], [{"food_aid": 1}], [])])
def test_where_there_is_nothing_to_assign_nothing_is(case: Case) -> None:
    solution = solver.solve(case.problem, SECONDS)

    assert (solution.value, solution.bound, solution.method) == (0, 0, "flow")
    assert set(solution.guardians) <= {None}


def test_the_function_tells_what_it_did_and_answers_the_same_each_time(
    capsys: pytest.CaptureFixture[str],
) -> None:
    question = json.loads(region(20, 6).problem.model_dump_json())

    first = json.dumps(solver.handler(question, None))
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    told = next(line for line in lines if "method" in line)
    assert (told["function"], told["families"], told["guardians"]) == ("solve-assignment", 20, 6)
    assert told["method"] == "program"
    assert first == json.dumps(solver.handler(question, None))
    assert Solution.model_validate_json(first).value > 0


def test_an_answer_that_is_wrong_in_any_way_is_not_believed() -> None:
    case = one_limit()
    right = solver.solve(case.problem, SECONDS)
    assert checker.proven_bound(case.problem, right) in range(1100, 1400)
    prices = right.prices
    wrong = [
        {"value": 1101},
        {"bound": 1099},
        {"without": {}, "value": 1400, "bound": 1400},
        {"without": {0: ["animal_care", "food_aid"]}},
        {"guardians": [0, 1]},
        {"prices": prices.model_copy(update={"places": [-1]})},
    ]
    for changes in wrong:
        with pytest.raises((checker.Wrong, IndexError)):
            checker.proven_bound(case.problem, right.model_copy(update=changes))
    crowded = case.problem.model_copy(update={"places": [1]})
    with pytest.raises(checker.Wrong):
        checker.proven_bound(crowded, right)


@settings(max_examples=60, deadline=None)
@given(cases(), st.lists(st.integers(0, 500), min_size=3, max_size=3))
def test_whatever_the_prices_are_their_bound_is_true(case: Case, prices: list[int]) -> None:
    solution = solver.solve(case.problem, SECONDS)
    other = Prices(places=prices[: len(case.places)])

    bound = checker.proven_bound(case.problem, solution.model_copy(update={"prices": other}))

    assert bound >= optimum(case)


@settings(max_examples=60, deadline=None)
@given(cases(limits=False), st.integers(1, 2), st.data())
def test_a_newcomer_gains_what_the_whole_solved_again_gains(
    case: Case, places: int, data: st.DataObject
) -> None:
    everyone = range(len(case.shares))
    families = [family for family in everyone if data.draw(st.booleans())]
    worths = [data.draw(st.integers(1, 100)) for _ in families]
    newcomer = Newcomer(places=places, families=packed(families), worths=packed(worths))
    asked = case.problem.model_copy(update={"newcomers": [newcomer]})

    (gain,) = solver.solve(asked, SECONDS).gains

    joined = [Pair(*pair) for pair in zip(families, [len(case.places)] * 9, worths, strict=False)]
    room: Room = dict.fromkeys(KINDS)
    whole = Case(
        [*case.places, places], [*case.room, room], case.shares, sorted([*case.pairs, *joined])
    )
    assert gain.value == optimum(whole) - optimum(case)
    assert -len(case.shares) <= gain.families <= places
