"""What is hidden cannot be had from what is shown."""

import itertools
import random

import pytest

from shared.privacy.small_numbers import FEW, Shown, hide_each_few, hide_few


def test_four_are_few_and_five_are_not() -> None:
    assert hide_each_few({"four": 4, "five": 5}) == {"four": None, "five": 5}


def test_a_lone_hidden_part_takes_another_one_with_it() -> None:
    assert hide_few(18, {"self": 8, "agency": 2, "other": 8}) == Shown(
        18, ({"self": 8, "agency": None, "other": None},)
    )
    # One that is none stays: it is no secret, and hiding it would help nobody.
    assert hide_few(10, {"self": 8, "agency": 2, "other": 0}).divisions == (
        {"self": None, "agency": None, "other": 0},
    )


@pytest.mark.parametrize("few", [1, FEW - 1])
def test_hidden_parts_whose_sum_can_be_made_in_one_way_take_another_with_them(few: int) -> None:
    (seen,) = hide_few(2 * few + 20, {"a": few, "b": few, "c": 10, "d": 10}).divisions
    assert seen == {"a": None, "b": None, "c": None, "d": 10}
    # Of 5 nobody knows whether it is 1 and 4 or 2 and 3, so no more is hidden.
    (seen,) = hide_few(25, {"a": 2, "b": 3, "c": 10, "d": 10}).divisions
    assert seen == {"a": None, "b": None, "c": 10, "d": 10}


def test_a_small_total_is_hidden_though_its_parts_would_not_say_it() -> None:
    assert hide_few(3, {"x": 1, "y": 2}).total is None
    assert hide_few(FEW, {"x": 2, "y": 3}).total == FEW


def test_a_total_that_says_its_parts_is_hidden_in_all_divisions() -> None:
    alike = {code: 1 for code in "abcdef"}

    shown = hide_few(6, alike, {"x": 6}, {"x": 0, "y": 6})

    assert shown == Shown(None, (dict.fromkeys(alike), {"x": None}, {"x": 0, "y": None}))
    assert hide_few(3, {"x": 3}) == Shown(None, ({"x": None},))
    assert hide_few(0, {"x": 0}) == Shown(0, ({"x": 0},))


def test_numbers_of_no_common_total_are_hidden_each_for_itself() -> None:
    assert hide_each_few({"large": FEW, "single_parent": 1, "none": 0}) == {
        "large": FEW, "single_parent": None, "none": 0,
    }  # fmt: skip


def test_each_hidden_number_could_be_another_one() -> None:
    """Whatever a total shows, every hidden part has two values at least that fit it."""
    chance = random.Random(9)
    for _ in range(300):
        parts = {code: chance.choice((0, 1, 1, 2, 3, 4, 4, 5, 6, 9)) for code in "abcd"}
        total = sum(parts.values())
        shown = hide_few(total, parts)
        (seen,) = shown.divisions
        assert not any(value is not None and 0 < value < FEW for value in seen.values())
        hidden = [code for code, value in seen.items() if value is None]
        if shown.total is None:
            assert hidden
            continue
        rest = total - sum(value for value in seen.values() if value is not None)
        fits = [each for each in itertools.product(range(1, 12), repeat=len(hidden))
                if sum(each) == rest and any(number < FEW for number in each)]  # fmt: skip
        for place, code in enumerate(hidden):
            assert len({each[place] for each in fits}) > 1, (parts, code)
