"""The solver against an exact oracle: limits hold, and no bound claims more than is true."""

import json
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow
from ortools.math_opt.python import mathopt

from services.matching.assignment import checker, master, program, relaxation, solver
from services.matching.assignment.columns import Columns
from services.matching.assignment.network import Network, Numbers, bound_by, flow, prices_of
from services.matching.assignment.problem import (
    Gain,
    KindPrice,
    Newcomer,
    Prices,
    Solution,
    packed,
)
from tests.matching.assignment.small_regions import (
    KINDS,
    SECONDS,
    Case,
    Pair,
    Room,
    cases,
    check,
    one_limit,
    optimum,
    region,
)


def proven_bound(network: Network, chosen: Numbers) -> int:
    """What no assignment can exceed by the prices of these pairs."""
    return bound_by(network, prices_of(network, chosen))


@settings(max_examples=300)
@given(cases(limits=False))
def test_the_flow_is_the_optimum_and_proves_it(case: Case) -> None:
    solution = solver.solve(case.problem, SECONDS)

    check(case, solution)
    assert solution.method == "flow"
    assert solution.value == solution.bound == optimum(case)
    assert checker.proven_bound(case.problem, solution) == solution.value


@settings(max_examples=150)
@given(cases())
def test_limits_hold_and_the_answer_is_the_optimum(case: Case) -> None:
    solution = solver.solve(case.problem, SECONDS)

    check(case, solution)
    assert solution.method in ("flow", "program")
    assert solution.value == solution.bound == optimum(case)
    assert checker.proven_bound(case.problem, solution) >= optimum(case)


@settings(max_examples=150)
@given(cases())
def test_the_program_agrees_where_it_was_not_needed(case: Case) -> None:
    network = Network(case.problem)

    chosen = flow(network)
    prices = prices_of(network, chosen)

    found = program.program(network, [], network.picks(chosen), prices, time.monotonic() + SECONDS)

    assert network.value(found.picks) == found.bound == optimum(case)


@settings(max_examples=300)
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


@settings(max_examples=150)
@given(cases())
def test_the_fallback_keeps_the_limits_and_is_never_better(case: Case) -> None:
    network = Network(case.problem)
    picks = solver.greedy(network)

    value, prices = network.value(picks), Prices(places=[])
    found = solver.Best(picks, value, optimum(case), "greedy", prices)
    solution = solver._solution(network, found)

    check(case, solution)


def test_a_family_gets_the_rest_when_a_kind_is_taken() -> None:
    solution = solver.solve(one_limit().problem, SECONDS)

    assert solution.method == "program"
    assert solution.guardians == [0, 0]
    assert list(solution.without.values()) == [["animal_care"]]
    assert solution.value == solution.bound == 1100


@settings(max_examples=150)
@given(cases(), st.integers(0, 120), st.integers(1, 6))
def test_where_only_some_ways_are_looked_at_the_bound_is_true_for_all(
    case: Case, slack: int, most: int
) -> None:
    network = Network(case.problem)
    columns, until = Columns(network), time.monotonic() + SECONDS
    duals = relaxation.relax(columns, [], prices_of(network, flow(network)), until)
    search = program.Search(columns, duals, [])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(program, "MAX_COLUMNS", most)
        search.exact(slack, until)

    assert not network.exceeded(search.picks)
    assert network.value(search.picks) <= optimum(case) <= search.bound


@pytest.mark.parametrize("part", [0.3, 1.0])
def test_an_answer_is_bettered_piece_by_piece_and_never_worsened(
    part: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "PART", part)
    monkeypatch.setattr(program, "GROW", 1)
    network = Network(region(20, 6).problem)
    columns, picks = Columns(network), solver.greedy(network)
    until = time.monotonic() + SECONDS
    duals = relaxation.relax(columns, picks, prices_of(network, flow(network)), until)
    search = program.Search(columns, duals, picks)
    search.bound = network.value(picks) + 1

    search.better(0)
    assert search.picks == picks

    search.better(until)
    assert network.value(picks) < network.value(search.picks)
    assert network.value(search.picks) <= solver.solve(region(20, 6).problem, SECONDS).value
    assert time.monotonic() < until


