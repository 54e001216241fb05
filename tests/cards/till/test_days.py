"""A card's uses are counted by the day of the outlet's region."""

from datetime import UTC, datetime, timedelta

import pytest

from services.cards import till_read_model
from services.cards.till import domain
from services.cards.till_read_model import OfferSpan, PartnerTill
from shared import clock
from tests.cards.till.till_client import CARD, Clock, Shop, TillClient

CAP = domain.USES_A_DAY


def _shop(till_client: TillClient, name: str, zone: str) -> Shop:
    shop = till_client.shop(
        partner_id=f"par_01J{name}", outlet_id=f"out_01J{name}", key_id=f"key_01J{name}"
    )
    offers = [OfferSpan("ofr_1", 7, 0, 0)]
    row = PartnerTill(shop.partner_id, "active", "ZR", zone, offers)
    till_client.put(
        till_read_model.partner_key(shop.partner_id), till_read_model.partner_attributes(row)
    )
    return shop


def _uses(till_client: TillClient, noon: Clock, shop: Shop, times: int) -> list[str]:
    told = []
    for _ in range(times):
        told.append(till_client.check(shop, number=CARD).body["reason"])
        noon.move(seconds=1)
    return told


# The region, midnight there, and midnight in Greenwich, which means nothing to a shop.
ZONES = [
    ("Europe/Kaliningrad", datetime(2026, 10, 12, 22, 0, tzinfo=UTC)),
    ("Europe/Samara", datetime(2026, 10, 12, 20, 0, tzinfo=UTC)),
    ("Asia/Kamchatka", datetime(2026, 10, 12, 12, 0, tzinfo=UTC)),
]


@pytest.mark.parametrize(("zone", "midnight"), ZONES)
def test_the_cap_of_a_day_ends_at_the_regions_midnight(
    till_client: TillClient, noon: Clock, zone: str, midnight: datetime
) -> None:
    till_client.card(CARD)
    shop = _shop(till_client, "ONE", zone)
    noon.moment = midnight
    noon.move(minutes=-2)
    before = _uses(till_client, noon, shop, CAP + 1)
    noon.moment = midnight

    assert before == ["ok"] * CAP + ["not_valid"]
    assert _uses(till_client, noon, shop, 1) == ["ok"]


@pytest.mark.parametrize(("zone", "_"), ZONES)
def test_midnight_in_greenwich_begins_no_day(
    till_client: TillClient, noon: Clock, zone: str, _: datetime
) -> None:
    till_client.card(CARD)
    shop = _shop(till_client, "ONE", zone)
    noon.moment = datetime(2026, 10, 12, 23, 55, tzinfo=UTC)
    _uses(till_client, noon, shop, CAP)
    noon.move(minutes=10)

    assert _uses(till_client, noon, shop, 1) == ["not_valid"]


def test_a_card_that_was_used_where_the_next_day_has_begun_is_taken_in_the_west(
    till_client: TillClient, noon: Clock
) -> None:
    till_client.card(CARD)
    east, west = (
        _shop(till_client, name, zone)
        for name, zone in (("EAST", "Asia/Kamchatka"), ("WEST", "Europe/Samara"))
    )
    noon.moment = datetime(2026, 10, 12, 13, 0, tzinfo=UTC)

    told = _uses(till_client, noon, east, 3) + _uses(till_client, noon, west, CAP)
    told += _uses(till_client, noon, east, 1)

    assert told == ["ok"] * CAP + ["not_valid"] * 4


def test_days_that_were_counted_before_go_on(till_client: TillClient, noon: Clock) -> None:
    till_client.card(CARD)
    shop = _shop(till_client, "ONE", "Europe/Samara")
    till_client.used(CARD, CAP - 1)

    assert _uses(till_client, noon, shop, 2) == ["ok", "not_valid"]
    noon.move(days=1)
    assert _uses(till_client, noon, shop, 1) == ["ok"]


def test_a_clock_that_was_moved_back_stops_no_card(till_client: TillClient, noon: Clock) -> None:
    till_client.card(CARD)
    shop = _shop(till_client, "ONE", "Europe/Samara")
    noon.move(days=9)
    _uses(till_client, noon, shop, 1)
    noon.move(days=-9, minutes=20)

    assert _uses(till_client, noon, shop, 1) == ["ok"]


def test_business_time_that_was_moved_dates_a_check_and_moves_no_code_and_no_erasure(
    till_client: TillClient, noon: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    till_client.card(CARD)
    shop = _shop(till_client, "ONE", "Europe/Samara")
    moved = noon.moment + timedelta(days=50)
    monkeypatch.setattr(clock, "now", lambda: moved)

    told = till_client.check(shop, code=till_client.turning_code(CARD)).body
    assert told["valid"] and till_client.buy(shop, told["check_id"]).status == 200

    for kind, days in (("CHECK", 45), ("PURCHASE", 400)):
        row = till_client.records()[(f"CHECK#{told['check_id']}", kind)]
        assert (row["month"]["S"], int(row["at"]["N"])) == ("2026-12", int(moved.timestamp()))
        assert int(row["expires_at"]["N"]) == int(noon.moment.timestamp()) + days * domain.DAY


def test_a_clock_that_was_moved_back_counts_the_uses_of_its_own_day(
    till_client: TillClient, noon: Clock
) -> None:
    till_client.card(CARD)
    shop = _shop(till_client, "ONE", "Europe/Kaliningrad")
    assert _uses(till_client, noon, shop, CAP + 1)[-1] == "not_valid"
    noon.move(days=-2)

    assert _uses(till_client, noon, shop, 1) == ["ok"]
