"""The regions of a stage as people write them: `infra/stages/STAGE/regions/CODE.toml`, checked."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from infra.services import INFRA, ROOT
from shared.domain import DistrictCode, RegionCode
from shared.privacy.contact import Line
from shared.reference.district_names import spelling
from shared.reference.regions import WORDS_KEPT_DAYS, Centre, District, Region

STAGES = INFRA / "stages"
FEDERATION = ROOT / "shared" / "data" / "federation.toml"
WORDS = ROOT / "services" / "notifications" / "phrases.toml"
# The address of the page with questions stands in texts, not at their end.
FEEDBACK_PAGE = "feedback_page"
PAGE = re.compile(r"https://\S+")
MONTH_DAY = re.compile(r"[0-9]{2}-[0-9]{2}")
LEAP_YEAR = 2028
# Kaliningrad to Kamchatka; a zone outside of it is a slip of the pen.
WEST, EAST = timedelta(hours=2), timedelta(hours=12)


class Unfit(Exception):
    """The files cannot be used; the message says every fault with its place."""


def _of_this_country(zone: ZoneInfo) -> ZoneInfo:
    offset = datetime(2026, 1, 1, tzinfo=UTC).astimezone(zone).utcoffset()
    if offset is None or not WEST <= offset <= EAST:
        raise ValueError("not a zone of this country")
    return zone


def _in_this_country(centre: Centre) -> Centre:
    """Refuse a place outside of the country, whose east end is beyond the date line."""
    east = 19 <= centre.longitude <= 180 or -180 <= centre.longitude <= -168
    if not (41 <= centre.latitude <= 82 and east):
        raise ValueError("not in this country: write latitude, longitude")
    return centre


def _pair(value: Any) -> Any:
    if isinstance(value, list) and len(value) == 2:
        return {"latitude": value[0], "longitude": value[1]}
    return value


def _of_every_year(day: str) -> str:
    if not (MONTH_DAY.fullmatch(day) and _is_date(f"{LEAP_YEAR}-{day}")):
        raise ValueError("a day of every year is its month and day, like 03-21")
    return day


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _known_link(code: str) -> str:
    known = {*tomllib.loads(WORDS.read_text("utf-8"))["lines"], FEEDBACK_PAGE}
    if code not in known:
        raise ValueError(f"no message uses it; known are {', '.join(sorted(known))}")
    return code


Zone = Annotated[ZoneInfo, AfterValidator(_of_this_country)]
Place = Annotated[Centre, BeforeValidator(_pair), AfterValidator(_in_this_country)]
LinkCode = Annotated[str, AfterValidator(_known_link)]
MonthDay = Annotated[str, AfterValidator(_of_every_year)]
Iso = Annotated[str, Field(pattern=r"^RU-[A-Z]{2,3}$")]


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DistrictFile(_Written):
    """A district as its region's file has it."""

    name: Line
    aliases: tuple[Line, ...] = ()
    centre: Place
    neighbours: tuple[DistrictCode, ...] = ()
    zone: Zone | None = None


