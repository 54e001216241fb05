"""The calendar of a region: a day begins where the region's clocks say so."""

from datetime import UTC, date, datetime, timedelta

from infra.configuration.regions import read_stage
from shared.reference import calendar, regions
from tests.support.reference import reference_data

REGIONS = read_stage("local")
NOON = datetime(2026, 9, 14, 12, tzinfo=UTC)


def test_a_day_begins_when_the_region_says() -> None:
    day = date(2026, 9, 14)
    zones = {code: REGIONS[code].zone for code in ("YN", "ZR", "YY")}

    begins = {code: calendar.start_of_day(zone, day) for code, zone in zones.items()}

    assert begins == {
        "YN": datetime(2026, 9, 13, 22, tzinfo=UTC),
        "ZR": datetime(2026, 9, 13, 20, tzinfo=UTC),
        "YY": datetime(2026, 9, 13, 14, tzinfo=UTC),
    }
    assert calendar.end_of_day(zones["YY"], day) - begins["YY"] == timedelta(days=1)
    assert calendar.local_date(zones["YY"], begins["YN"] - timedelta(hours=8)) == day


def test_a_zone_that_changes_in_the_configuration_changes_the_day() -> None:
    moved = REGIONS["ZR"].model_copy(update={"zone": REGIONS["YY"].zone})
    evening = NOON + timedelta(hours=3)

    with reference_data({"ZR": moved}):
        assert calendar.local_date(regions.zone("ZR"), evening) == date(2026, 9, 15)
    assert calendar.local_date(regions.zone("ZR"), evening) == date(2026, 9, 14)


def test_months_are_counted_across_years() -> None:
    assert calendar.months("2026-11", "2027-02") == ("2026-11", "2026-12", "2027-01", "2027-02")
    assert calendar.months("2026-05", "2026-05") == ("2026-05",)
    assert calendar.months("2026-05", "2026-04") == ()
    assert (calendar.month_before("2026-01"), calendar.month_before("2026-10")) == (
        "2025-12",
        "2026-09",
    )
