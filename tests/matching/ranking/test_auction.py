"""The auction against an exact oracle: never worse than its certificate says."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.ranking.auction import Auction, Options, solve
from services.matching.ranking.suggestions import suggest
from tests.matching import samples
from tests.matching.ranking.test_ranking import ZR
from tests.matching.samples import START

Problem = tuple[dict[str, int], dict[str, list[tuple[str, int]]]]


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """A few guardians with places and families with sparse scores, ties included."""
    guardians = [f"g{n}" for n in range(draw(st.integers(1, 4)))]
    capacities = {name: draw(st.integers(0, 2)) for name in guardians}
    scores = st.one_of(st.just(50), st.integers(1, 100))
    families = {
        f"f{n}": [(name, draw(scores)) for name in guardians if draw(st.booleans())]
        for n in range(draw(st.integers(1, 6)))
    }
    return capacities, families


def optimum(capacities: dict[str, int], families: dict[str, Options]) -> int:
    """The best value there is, by trying everything."""
    names, options = list(capacities), list(families.values())

    @cache
    def best(family: int, left: tuple[int, ...]) -> int:
        if family == len(options):
            return 0
        found = best(family + 1, left)
        for name, score in options[family]:
            place = names.index(name)
            if left[place]:
                rest = (*left[:place], left[place] - 1, *left[place + 1 :])
                found = max(found, score + best(family + 1, rest))
        return found

    return best(0, tuple(capacities.values()))


def check(auction: Auction, capacities: dict[str, int], families: dict[str, Options]) -> None:
    """The assignment is possible, its certificate true, its distance within the promise."""
    used = list(auction.assignment.values())
    assert all(used.count(name) <= places for name, places in capacities.items())
    for family, name in auction.assignment.items():
        assert name in dict(families[family])
    certificate = auction.certificate()
    exact = optimum(capacities, families)
    assert certificate.value <= exact <= certificate.bound
    assert exact - certificate.value <= len(families)


@settings(max_examples=300)
@given(problems())
def test_the_auction_is_within_epsilon_of_the_optimum(problem: Problem) -> None:
    capacities, families = problem
    auction = Auction(capacities, epsilon=1)

    auction.arrive(families)

    check(auction, capacities, dict(families))


@settings(max_examples=300)
@given(problems())
def test_families_may_come_one_by_one_and_go(problem: Problem) -> None:
    capacities, families = problem
    auction = Auction(capacities, epsilon=1)
    for family, options in families.items():
        auction.arrive({family: options})
    check(auction, capacities, dict(families))

    for family in list(families)[::2]:
        auction.leave(family)
        del families[family]
        certificate = auction.certificate()
        assert certificate.value <= optimum(capacities, dict(families)) <= certificate.bound


def test_first_come_is_not_first_served() -> None:
    families = {"early": [("g", 10), ("h", 9)], "late": [("g", 10)]}

    assignment, certificate = solve({"g": 1, "h": 1}, families, epsilon=1)

    assert assignment == {"early": "h", "late": "g"}
    assert (certificate.value, certificate.gap < 0.2) == (19, True)


def test_ten_thousand_pairs_are_certified_close() -> None:
    capacities = {f"g{n}": 5 for n in range(60)}
    families = {
        f"f{n}": [(f"g{(n * 7 + k * 11) % 60}", 1000 + (n * 31 + k * 17) % 900) for k in range(20)]
        for n in range(500)
    }

    _, certificate = solve(capacities, families, epsilon=1)

    assert certificate.gap < 0.01


def test_the_same_family_does_not_come_twice() -> None:
    auction = Auction({"g": 1}, 1)
    auction.arrive({"f": [("g", 1)]})

    with pytest.raises(ValueError, match="already"):
        auction.arrive({"f": [("g", 1)]})
    with pytest.raises(ValueError, match="epsilon"):
        Auction({}, 0)


def test_a_region_is_suggested_a_whole_assignment() -> None:
    waiting = [
        samples.family("req_5", "D02", "household_help", excluded=("gua_3",)),
        samples.family("req_8", "D12", "animal_care", "repair_work"),
        samples.family("req_9", "D10", "material_aid"),
        samples.family("req_x", "D10", "other"),
    ]

    found = suggest(waiting, ZR, START)

    assert {s.case_id: s.guardian_id for s in found.suggestions} == {
        "req_5": "gua_1",
        "req_8": "gua_3",
        "req_9": "gua_5",
    }
    assert found.without == ("req_x",)
    assert found.value <= found.bound
