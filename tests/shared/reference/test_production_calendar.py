"""The production calendar: which days are worked in Russia, and in a region of it."""

from datetime import date

import holidays
import pytest

from infra.configuration.regions import read_stage
from shared.reference import production_calendar, regions
from tests.support.reference import reference_data

ZR = read_stage("local")["ZR"]


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2026-03-06", True),
        ("2026-03-09", False),  # 8 March is a Sunday
        ("2026-03-10", True),
        ("2026-12-30", True),
        ("2026-12-31", False),  # moved from a Sunday of January
        ("2027-01-08", False),
        ("2027-01-09", False),
        ("2027-01-11", True),
        ("2027-02-20", True),  # a Saturday that is worked for the Monday after it
        ("2027-02-22", False),
        ("2027-02-21", False),
    ],
)
def test_days_off_are_moved_as_the_government_moves_them(day: str, worked: bool) -> None:
    assert production_calendar.is_working_day(date.fromisoformat(day)) is worked


def test_ten_working_days_over_new_year_end_after_it() -> None:
    with reference_data():
        assert regions.add_working_days("ZR", date(2026, 12, 25), 10) == date(2027, 1, 19)
        assert regions.working_day_from("ZR", date(2027, 1, 1)) == date(2027, 1, 11)
        assert regions.working_day_from("ZR", date(2027, 1, 11)) == date(2027, 1, 11)


def test_a_region_has_days_off_of_its_own_beside_those_of_the_country() -> None:
    own = {
        "holidays": ("03-10",),
        "days_off": (date(2026, 3, 11),),
        "workdays": (date(2026, 3, 9),),
    }
    with reference_data({"ZR": ZR.model_copy(update=own)}):
        worked = [regions.is_working_day("ZR", date(2026, 3, day)) for day in range(7, 13)]
    assert worked == [False, False, True, False, False, True]


def test_a_stage_that_outlives_its_calendar_goes_on_by_the_labour_code_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counted: list[str] = []
    monkeypatch.setattr(production_calendar, "count", counted.append)
    after = max(production_calendar.years()) + 1

    assert not production_calendar.is_working_day(date(after, 1, 3))
    assert counted == ["production_calendar_missing"]
    for year, monday in ((2032, 14), (2033, 13)):  # a Saturday's and a Sunday's
        assert date(year, 6, monday) in production_calendar.by_article_112(year).days_off
    assert date(2028, 1, 10) not in production_calendar.by_article_112(2028).days_off


def test_the_days_off_of_every_year_are_those_of_the_labour_code() -> None:
    of_law = holidays.country_holidays("RU", years=2033, observed=False)
    assert {f"{day:%m-%d}" for day in of_law} == {*production_calendar.ARTICLE_112}
