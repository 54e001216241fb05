"""An offer until the last of it is given, or it is taken back."""

import pytest

from services.matching.resources.domain import OfferedResource
from services.matching.resources.values import ResourceStatus
from services.matching.volunteers.values import Sector
from shared.errors import IllegalStep
from tests.matching.builders import START

KITS = OfferedResource(
    resource_id="rsc_1",
    region="ZR",
    category="food_aid",
    unit="piece",
    sector=Sector.CITIZENS,
    quantity=2,
    offered_at=START,
)


def test_an_offer_is_given_with_its_last_part_and_ends_there() -> None:
    kept = KITS.reserve(2)
    half = kept.give(1)
    given = half.give(1)

    assert [each.status for each in (kept, half, given)] == [
        ResourceStatus.RESERVED,
        ResourceStatus.RESERVED,
        ResourceStatus.GIVEN,
    ]
    for step in (given.withdraw, lambda: given.release(1), lambda: given.give(1)):
        with pytest.raises(IllegalStep, match="resource_is_given"):
            step()


def test_an_offer_is_taken_back_once_and_keeps_its_promise() -> None:
    back = KITS.reserve(1).withdraw()

    assert (back.quantity, back.left, back.release(1).quantity) == (1, 0, 0)
    assert back.give(1).status is ResourceStatus.WITHDRAWN
    with pytest.raises(IllegalStep, match="resource_is_withdrawn"):
        back.withdraw()