class RegionFile(_Written):
    """A region as its file has it, with what its subject of the federation gives."""

    code: RegionCode
    title: Line
    zone: Zone
    iso: Iso | None = None
    subject: str | None = None
    federal_district: Line | None = None
    lead: tuple[Line, ...] = ()
    links: Mapping[LinkCode, Line] = {}
    holidays: tuple[MonthDay, ...] = ()
    days_off: tuple[date, ...] = ()
    workdays: tuple[date, ...] = ()
    words_kept_days: Annotated[int, Field(ge=1, le=WORDS_KEPT_DAYS)] = WORDS_KEPT_DAYS
    districts: Annotated[Mapping[DistrictCode, DistrictFile], Field(min_length=1)]

    @field_validator("links")
    @classmethod
    def _page_opens(cls, links: Mapping[str, str]) -> Mapping[str, str]:
        page = links.get(FEEDBACK_PAGE)
        if page is not None and not PAGE.fullmatch(page):
            raise ValueError(f"{FEEDBACK_PAGE} is no address that begins with https://")
        return links

    @model_validator(mode="after")
    def _a_day_is_worked_or_off(self) -> Self:
        if both := sorted({*self.days_off} & {*self.workdays}):
            raise ValueError(f"in days_off and in workdays: {', '.join(map(str, both))}")
        return self

    @model_validator(mode="after")
    def _neighbours_agree(self) -> Self:
        faults = list(_disagreements(self.districts))
        if faults:
            raise ValueError("; ".join(faults))
        return self

    @model_validator(mode="after")
    def _a_spelling_means_one_district(self) -> Self:
        spelled = Counter(
            each
            for code, district in self.districts.items()
            for each in {spelling(text) for text in (code, district.name, *district.aliases)}
        )
        twice = sorted(each for each, times in spelled.items() if times > 1)
        if twice:
            raise ValueError(f"means more than one district: {', '.join(twice)}")
        return self

    def region(self) -> Region:
        """Return the region as services read it."""
        districts = {
            code: District(code=code, **dict(facts)) for code, facts in self.districts.items()
        }
        return Region(**dict(self) | {"districts": districts})


def _disagreements(districts: Mapping[str, DistrictFile]) -> Iterator[str]:
    for code, district in districts.items():
        for other in district.neighbours:
            if other == code:
                yield f"{code} is its own neighbour"
            elif other not in districts:
                yield f"{code} has a neighbour {other} that is no district"
            elif code not in districts[other].neighbours:
                yield f"{code} has the neighbour {other}, but {other} has not {code}"


@cache
def federation() -> Mapping[str, Mapping[str, str]]:
    """Return the subjects of the federation by number."""
    return tomllib.loads(FEDERATION.read_text("utf-8"))


def read_stage(stage: str, folder: Path = STAGES) -> dict[str, Region]:
    """Return the regions of a stage by code; raises Unfit with every fault found."""
    paths = sorted((folder / stage / "regions").glob("[!.]*"))
    if not paths:
        raise Unfit(
            f"infra/stages/{stage}/regions holds no region; infra/stages/README.md says how"
        )
    found: dict[str, Region] = {}
    faults: list[str] = []
    for path in paths:
        try:
            found[path.stem] = read_region(path)
        except Unfit as unfit:
            faults.append(str(unfit))
    faults += _claimed_twice(found)
    if faults:
        raise Unfit("\n".join(faults))
    return found


def read_region(path: Path) -> Region:
    """Return the region of one file, which is named by its code."""
    if path.suffix != ".toml":
        raise Unfit(f"{path.name}: the file of a region is called CODE.toml, or is not read")
    said = written(path)
    try:
        facts = _of_subject(said.get("subject")) | said | {"code": path.stem}
        return RegionFile.model_validate(facts).region()
    except LookupError as error:
        raise Unfit(f"{path.name}: {error}") from None
    except ValidationError as error:
        lines = (
            f"{path.name}: {'.'.join(map(str, each['loc'])) or 'districts'}: {each['msg']}"
            for each in error.errors()
        )
        raise Unfit("\n".join(lines)) from None


def written(path: Path) -> dict[str, Any]:
    """Return what a file of a stage says, which an editor on Windows may have saved."""
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except UnicodeDecodeError:
        raise Unfit(f"{path.name}: it is saved in another encoding; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise Unfit(f"{path.name}: {error}") from None


def _of_subject(number: Any) -> dict[str, Any]:
    """Return what the subject that a file names gives: title, ISO code, federal district, zone."""
    if number is None:
        return {}
    if not isinstance(number, str) or number not in federation():
        raise LookupError("subject: no such number in shared/data/federation.toml")
    facts = dict(federation()[number])
    return {"title": facts.pop("name"), **facts}


def _claimed_twice(regions: Mapping[str, Region]) -> Iterator[str]:
    for field in ("subject", "iso", "title"):
        values = Counter(getattr(each, field) for each in regions.values())
        for value, times in values.items():
            if value is not None and times > 1:
                yield f"{times} regions have the {field} {value}"
