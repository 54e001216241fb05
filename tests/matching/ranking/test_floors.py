"""How many families of a district and of each kind of help are helped at least."""

from collections.abc import Mapping

from services.matching.assignment.problem import Floor
from services.matching.ranking.floors import Floors

FOOD, PETS = "food_aid", "animal_care"


def floors_of(
    *families: Mapping[int, tuple[str, ...]], places: list[int], room: list[dict[str, int | None]]
) -> dict[str | None, Floor]:
    """The floors of families of one district that all wait too long, by kind of help."""
    floors = Floors()
    for family, helps in enumerate(families):
        floors.note(family, helps, "D01", late=True)
    return {each.kind: each for each in floors.floors(places, room)}


def test_a_kind_is_asked_for_no_more_often_than_those_who_give_it_have_places() -> None:
    both = {0: (FOOD,), 1: (PETS,)}

    found = floors_of(both, both, places=[2, 1], room=[{}, {}])

    assert {kind: each.least for kind, each in found.items()} == {None: 2, FOOD: 2, PETS: 1}


def test_a_limit_of_a_kind_and_a_guardian_without_places_count_as_they_are() -> None:
    helps = {0: (FOOD, PETS)}

    limited = floors_of(helps, helps, helps, places=[3], room=[{FOOD: None, PETS: 1}])
    assert {kind: each.least for kind, each in limited.items()} == {None: 2, FOOD: 2, PETS: 1}
    full = floors_of(helps, helps, places=[0], room=[{}])
    assert full == {}, "nothing is asked of who has no place"


def test_only_families_that_wait_too_long_are_named_and_who_cannot_be_helped_counts_not() -> None:
    floors = Floors()
    floors.note(0, {0: (FOOD,)}, "D01", late=True)
    floors.note(1, {0: (FOOD,)}, "D01", late=False)
    floors.note(2, {}, "D01", late=True)
    floors.note(3, {0: (FOOD,)}, None, late=True)

    found = {each.kind: each for each in floors.floors([3], [{}])}

    assert found[None] == Floor(families=[0], least=1, kind=None)
    assert found[FOOD] == Floor(families=[0, 3], least=2, kind=FOOD)