@pytest.mark.parametrize("other", ["settle", "better"])
def test_where_the_first_try_takes_too_long_families_are_settled_and_guardians_assigned_anew(
    other: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = Network(region(60, 12).problem)
    picks, chosen = solver.greedy(network), flow(network)
    monkeypatch.setattr(program.Search, "exact", lambda *_: False)
    monkeypatch.setattr(program.Search, other, lambda *_: None)

    until = time.monotonic() + 5
    found = program.program(network, picks, [], prices_of(network, chosen), until)

    assert not network.exceeded(found.picks)
    assert network.value(picks) < network.value(found.picks) <= found.bound


def test_where_the_nearly_best_ways_take_too_long_no_more_of_them_are_listed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Listing all that could be in a better answer once took longer than the API waits."""
    network = Network(region(20, 6).problem)
    picks, chosen = solver.greedy(network), flow(network)
    looked: list[int] = []

    def within(columns: Columns, slack: int, duals: Any) -> Any:
        looked.append(slack)
        return real(columns, slack, duals)

    real = Columns.within
    monkeypatch.setattr(Columns, "within", within)
    monkeypatch.setattr(master.Master, "solved", lambda *_: ([], master.HUGE))

    program.program(network, picks, [], prices_of(network, chosen), time.monotonic() + 0.5)

    nearly = int(network.worth.max()) // program.NEARLY
    assert looked
    assert max(looked) <= program.WIDE * nearly


@pytest.mark.parametrize("error", [RuntimeError, AttributeError])
def test_a_program_that_breaks_leaves_it_to_the_flagged_fallback_and_is_told(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise error("a message with a name")

    for part, case in (("solve", region(20, 6)), ("IncrementalSolver", one_limit())):
        monkeypatch.setattr(mathopt, part, broken)

        answer = solver.handler(json.loads(case.problem.model_dump_json()), None)

        solution = Solution.model_validate(answer)
        check(case, solution)
        assert solution.method == "greedy"
        assert solution.value < checker.proven_bound(case.problem, solution) == solution.bound
        told = capsys.readouterr().out
        assert error.__name__ in told
        assert "a message" not in told


@settings(max_examples=50)
@given(cases())
def test_whatever_the_solvers_do_the_answer_is_possible_and_its_bound_true(case: Case) -> None:
    failed = SimpleMinCostFlow.Status.BAD_COST_RANGE
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SimpleMinCostFlow, "solve", lambda _: failed)
        without_flow = solver.solve(case.problem, SECONDS)
        patch.setattr(mathopt, "IncrementalSolver", None)
        without_both = solver.solve(case.problem, SECONDS)

    check(case, without_flow)
    assert without_flow.value == without_flow.bound == optimum(case)
    check(case, without_both)
    assert without_both.bound >= optimum(case)
    assert (without_both.method == "greedy") is (optimum(case) > 0)


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


def test_the_program_begins_in_an_order_that_hangs_on_no_hash(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network = Network(region(20, 6).problem)
    chosen = flow(network)
    possible, picks = solver.greedy(network), network.picks(chosen)
    seen: list[Any] = []

    def relax(columns: Any, known: Any, *more: Any) -> Any:
        seen.append(known)
        return relaxation.relax(columns, known, *more)

    monkeypatch.setattr(program, "relax", relax)
    until = time.monotonic() + SECONDS

    program.program(network, possible, picks, prices_of(network, chosen), until)

    assert seen == [[*dict.fromkeys([*possible, *picks])]]
    assert len(seen[0]) < len(possible) + len(picks)


def test_an_answer_that_is_wrong_in_any_way_is_not_believed() -> None:
    case = one_limit()
    right = solver.solve(case.problem, SECONDS)
    assert checker.proven_bound(case.problem, right) in range(1100, 1400)
    prices = right.prices
    wrong: list[dict[str, Any]] = [
        {"value": 1101},
        {"bound": 1099},
        {"without": {}, "value": 1400, "bound": 1400},
        {"without": {0: ["animal_care", "food_aid"]}},
        # whom nothing is given is not helped, though the sum is right
        {"without": {0: ["animal_care", "food_aid"]}, "value": 800},
        {"guardians": [0, 1]},
        {"guardians": []},
        {"guardians": [*right.guardians, None]},
        {"gains": [Gain(families=1, value=1)]},
        {"prices": prices.model_copy(update={"places": [-1]})},
        {"prices": prices.model_copy(update={"places": [*prices.places, 0]})},
        {"prices": prices.model_copy(update={"kinds": [KindPrice(guardian=9, kind="x", price=1)]})},
        {"prices": prices.model_copy(update={"kinds": [KindPrice(guardian=0, kind="x", price=1)]})},
    ]
    for changes in wrong:
        with pytest.raises(checker.Wrong):
            checker.proven_bound(case.problem, right.model_copy(update=changes))
    # what is not limited runs out never, so its price would make the bound too low
    endless = prices.model_copy(
        update={"kinds": [KindPrice(guardian=0, kind="food_aid", price=1000)]}
    )
    with pytest.raises(checker.Wrong):
        checker.proven_bound(case.problem, right.model_copy(update={"prices": endless}))
    spare = {family: [*kinds, "repair_work"] for family, kinds in right.without.items()}
    assert checker.proven_bound(case.problem, right.model_copy(update={"without": spare})) < 1400
    crowded = case.problem.model_copy(update={"places": [1]})
    with pytest.raises(checker.Wrong):
        checker.proven_bound(crowded, right)


@settings(max_examples=60)
@given(cases(), st.lists(st.integers(0, 500), min_size=3, max_size=3))
def test_whatever_the_prices_are_their_bound_is_true(case: Case, prices: list[int]) -> None:
    solution = solver.solve(case.problem, SECONDS)
    other = Prices(places=prices[: len(case.places)])

    bound = checker.proven_bound(case.problem, solution.model_copy(update={"prices": other}))

    assert bound >= optimum(case)


@settings(max_examples=60)
@given(cases(), st.integers(1, 2), st.data())
def test_a_newcomer_gains_what_the_whole_solved_again_gains(
    case: Case, places: int, data: st.DataObject
) -> None:
    everyone = range(len(case.shares))
    families = [family for family in everyone if data.draw(st.booleans())]
    worths = [
        data.draw(st.integers(1, 100)) + sum(case.shares[family].values()) for family in families
    ]
    newcomer = Newcomer(
        places=places, kinds=[*KINDS], families=packed(families), worths=packed(worths)
    )
    known = solver.solve(case.problem, SECONDS) if data.draw(st.booleans()) else None
    asked = case.problem.model_copy(update={"newcomers": [newcomer], "known": known})

    (gain,) = solver.solve(asked, SECONDS).gains

    joined = [Pair(*pair) for pair in zip(families, [len(case.places)] * 9, worths, strict=False)]
    room: Room = dict.fromkeys(KINDS)
    whole = Case(
        [*case.places, places], [*case.room, room], case.shares, sorted([*case.pairs, *joined])
    )
    assert gain.proven
    assert gain.value == optimum(whole) - optimum(case)
    assert -len(case.shares) <= gain.families <= places


def test_a_newcomer_is_tried_from_the_answer_without_it_where_no_time_is_left() -> None:
    """The greedy answer with one more guardian is often worth less than a good one without."""
    case = region(60, 12)
    known = solver.solve(case.problem, 5)
    alone = [family for family, found in enumerate(known.guardians) if found is None]
    worths = [sum(case.shares[family].values()) for family in alone]
    newcomer = Newcomer(places=2, kinds=[*KINDS], families=packed(alone), worths=packed(worths))
    asked = case.problem.model_copy(update={"newcomers": [newcomer], "known": known})

    solution = solver.solve(asked, 0)

    (gain,) = solution.gains
    assert solution.model_copy(update={"gains": []}) == known
    assert (gain.families, gain.proven) == (2, False)
    assert gain.value == sum(sorted(worths)[-2:])
