"""The keys of a shop's tills, and its hours."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from services.cards.outlets.domain import Outlet
from services.cards.outlets.register import MAX_OUTLETS, OutletRegister
from services.cards.outlets.values import Hours, StoreKey, require_near, require_no_overlap
from shared.errors import IllegalStep, Invalid, NotFound

NOW = datetime(2026, 10, 5, 6, 0, tzinfo=UTC)


def key(number: int, at: datetime = NOW, *, sandbox: bool = False) -> StoreKey:
    return StoreKey.made(f"key_{number}", "out_1", "hash", at, sandbox=sandbox)


SHOP = Outlet(
    id="out_1", partner_id="par_1", region="ZR", place=1, title="На площади",
    district_id="D01", address="Труда, 1", latitude=53.2, longitude=50.1,
)  # fmt: skip


def test_old_keys_are_forgotten_two_months_after_their_year() -> None:
    much_later = NOW + timedelta(days=430)
    old = SHOP.issue_key(key(1, NOW))

    assert old.keyed_until(NOW) == int((NOW + timedelta(days=365)).timestamp())
    assert old.keyed_until(NOW + timedelta(days=365)) == 0
    assert [k.id for k in old.issue_key(key(2, much_later)).keys] == ["key_2"]


def test_a_shop_that_changes_its_key_each_hour_keeps_a_small_row_and_its_other_key() -> None:
    shop = SHOP.issue_key(key(0))
    for number in range(1, 100):
        at = NOW + timedelta(hours=number)
        shop = shop.issue_key(key(number, at)).revoke_key(f"key_{number}")

    assert [k.id for k in shop.keys] == ["key_0", *(f"key_{n}" for n in range(79, 100))]


def test_a_shop_is_full_until_one_of_the_keys_of_a_kind_is_to_be_renewed() -> None:
    later = NOW + timedelta(days=9, microseconds=1)
    shop, full = SHOP, []
    for number, (at, sandbox) in enumerate(
        ((NOW, False), (later, True), (later, True), (NOW, False))
    ):
        shop = shop.issue_key(key(number, at, sandbox=sandbox))
        full.append(shop.key_times(NOW)[1])
    renewed = NOW + timedelta(days=365 - 37)

    assert full == [0, 0, 0, int(renewed.timestamp())]
    with pytest.raises(IllegalStep, match="two_keys_live"):
        shop.issue_key(key(4, renewed - timedelta(microseconds=1)))
    both = shop.issue_key(key(4, renewed)).issue_key(key(5, renewed))
    assert both.key_times(renewed)[1] == full[-1] + 9 * 24 * 3600 + 1, "a second begun is over"
    assert shop.revoke_key("key_3").key_times(NOW)[1] == 0


def test_a_register_takes_a_thousand_shops_and_finds_an_address_among_the_open_ones() -> None:
    register = OutletRegister()
    for number in range(MAX_OUTLETS):
        assert register.has_room
        register = register.add(f"out_{number}", "D01" if number else "D02", f"mark {number}")

    with pytest.raises(IllegalStep, match="too_many_outlets"):
        register.add("out_more", "D01")
    assert not register.has_room
    assert register.has_at("D02", "mark 0") and not register.has_at("D01", "mark 0")
    assert not register.replace("out_0", closed=True).has_at("D02", "mark 0")
    assert register.ids_in(register.set_of(["out_7", "out_999"])) == ["out_7", "out_999"]


def hours(text: str) -> list[Hours]:
    parts = (each.replace("-", " ").split() for each in text.split(", "))
    return [Hours(day=day, opens=opens, closes=closes) for day, opens, closes in parts]


@pytest.mark.parametrize("said", ["24:00-09:00", "09:60-10:00", "09:00-24:01", "09:00-24:000"])
def test_hours_are_times_of_a_day(said: str) -> None:
    with pytest.raises(ValidationError):
        hours(f"mon {said}")


@pytest.mark.parametrize(
    "said",
    [
        "mon 09:00-13:00, mon 13:00-18:00", "mon 14:00-18:00, mon 09:00-13:00",
        "fri 18:00-02:00, sat 02:00-05:00", "sun 22:00-06:00, mon 06:00-08:00",
        "mon 00:00-24:00, tue 00:00-24:00", "mon 09:00-09:00, tue 09:00-10:00",
    ],
)  # fmt: skip
def test_hours_may_have_breaks_and_go_on_after_midnight(said: str) -> None:
    assert len(require_no_overlap(hours(said))) == 2


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ("mon 09:00-18:00, mon 10:00-14:00", 1), ("mon 09:00-18:00, mon 09:00-18:00", 1),
        ("mon 09:00-13:30, mon 13:20-18:00", 1),
        ("tue 01:00-05:00, mon 20:00-02:00", 0), ("mon 05:00-08:00, sun 22:00-06:00", 0),
        ("mon 09:00-09:00, tue 08:59-10:00", 1),
    ],
)  # fmt: skip
def test_hours_of_which_two_say_something_about_one_minute_are_refused(
    said: str, wrong: int
) -> None:
    with pytest.raises(Invalid, match="hours_overlap") as refused:
        require_no_overlap(hours(said))

    assert refused.value.pointer == f"/hours/{wrong}"


@pytest.mark.parametrize(
    ("latitude", "longitude", "wrong"),
    [
        (53.2, 50.1, None), (51.5, 51.5, None), (50.2, 53.1, "/latitude"),
        (42.0, 50.1, "/latitude"), (53.2, 71.0, "/longitude"),
    ],
)  # fmt: skip
def test_a_place_far_from_its_district_or_swapped_is_refused(
    latitude: float, longitude: float, wrong: str | None
) -> None:
    there = SHOP.edit(latitude=latitude, longitude=longitude)
    if wrong is None:
        require_near(there, SHOP)
        return
    with pytest.raises(Invalid, match="place_far") as refused:
        require_near(there, SHOP)
    assert refused.value.pointer == wrong


def test_an_hour_may_be_said_with_one_digit() -> None:
    found = Hours.model_validate({"day": "mon", "opens": "9:00", "closes": "9:30"})

    assert (found.opens, found.closes) == ("09:00", "09:30")


@pytest.mark.parametrize("wrong", ["21:000", "121:00", "21:00 ", "24:00", "9", ""])
def test_what_is_no_hour_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError):
        Hours.model_validate({"day": "mon", "opens": wrong, "closes": "23:00"})
    if wrong != "24:00":
        with pytest.raises(ValidationError):
            Hours.model_validate({"day": "mon", "opens": "09:00", "closes": wrong})


def test_a_closed_shop_stays_as_it_was() -> None:
    closed = SHOP.close()

    assert (SHOP.closed, closed.closed) == (False, True)
    for changed in (closed.close, lambda: closed.edit(title="У вокзала")):
        with pytest.raises(IllegalStep, match="outlet_closed") as refused:
            changed()
        assert refused.value.next_steps == ("add_outlet",)
    with pytest.raises(NotFound):
        closed.key("key_1")
