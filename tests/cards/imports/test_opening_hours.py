"""Opening hours as shops write them into a table."""

import pytest

from services.cards.imports.kinds.opening_hours import read_hours
from services.cards.imports.kinds.shops import SHOPS
from services.cards.outlets.values import DAYS
from shared.errors import Invalid

WORDS = SHOPS.words["words"]


@pytest.mark.parametrize(
    ("written", "days", "opens", "closes"),
    [
        ("пн-пт 9:00-21:00", 5, "09:00", "21:00"),
        ("Ежедневно с 9 до 21", 7, "09:00", "21:00"),
        ("9.30 – 18.00", 7, "09:30", "18:00"),
        ("пн, ср, пт 10-19", 3, "10:00", "19:00"),
        ("круглосуточно", 7, "00:00", "24:00"),
        ("пн-пт: 9-20; сб-вс: 10-18", 7, "09:00", "20:00"),
        ("Пн.–Вс.: 08.00 - 22.00", 7, "08:00", "22:00"),
        ("по будням с 9 до 18, суббота 10-15", 6, "09:00", "18:00"),
        ("Mon-Fri 9-18", 5, "09:00", "18:00"),
        ("пн-пт 9-21, сб 10-18, вс выходной", 6, "09:00", "21:00"),
        ("вт-вс 10-19, пн - выходной", 6, "10:00", "19:00"),
        ("выходной: сб и вс; пн-пт 9-18", 5, "09:00", "18:00"),
        ("9:00 - 21:00 (без перерыва)", 7, "09:00", "21:00"),
        ("с 9-00 до 21-30", 7, "09:00", "21:30"),
        ("9-00 – 21-00", 7, "09:00", "21:00"),
        ("с понедельника по пятницу с 9 до 18", 5, "09:00", "18:00"),
        ("будни 9-18, выходные 10-16", 7, "09:00", "18:00"),
        ("8:00-23:00 ежедневно", 7, "08:00", "23:00"),
        ("9-21, пн-пт", 5, "09:00", "21:00"),
        ("24 ч", 7, "00:00", "24:00"),
        ("9-18, вс выходной", 6, "09:00", "18:00"),
        ("ежедневно с 9 до 18; сб.,вс. - вых.", 5, "09:00", "18:00"),
        ("Пн-Вс 9:00–21:00 без выходных", 7, "09:00", "21:00"),
        ("ежедневно, круглосуточно", 7, "00:00", "24:00"),
        ("круглосуточно, без выходных", 7, "00:00", "24:00"),
        ("круглосуточно, пн выходной", 6, "00:00", "24:00"),
        ("9 ч - 18 ч", 7, "09:00", "18:00"),
        ("с 9.00 час. до 18.30 часов", 7, "09:00", "18:30"),
        ("9⁰⁰ – 21³⁰", 7, "09:00", "21:30"),
        ("пн-пт 900-1800", 5, "09:00", "18:00"),
        ("Пн - Сб - с 9 до 19. Вс - с 9 до 17", 7, "09:00", "19:00"),
        ("9-21 ежедн.", 7, "09:00", "21:00"),
        ("9:00-21:00 (пн-пт)", 5, "09:00", "21:00"),
        ("9:00-21:00 (по будням)", 5, "09:00", "21:00"),
        ("9:00-18:00 (сб, вс - выходной)", 5, "09:00", "18:00"),
        ("9:00-21:00 (Пн.-Пт.), 10:00-20:00 (Сб.), вс - выходной", 6, "09:00", "21:00"),
        ("9-18 пн-пт, 10-16 сб-вс", 7, "09:00", "18:00"),
        ("9-18 (в здании рынка)", 7, "09:00", "18:00"),
        ("по будням 8-17, в субботу и воскресенье 9-14", 7, "08:00", "17:00"),
        ("в воскресенье выходной, во вторник 10-12", 1, "10:00", "12:00"),
    ],
)
def test_hours_are_read_as_shops_write_them(
    written: str, days: int, opens: str, closes: str
) -> None:
    found = read_hours(written, WORDS)

    assert len({each["day"] for each in found}) == len(found) == days
    assert (found[0]["opens"], found[0]["closes"]) == (opens, closes)


@pytest.mark.parametrize(
    "written", ["пн-пт: 9:00–13:00, 14:00–18:00", "пн-пт 9-18, обед 13-14", "пн-пт 9-13 14-18"]
)
def test_a_break_is_of_the_days_before_it(written: str) -> None:
    found = read_hours(written, WORDS)

    assert {each["day"] for each in found} == set(DAYS[:5]) and len(found) == 10
    spans = {(each["opens"], each["closes"]) for each in found}
    assert spans == {("09:00", "13:00"), ("14:00", "18:00")}


@pytest.mark.parametrize(
    "written",
    [
        "когда как",
        "9-18, обед 18-19",
        "9-18, 10-16 сб-вс",
        "по 21:00",
        "вс выходной",
        "сб-вс 9-18, сб, вс выходной",
        "пт-пн 9-21",
        "9-21 кроме вс",
        "9-21 (кроме воскресенья)",
        "9-21 (по средам)",
        "пн 9-18, вт 10-17, ср",
        "9-18, обед 9-10",
        "9 ч",
        "90-180",
        "пн-пт 9-18 кроме праздников",
        "пн-ср-пт 9-10",
        pytest.param("пн 9-18, " * 60, id="too long to be hours"),
    ],
)
def test_hours_that_are_not_surely_hours_are_refused(written: str) -> None:
    with pytest.raises(Invalid, match="bad_hours"):
        read_hours(written, WORDS)


def test_a_day_that_is_over_before_the_break_has_none() -> None:
    found = read_hours("пн-пт 9-18, сб 9-13, обед 13-14", WORDS)

    assert len(found) == 11
    saturday = {"day": "sat", "opens": "09:00", "closes": "13:00"}
    assert [each for each in found if each["day"] == DAYS[5]] == [saturday]


@pytest.mark.parametrize(
    "written",
    ["пн-пт 9:00 - 18:00 (перерыв 13-14)", "будни с 9 до 18 (обед с 13:00 до 14:00)"],
)
def test_a_break_may_be_said_in_brackets(written: str) -> None:
    assert read_hours(written, WORDS) == read_hours("пн-пт 9-18, обед 13-14", WORDS)
