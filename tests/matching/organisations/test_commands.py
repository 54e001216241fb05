"""Registration numbers: refused by their control digits, kept as digits."""

import pytest
from pydantic import TypeAdapter, ValidationError

from services.matching.organisations.commands import Inn, Ogrn
from tests.matching.api_client import inn, ogrn

INN: TypeAdapter[str] = TypeAdapter(Inn)
OGRN: TypeAdapter[str] = TypeAdapter(Ogrn)


def test_numbers_are_kept_as_digits() -> None:
    assert INN.validate_python(" 77 07-083893 ") == "7707083893"
    assert INN.validate_python("７７０７０８３８９３") == INN.validate_python("77\u201107–083893")
    assert INN.validate_python("77\u201107–083893") == "7707083893"
    assert OGRN.validate_python("１027700132195") == "1027700132195"
    assert OGRN.validate_python("1 0277 00132195") == "1027700132195"
    assert OGRN.validate_python("385768585948949") == "385768585948949"


def test_a_remainder_of_two_digits_ends_a_proprietors_number_with_its_last_digit() -> None:
    remainders = {int(ogrn(n, 15)[:-1]) % 13 for n in range(30)}

    assert remainders == set(range(13))
    for number in range(30):
        assert OGRN.validate_python(ogrn(number, 15)) == ogrn(number, 15)
        assert INN.validate_python(inn(number, 12)) == inn(number, 12)


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        (INN, "7707083890"),
        (INN, "000000000a"),
        (INN, "٧٧٠٧٠٨٣٨٩٣"),
        (INN, "0000000000"),
        (INN, "000000000000"),
        (INN, "77070838931"),
        (OGRN, "1027700132190"),
        (OGRN, "385768585948940"),
        (OGRN, "2027700132194"),
        (OGRN, "3027700132193"),
        (OGRN, "185768585948949"),
        (OGRN, "10277001321955"),
    ],
)
def test_a_wrong_number_is_refused(kind: TypeAdapter[str], wrong: str) -> None:
    with pytest.raises(ValidationError):
        kind.validate_python(wrong)
