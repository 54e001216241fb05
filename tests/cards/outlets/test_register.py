"""What a partner knows of its shops: which are open, where they are and which may get keys."""

from datetime import UTC, datetime, timedelta

import pytest

from services.cards import outlet_sets
from services.cards.outlets.register import MAX_OUTLETS, OutletRegister
from services.cards.outlets.values import KEYS_NOTICE, RENEWED_WITHIN
from shared.errors import IllegalStep, Invalid, NotFound

NOON = datetime(2026, 10, 6, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)
SHOPS = (
    OutletRegister()
    .add("out_1", "D02")
    .add("out_2", "D01")
    .add("out_3", "D02")
    .add("out_4", "D03")
    .replace("out_4", closed=True)
)  # fmt: skip


def test_a_shop_that_is_closed_or_another_partner_s_is_changed_no_more() -> None:
    with pytest.raises(IllegalStep, match="outlet_closed"):
        SHOPS.replace("out_4", district_id="D01")
    with pytest.raises(NotFound):
        SHOPS.replace("out_9", district_id="D01")
    with pytest.raises(Invalid, match="unknown_outlet"):
        SHOPS.require_open("out_9", "/outlet_id")
    SHOPS.require_open("out_1")
    assert SHOPS.closed == outlet_sets.write([4])


def test_districts_are_those_of_open_shops_each_once() -> None:
    assert SHOPS.districts == ("D02", "D01")
    assert SHOPS.districts_in(outlet_sets.write([1, 3, 4])) == ("D02",)
    assert SHOPS.districts_in(outlet_sets.write([2])) == ("D01",)


@pytest.mark.parametrize(
    ("numbers", "some"), [((), False), ((1,), True), ((1, 2, 3), False), ((1, 2, 4), True)]
)
def test_a_discount_holds_in_some_shops_when_an_open_one_lacks_it(
    numbers: tuple[int, ...], some: bool
) -> None:
    assert SHOPS.holds_in_some(outlet_sets.write(numbers)) is some


def test_a_key_has_room_from_the_very_second_on_at_which_another_makes_it() -> None:
    full = int(NOON.timestamp())
    shops = OutletRegister().add("out_1", "D01").note_keys("out_1", full, full)

    assert not shops.takes_keys(NOON - SECOND)
    assert shops.takes_keys(NOON)
    assert not shops.replace("out_1", closed=True).takes_keys(NOON)


def test_a_chain_that_is_full_is_told_how_many_shops_it_may_have() -> None:
    full = OutletRegister(places=SHOPS.places * (MAX_OUTLETS // len(SHOPS.places)))

    with pytest.raises(IllegalStep, match="too_many_outlets") as refused:
        full.add("out_9", "D01")
    assert refused.value.facts == {"limit": MAX_OUTLETS}


def test_a_till_is_connected_until_the_very_second_at_which_its_key_ends() -> None:
    end = int(NOON.timestamp())
    shops = OutletRegister().add("out_1", "D01").note_keys("out_1", end, end)

    assert shops.takes_cards(NOON - SECOND) and list(shops.connected(NOON - SECOND)) == [1]
    assert not shops.takes_cards(NOON) and shops.connected(NOON) == {}
    shops.require_connected(NOON - SECOND)
    with pytest.raises(IllegalStep, match="key_missing"):
        shops.require_connected(NOON)
    assert shops.needing_keys(NOON - RENEWED_WITHIN) == ["out_1"]
    assert shops.needing_keys(NOON - RENEWED_WITHIN - SECOND) == []


def test_who_has_no_open_shop_is_asked_for_one_while_there_is_room() -> None:
    shut = SHOPS.places[-1]
    for places, steps in (((shut,), ("add_outlet",)), ((shut,) * MAX_OUTLETS, ())):
        with pytest.raises(IllegalStep, match="outlet_missing") as refused:
            OutletRegister(places=places).require_connected(NOON)
        assert refused.value.next_steps == steps


def test_the_end_of_keys_is_announced_once_and_to_no_partner_that_has_left_by_then() -> None:
    end = int(NOON.timestamp())
    shops = OutletRegister().add("out_1", "D01").note_keys("out_1", end, end)

    assert shops.keys_end_at == NOON
    assert shops.keys_due_at(None) == shops.keys_due_at(NOON + SECOND) == NOON - KEYS_NOTICE
    assert shops.keys_due_at(NOON) is None
    assert shops.remind_of_keys().keys_end_at is None
    assert (shops.keys_ending, shops.remind_of_keys().keys_ending) == (0, 1)


def test_a_new_key_of_one_shop_hides_the_end_of_no_other_s() -> None:
    end, later = int(NOON.timestamp()), int((NOON + KEYS_NOTICE).timestamp())
    shops = OutletRegister().add("out_1", "D01").add("out_2", "D01").note_keys("out_2", end, end)

    assert shops.keys_ending == 0, "a shop that never had a key has none that ends"
    assert shops.note_keys("out_1", later, later).keys_end_at == NOON


def test_of_a_partner_that_leaves_only_ends_before_its_last_second_stay_announced() -> None:
    end = int(NOON.timestamp())
    told = OutletRegister().add("out_1", "D01").note_keys("out_1", end, end).remind_of_keys()

    assert told.need_keys_until(NOON).keys_end_at == NOON
    assert told.need_keys_until(NOON + SECOND).keys_end_at is None
    assert told.need_keys_until(None) == told
