"""Regions and districts of this stage.

They are the stage's configuration (`infra/stages`), kept in the reference table as one item that
lists the regions and one item per region (`shared.reference.table`), so a region is added or
renamed without a release.

The zone of a region, for `shared.reference.calendar`, needs the list of regions only.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from shared.errors import Invalid
from shared.reference import calendar, production_calendar, table

INDEX_ID = "regions"


class Centre(BaseModel, frozen=True, defer_build=True):
    """The place of a district's main town, in degrees."""

    latitude: float
    longitude: float


class District(BaseModel, frozen=True, defer_build=True):
    """A district; `aliases` are other spellings; `zone` is set where it is not the region's."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    centre: Centre
    neighbours: tuple[str, ...] = ()
    zone: ZoneInfo | None = None


# No region keeps them longer: families are told so before they consent (intake's consents.toml).
WORDS_KEPT_DAYS = 30


class RegionSummary(BaseModel, frozen=True, defer_build=True):
    """A region as the list of regions has it; `subject` is the number of its federal subject."""

    code: str
    title: str
    zone: ZoneInfo
    iso: str | None = None
    subject: str | None = None
    federal_district: str | None = None


class Region(RegionSummary, frozen=True):
    """A region of the programme; `lead` are the ids of the people who answer for it.

    Its calendar is the country's, but for days off of its own, which come every year (`holidays`,
    month and day) or once (`days_off`), and weekends on which it works (`workdays`). Contacts and
    words of people go `words_kept_days` after their purpose ended.
    """

    lead: tuple[str, ...] = ()
    links: Mapping[str, str] = {}
    holidays: tuple[str, ...] = ()
    days_off: tuple[date, ...] = ()
    workdays: tuple[date, ...] = ()
    words_kept_days: int = WORDS_KEPT_DAYS
    districts: Mapping[str, District]

    def is_working_day(self, day: date) -> bool:
        """Return whether its offices are open."""
        if day in self.workdays:
            return True
        if day in self.days_off or f"{day:%m-%d}" in self.holidays:
            return False
        return production_calendar.is_working_day(day)

    @cached_property
    def district_names(self) -> Mapping[str, str]:
        """The names of the districts by code."""
        return {code: district.name for code, district in self.districts.items()}

    @cached_property
    def spellings(self) -> Mapping[str, tuple[str, ...]]:
        """Every spelling people use of each district, by code."""
        return {
            code: (code, district.name, *district.aliases)
            for code, district in self.districts.items()
        }


class RegionIndex(BaseModel, frozen=True, defer_build=True):
    """Which regions there are."""

    regions: tuple[RegionSummary, ...]

    @cached_property
    def by_code(self) -> Mapping[str, RegionSummary]:
        """The regions by code."""
        return {each.code: each for each in self.regions}


def is_working_day(region_code: str, day: date) -> bool:
    """Return whether a region's offices are open on a day."""
    return region(region_code).is_working_day(day)


def add_working_days(region_code: str, day: date, number: int) -> date:
    """Return the day that is so many of a region's working days later."""
    return calendar.add_working_days(day, number, region(region_code).is_working_day)


def working_day_from(region_code: str, day: date) -> date:
    """Return a day, or the first of a region's working days after it."""
    return add_working_days(region_code, day - timedelta(days=1), 1)


def words_kept(region_code: str) -> timedelta:
    """Return how long a region keeps people's contacts and words after their purpose has ended."""
    return timedelta(days=region(region_code).words_kept_days)


def item_id(region_code: str) -> str:
    """Return the id of a region's item in the reference table."""
    return f"{INDEX_ID}/{region_code}"


def regions() -> Mapping[str, RegionSummary]:
    """All regions by code."""
    return table.read(INDEX_ID, RegionIndex).by_code


def region(code: str, pointer: str = "/region") -> Region:
    """Return the region of a code; raises Invalid for one that the programme does not know."""
    _known(code, pointer)
    return table.read(item_id(code), Region)


def check_district(region_code: str, district: str, pointer: str = "/district_id") -> None:
    """Raise Invalid when the district is not one of the region's."""
    known = region(region_code).district_names
    if district not in known:
        raise Invalid("unknown_district", pointer, known=_in_words(known))


def district_titles(region_code: str, districts: Iterable[str]) -> str:
    """Return some districts of a region in words; one that it has given up by its code."""
    known = region(region_code).district_names
    return _in_words({each: known.get(each, each) for each in districts})


def district_meant(region_code: str, text: str) -> str:
    """Return the code of the district that a person means by its code, name or another spelling.

    Raises Invalid with the names to choose from, also of a text that may mean several.
    """
    from shared.reference import district_names  # only who recognises a district pays for it

    here = region(region_code)
    found = district_names.meant(text, here.spellings, here.title)
    if len(found) == 1:
        return found[0]
    names = here.district_names
    code = "district_unclear" if found else "unknown_district"
    known = {each: names[each] for each in found or names}
    raise Invalid(code, "/district_id", known=_in_words(known))


def _known(code: str, pointer: str) -> RegionSummary:
    found = regions().get(code)
    if found is None:
        titles = {each.code: each.title for each in regions().values()}
        raise Invalid("unknown_region", pointer, known=_in_words(titles))
    return found


def _in_words(names: Mapping[str, str]) -> str:
    """Return what a refusal offers: each name with the code that is written for it."""
    return ", ".join(f"{name} ({code})" for code, name in names.items())


def zone(region_code: str) -> ZoneInfo:
    """Return the region's clocks."""
    return _known(region_code, "/region").zone


def local_date(region_code: str, moment: datetime) -> date:
    """Return the date in a region at that moment."""
    return calendar.local_date(zone(region_code), moment)


def zone_at(region_code: str, district: str | None) -> ZoneInfo:
    """Return the clocks of a district, which are the region's but where it says otherwise."""
    known = region(region_code).districts.get(district) if district else None
    return (known and known.zone) or zone(region_code)
