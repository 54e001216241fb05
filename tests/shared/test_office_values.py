"""One spelling for what offices write in many."""

from datetime import date, datetime

import pytest

from shared.office_values import (
    became_day,
    day_of,
    file_number,
    identifier,
    is_cut,
    phone_of,
    text_of,
)
from shared.privacy.contact import normalise_phone


@pytest.mark.parametrize(
    "written",
    ["2026-09-01", "01.09.2026", "1.9.2026", "01.09.26", "01/09/2026", "01-09-2026",
     "01.09.2026 г.", "01.09.2026г", "01.09.2026 года", "1 сентября 2026", "1 сентября 2026 г.",
     "«01» сентября 2026 г.", '"1" сентября 2026 года', "“01” сентября 2026 г.",
     "„1“ сентября 2026", "1 Сент. 2026", "01.09.2026 0:00:00",
     "2026-09-01 00:00:00", "46266", "46266.0", "46266.52", "01.09.2026 12:30",
     "01.09.2026 9:05:00", "2026-09-01T12:30:00", "2026/09/01", "01,09,2026", "1 Sep 2026",
     "1 September 2026", "от 01.09.2026", "01.09.2026.", "46266,0", "Sep 1, 2026",
    "Sep 1st, 2026", "Sep. 1 2026",
     "1.IX.2026", "01/ix 26", "2026-09-01T00:00:00Z", "2026-09-01T00:00:00.000+03:00"],
)  # fmt: skip
def test_a_day_is_read_however_it_is_written(written: str) -> None:
    assert day_of(written) == "2026-09-01"


@pytest.mark.parametrize(
    "written", ["01.01.0001", "01.01.0001 0:00:00", "0001-01-01", "0001-01-01T00:00:00Z"]
)
def test_what_a_program_writes_for_no_day_is_none_of_this_century(written: str) -> None:
    """1C and .NET begin with the year 1."""
    assert day_of(written) == "0001-01-01"


MONTHS = ("января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября",
          "октября", "ноября", "декабря")  # fmt: skip
# Who has no Latin keyboard takes the Russian «Х».
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "Х", "ХI", "ХII")


@pytest.mark.parametrize("month", range(1, 13))
def test_every_month_is_known_by_name(month: int) -> None:
    assert day_of(f"5 {MONTHS[month - 1]} 2026") == f"2026-{month:02}-05"
    assert day_of(f"5.{ROMAN[month - 1]}.2026") == f"2026-{month:02}-05"


@pytest.mark.parametrize(
    "written",
    [
        "31.02.2026",
        "01.13.2026",
        "вчера",
        "17-р",
        "1024",
        "12 мнь 2026",
        "20260901",
        "01.09.2026; 02.09.2026",
        "46266,5,1",
        "сентябрь 2026",
        "5.IIV.2026",
        "2026-08-31T21:00:00Z",
    ],
)
def test_what_is_no_day_stays_as_it_was_written(written: str) -> None:
    assert day_of(written) == written


@pytest.mark.parametrize(
    ("cell", "text"),
    [(1024.0, "1024"), (89127001401.0, "89127001401"), (10.5, "10.5"), (True, "да"), (False, "нет"),
     (date(2026, 9, 1), "2026-09-01"), (datetime(2026, 9, 1, 12, 30), "2026-09-01"), (None, ""),
     ("Мария\n Петровна\u00a0", "Мария Петровна"), (123456789012345.0, "123456789012345"),
     (1234567890123456.0, "1.23456789012346e+15"), (0.1 + 0.2, "0.3"), (1e300, "1e+300")],
)  # fmt: skip
def test_a_cell_is_one_line_of_text(cell: object, text: str) -> None:
    assert text_of(cell) == text


@pytest.mark.parametrize(
    ("written", "same"),
    [("ld-101", "LD-101"), ("D01", "D01"), ("d01", "D01"), ("О12-АВ", "O12-AB"), ("1024.0", "1024"),
     ("1024,00", "1024"), (" 17\u00a0-a ", "17 -A"), ("лд-5a", "ЛД-5А"), ("1.5", "1.5"),
     ("1\u200b024", "1024"), ("\ufeffld\u00ad-7\x07", "LD-7"), ("Ё-9", "E-9"), ("лё-9", "ЛЕ-9")],
)  # fmt: skip
def test_one_number_has_one_spelling(written: str, same: str) -> None:
    assert identifier(written) == same
    assert identifier(same) == same


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("ЛД 101", "ЛД101"), ("лд  101", "ЛД101"), ("№ 1024", "1024"), ("# 1024.0", "1024"),
        ("1024,00", "1024"), ("12 / 3", "12/3"), ("12\\3", "12/3"), ("LD–101", "LD-101"),
        ("ОП-12/24", "ОП-12/24"), ("АВ−7", "AB-7"), ("12\u00a034", "1234"),
        ("ЛД－１７", "ЛД-17"), ("＃１０２４", "1024"), ("N 1024", "1024"), ("No. ЛД-7", "ЛД-7"),
        ("N17", "N17"), ("N° 5", "5"), ("IN 5", "IN5"),
    ],
)  # fmt: skip
def test_a_number_of_a_file_is_compared_in_one_spelling(written: str, same: str) -> None:
    assert file_number(written) == same
    assert file_number(same) == same


def test_different_numbers_of_files_stay_different() -> None:
    numbers = ["12/3", "12-3", "123", "12.3", "ЛД123", "1024.5", "1024"]

    assert len({file_number(each) for each in numbers}) == len(numbers)


@pytest.mark.parametrize(
    "written",
    ["тел. 8 916 123-45-67", "м.т. 8(916)1234567", "89161234567 (мама)", "8 916 123-45-67;",
     "+7-916-123-45-67 WhatsApp", "8 (916) 12З-45-67", "79161234567.0", "7,9161234567E+10",
     "7.9161234567e10", "8 916 123 45 67", "Телефон: 8 916 123-45-67", "моб.тел. 89161234567",
     "сот. 891612З4567", "Viber 8 916 123-45-67", "8 916 123-45-67 сот.",
     "89161234567, WhatsApp/Telegram"],
)  # fmt: skip
def test_a_phone_is_read_without_the_words_around_it(written: str) -> None:
    assert normalise_phone(phone_of(written)) == "+79161234567"


@pytest.mark.parametrize(
    "written",
    ["7,91612E+10", "1,5E+300", "8 916 123-45-67, 8 916 123-45-68", "8 916 123-45-67 доб. 3", "нет",
     "мама", "8 916 123-45-67 / 68", "7,916123456789E+10", f"{'тел. ' * 50}89161234567"],
)  # fmt: skip
def test_what_is_not_surely_one_phone_stays_as_it_was_written(written: str) -> None:
    assert phone_of(written) == written
    assert is_cut(written) == ("E+" in written)


@pytest.mark.parametrize(
    "made", ["2026-12-05", "05.12.2026", "05.дек", "дек.24", "5-Dec", "дек-24"]
)
def test_a_number_of_which_a_spreadsheet_made_a_day_is_noticed(made: str) -> None:
    assert became_day(made)


@pytest.mark.parametrize(
    "number", ["5-12", "12/24", "46266", "12-05-26", "5.12", "17-р", "дек", ""]
)
def test_other_numbers_are_no_days(number: str) -> None:
    assert not became_day(number)
