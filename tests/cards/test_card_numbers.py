"""Card numbers survive the ways in which people type them."""

import pytest

from services.cards import card_numbers
from shared import ids

NUMBER = "2839480981189483"


@pytest.mark.parametrize(
    "typed",
    [
        "2839480981189483",
        "2839 4809 8118 9483",
        " 2839-4809-8118-9483 ",
        "2839–4809—8118 9483",
        "２８３９４８０９８１１８９４８３",
        "2839 48О9 8118 9483",
        "2839 48o9 8118 9483",
        "2839 48O9 8118 9483",
        "28З9 4809 8l18 9483",
    ],
)
def test_a_number_is_understood_however_it_is_typed(typed: str) -> None:
    assert card_numbers.normalise(typed) == NUMBER


@pytest.mark.parametrize(
    "typed",
    ["", "2839", "2839480981189484", "2893480981189483", "283948098118948A", "٢" * 16, "1" * 500],
)
def test_what_cannot_be_a_number_is_refused(typed: str) -> None:
    assert card_numbers.normalise(typed) is None


def test_a_new_number_has_sixteen_digits_the_last_of_which_checks_the_rest() -> None:
    made = {card_numbers.new_number() for _ in range(200)}

    assert len(made) == 200
    assert all(len(n) == 16 and ids.valid_number(n) for n in made)


def test_every_number_is_as_likely_as_any_other() -> None:
    made = [card_numbers.new_number() for _ in range(2000)]

    for place in range(15):
        assert {number[place] for number in made} == set("0123456789")


def test_a_test_number_is_well_formed() -> None:
    for number in card_numbers.TEST_NUMBERS.values():
        assert card_numbers.normalise(number) == number


def test_a_number_is_read_aloud_in_fours() -> None:
    assert card_numbers.in_fours(NUMBER) == "2839 4809 8118 9483"
