"""Floors and prices against an exact oracle: who is not passed over, and what more is worth."""

from collections import Counter
from collections.abc import Collection
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.assignment import checker, solver
from services.matching.assignment.columns import Columns, Duals
from services.matching.assignment.network import Network, Numbers
from services.matching.assignment.prices import PriceList
from services.matching.assignment.problem import (
    Floor,
    KindPrice,
    Prices,
    Problem,
    Solution,
    packed,
)
from tests.matching.assignment.small_regions import KINDS, SECONDS, Case, cases, one_limit

# floors and prices ------------------------------------------------------------------------------

FLOOR_WORTH = 150


def floored(data: st.DataObject, case: Case) -> Problem:
    """The problem with some floors, which may ask for more than there is."""
    if not case.shares:
        return case.problem
    groups = st.sets(st.integers(0, len(case.shares) - 1), min_size=1)
    floors = []
    for kind in (None, data.draw(st.sampled_from(KINDS))):
        families = sorted(data.draw(groups))
        least = data.draw(st.integers(1, len(families)))
        floors.append(Floor(families=families, least=least, kind=kind))
    return case.problem.model_copy(update={"floors": floors, "floor_worth": FLOOR_WORTH})


def best_of_all(case: Case, problem: Problem) -> int:
    """The best value there is with floors, by trying every answer."""
    options: list[list[tuple[int, tuple[str, ...]] | None]] = [[None] for _ in case.shares]
    for family, guardian, _ in case.pairs:
        covered = case.covered(family, guardian)
        for count in range(1, len(covered) + 1):
            options[family] += [(guardian, given) for given in combinations(covered, count)]
    values = []
    for answer in product(*options):
        helped = {n: each for n, each in enumerate(answer) if each}
        places = Counter(guardian for guardian, _ in helped.values())
        kinds = Counter((guardian, kind) for guardian, given in helped.values() for kind in given)
        limits = ((kinds[each], case.room[each[0]][each[1]]) for each in kinds)
        if any(places[each] > case.places[each] for each in places) or any(
            room is not None and taken > room for taken, room in limits
        ):
            continue
        value = 0
        for family, (guardian, kept) in helped.items():
            left_out = {*case.covered(family, guardian)} - {*kept}
            value += case.worth(family, guardian, left_out)
        for floor in problem.floors:
            counted = [
                n for n in floor.families if n in helped and floor.kind in (None, *helped[n][1])
            ]
            value -= FLOOR_WORTH * max(0, floor.least - len(counted))
        values.append(value)
    return max(values)


@settings(max_examples=60)
@given(cases(families=3), st.data())
def test_floors_are_kept_where_they_can_be_and_the_answer_is_the_optimum(
    case: Case, data: st.DataObject
) -> None:
    problem = floored(data, case)

    solution = solver.solve(problem, SECONDS)

    best = best_of_all(case, problem)
    assert solution.value == solution.bound == best
    assert checker.proven_bound(problem, solution) >= best


@settings(max_examples=60)
@given(cases(), st.data())
def test_the_program_and_the_checker_reckon_alike_what_prices_prove(
    case: Case, data: st.DataObject
) -> None:
    problem = floored(data, case)
    columns = Columns(Network(problem))

    def prices(of: Collection[Any]) -> Numbers:
        each = st.integers(0, FLOOR_WORTH)
        return np.array(data.draw(st.lists(each, min_size=len(of), max_size=len(of))), np.int64)

    duals = Duals(*map(prices, (problem.places, columns.room, problem.floors)))
    solution = solver.solve(problem, SECONDS)
    by_prices = solution.model_copy(update={"prices": columns.prices(duals)})

    assert checker.proven_bound(problem, by_prices) == columns.bound(duals)


def test_a_floor_that_is_missed_or_paid_too_much_is_noticed() -> None:
    case = one_limit()
    floor = Floor(families=[0, 1], least=2, kind="animal_care")
    problem = case.problem.model_copy(update={"floors": [floor], "floor_worth": 100})
    right = solver.solve(problem, SECONDS)

    assert right.value == 1100 - 100
    dear = right.prices.model_copy(update={"floors": [101]})
    for wrong in ({"value": 1100, "bound": 1100}, {"prices": dear}):
        with pytest.raises(checker.Wrong):
            checker.proven_bound(problem, right.model_copy(update=wrong))


@settings(max_examples=60)
@given(cases(), st.data())
def test_prices_say_why_and_what_more_would_be_worth_with_limits_and_floors(
    case: Case, data: st.DataObject
) -> None:
    problem = floored(data, case)
    solution = solver.solve(problem, SECONDS)
    prices = PriceList(problem, solution)
    left = checker.proven_bound(problem, solution) - solution.value

    for family, own in enumerate(solution.guardians):
        nets = {each: prices.net(family, each) for each in prices.pairs[family]}
        gained = 0 if own is None else nets[own]
        assert max([0, *nets.values()]) <= gained + left, "its own guardian is the best it can pay"
    for guardian, price in enumerate(solution.prices.places):
        places = [each + (n == guardian) for n, each in enumerate(case.places)]
        more = solver.solve(problem.model_copy(update={"places": places}), SECONDS)
        assert more.value - solution.value <= price + left
    for each in solution.prices.kinds:
        room = [dict(kinds) for kinds in case.room]
        room[each.guardian][each.kind] = (room[each.guardian][each.kind] or 0) + 1
        more = solver.solve(problem.model_copy(update={"room": room}), SECONDS)
        assert more.value - solution.value <= each.price + left


def test_a_guardian_asks_for_its_place_and_for_the_limited_kinds_that_it_would_give() -> None:
    needs = {"animal_care": 300, "food_aid": 300}
    problem = Problem(
        places=[1, 1],
        room=[{"animal_care": 1, "food_aid": None}, {"animal_care": None}],
        shares=[needs, needs, {"animal_care": 600}],
        choices=[2, 1, 1],
        guardians=packed([0, 1, 0, 0]),
        worths=packed([700, 400, 410, 690]),
        withheld={2: ["animal_care"]},
        floors=[Floor(families=[0, 1], least=1), Floor(families=[1], least=1, kind="food_aid")],
    )
    dear = KindPrice(guardian=0, kind="animal_care", price=200)
    answer = {"guardians": [0, None, None], "without": {}, "method": "program"}
    worth = {"value": 0, "bound": 0}

    def prices(price: int, *floors: int) -> PriceList:
        kinds = [dear.model_copy(update={"price": price})]
        found = Prices(places=[50, 7], kinds=kinds, floors=list(floors))
        return PriceList(problem, Solution(**answer, **worth, prices=found))

    found = prices(200)
    assert [found.asked(0, 0), found.asked(0, 1)] == [50 + 200, 7]
    assert found.asked(1, 0) == 50, "it gives this family no care for animals"
    assert [found.net(0, 0), found.net(0, 1), found.net(1, 0)] == [450, 393, 360]
    assert prices(400).asked(0, 0) == 50 + 300, "what is too dear is left out and missed"
    assert prices(700).asked(2, 0) == 50 + 700, "unless it is all that is given"
    with_floors = prices(200, 30, 20)
    assert [with_floors.net(0, 0), with_floors.net(1, 0)] == [450 + 30, 360 + 30 + 20]
    assert with_floors.asked(1, 0) == 50
