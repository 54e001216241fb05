"""An offer until the last of it is given, or it is taken back."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from services.matching.resources.domain import UNSETTLED, OfferedResource, Reservation
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
UTC_4 = ZoneInfo("Europe/Samara")


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


def test_an_offer_is_settled_when_nothing_of_it_is_left_or_promised() -> None:
    kept = KITS.reserve(1)
    back = kept.withdraw()
    for open_offer in (KITS, kept, KITS.reserve(2), KITS.reserve(2).give(1), back):
        assert not open_offer.settled
    for over in (KITS.withdraw(), back.give(1), back.release(1), KITS.reserve(2).give(2)):
        assert over.settled


def test_what_is_given_is_not_promised_again() -> None:
    less = KITS.reserve(1).give(1)
    assert (less.left, less.status) == (1, ResourceStatus.OFFERED)
    assert less.withdraw().quantity == 1

    with pytest.raises(IllegalStep, match="not_so_much_left"):
        less.reserve(2)


def test_a_promise_is_asked_after_a_week_until_it_is_settled_once() -> None:
    part = Reservation(
        reservation_id="rsv_1",
        resource_id="rsc_1",
        region="ZR",
        quantity=1,
        reserved_by="CM-1",
        reserved_at=START,
        available_on=START.date() + timedelta(days=30),
    )
    weeks = START + timedelta(days=38)

    assert part.due(weeks - timedelta(days=2), UTC_4) == ()
    assert part.due(weeks, UTC_4) == (UNSETTLED,)
    for settled in (part.give(), part.release()):
        assert settled.due(weeks, UTC_4) == ()
        for step in (settled.give, settled.release):
            with pytest.raises(IllegalStep, match="reservation_is_"):
                step()
