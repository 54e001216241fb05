"""How near districts are, and under what a guardian is listed."""

import pytest

from services.matching.guardians.values import GuardianStatus, Terms
from services.matching.reach.domain import (
    ANY,
    EVERYWHERE,
    HERE,
    NOT_AT_WORK,
    UNKNOWN,
    Entry,
    Ground,
    Listing,
    Nearness,
    Way,
    entries_of,
)
from tests.matching import builders
from tests.matching.builders import GROUND, offers


def test_a_district_is_the_same_a_neighbour_within_an_hour_or_too_far() -> None:
    assert GROUND.way("D02", ("D01", "D02")) == HERE
    everywhere = Way(Nearness.SAME_DISTRICT, None)
    assert GROUND.way("D02", ()) == everywhere, (
        "without districts help is given in the whole region"
    )
    assert GROUND.way("D09", ("D01", "D07")) == Way(Nearness.NEIGHBOUR, 15)
    assert GROUND.way("D09", ("D01", "D02")) == Way(Nearness.WITHIN_REACH, 37)
    assert GROUND.way("D09", ("D12",)) == Way(Nearness.TOO_FAR, 71)
    assert GROUND.way("Gone", ("D01",)) == GROUND.way("D01", ("Gone",)) == UNKNOWN
    assert GROUND.way("Gone", ("Gone",)) == HERE
    assert GROUND.way(None, ("D01",)) == UNKNOWN


def test_neighbours_reach_each_other_however_far_their_towns_are() -> None:
    ground = Ground({"A": (50.0, 50.0), "B": (50.0, 55.0)}, {"A": ("B",), "B": ()})

    assert ground.way("B", ("A",)) == ground.way("A", ("B",)) == Way(Nearness.NEIGHBOUR, 357)
    assert ground.reaching("B") == ("B", "A")
    assert GROUND.reaching("D09")[0] == "D09"
    assert "D12" not in GROUND.reaching("D09")


def test_of_several_districts_a_neighbour_counts_first_then_the_shortest_way() -> None:
    centres = {"A": (50.0, 50.0), "B": (50.0, 55.0), "C": (50.0, 50.5), "D": (50.0, 50.7)}
    ground = Ground(centres, {"A": ("B",), "B": (), "C": (), "D": ()})

    assert ground.way("A", ("C", "B")) == Way(Nearness.NEIGHBOUR, 357)
    assert ground.way("A", ("D", "C")) == Way(Nearness.WITHIN_REACH, 36)
    assert ground.reaching(None) == (), "of a family without a district none is near"


@pytest.mark.parametrize("status", GuardianStatus)
def test_a_guardian_is_listed_by_help_while_it_works_and_apart_while_it_does_not(
    status: GuardianStatus,
) -> None:
    capabilities = (*offers("food_aid"), *offers("repair_work", district_ids=("D09",)))
    guardian = builders.checked(
        status=status, capabilities=capabilities, district_ids=("D01", "D02")
    )
    at_work = {("D01", "food_aid"), ("D02", "food_aid"), ("D09", "repair_work")}
    apart = {(district, NOT_AT_WORK) for district, _ in at_work}

    found = entries_of(guardian, GROUND)

    assert {each.region for each in found} <= {"ZR"}
    near = {(each.district, each.kind) for each in found if not each.status}
    if status in (GuardianStatus.READY, GuardianStatus.CARING):
        assert near == at_work
    elif status.value in ("clarification", "assigned", "paused"):
        assert near == apart
    else:
        assert not near
    registered = {(each.district, each.kind) for each in found if each.status == status}
    assert registered == at_work | {(place, ANY) for place in ("D01", "D02", "D09")} | {
        (ANY, kind) for kind in ("food_aid", "repair_work")
    }
    assert not entries_of(builders.guardian(status=GuardianStatus.APPROVED), GROUND)


def test_a_guardian_that_comes_from_far_is_listed_where_it_comes() -> None:
    def places(radius: int | None, districts: tuple[str, ...] = ("D12",)) -> set[str]:
        guardian = builders.checked(
            capabilities=offers("food_aid"), district_ids=districts, terms=Terms(radius_km=radius)
        )
        return {each.district for each in entries_of(guardian, GROUND) if not each.status}

    assert places(None) == places(60) == {"D12"}
    assert places(71) == {*GROUND.reaching("D12", 71)} > {"D09", "D12"}
    assert places(500, ()) == {EVERYWHERE}
    assert len(places(500)) == 12


def test_whoever_comes_to_a_family_is_in_the_lists_that_it_looks_into() -> None:
    districts = [f"D{number:02d}" for number in range(1, 13)]
    for radius in (None, 1, 30, 60, 61, 75, 120, 500):
        for place in (*districts, None):
            area = () if place is None else (place,)
            guardian = builders.checked(
                capabilities=offers("food_aid"), district_ids=area, terms=Terms(radius_km=radius)
            )
            found = entries_of(guardian, GROUND)
            listed = {each.district for each in found if not each.status}
            for home in districts:
                if GROUND.way(home, area, radius).nearness is not Nearness.TOO_FAR:
                    assert listed & {*GROUND.reaching(home), EVERYWHERE}, (radius, place, home)


def test_a_guardian_without_districts_is_listed_for_the_whole_region() -> None:
    guardian = builders.checked(capabilities=offers("food_aid"), district_ids=())

    assert entries_of(guardian, GROUND) == {
        Entry("ZR", EVERYWHERE, "food_aid"),
        Entry("ZR", EVERYWHERE, "food_aid", "ready"),
        Entry("ZR", EVERYWHERE, ANY, "ready"),
        Entry("ZR", ANY, "food_aid", "ready"),
    }


def test_a_listing_follows_in_steps_and_ends_where_the_guardian_is() -> None:
    old, new = (
        frozenset(Entry("ZR", f"{name}{place}", "food_aid") for place in range(7))
        for name in ("A", "B")
    )
    listing = Listing(guardian_id="gua_1", entries=tuple(sorted(old)))
    steps = 0
    held = set(old)
    while listing.entries != tuple(sorted(new)):
        listing, added, removed = listing.follow(new, 4)
        assert 0 < len(added) + len(removed) <= 4
        held = (held | {*added}) - {*removed}
        assert held == {*listing.entries}
        assert listing.behind is (held != new)
        steps += 1

    assert steps == 4
    assert listing.follow(new, 4) == (listing, [], [])
