"""Small shapes that several commands and paths share."""

from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from shared import ids

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
Ref = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:/#-]{1,80}$")]
Text = Annotated[str, Field(min_length=1, max_length=2000)]
Line = Annotated[str, Field(min_length=1, max_length=200)]
RegionCode = Annotated[str, Field(pattern=r"^[A-Z0-9-]{2,10}$")]
DistrictCode = Annotated[str, Field(pattern=r"^[A-Z0-9-]{2,10}$")]
Month = Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
GuardianId = Annotated[str, Field(pattern=ids.pattern("gua"))]
MatchId = Annotated[str, Field(pattern=ids.pattern("mat"))]
CaseId = Annotated[str, Field(pattern=ids.pattern("req"))]
VisitId = Annotated[str, Field(pattern=ids.pattern("vis"))]
StoryId = Annotated[str, Field(pattern=ids.pattern("sto"))]
UserId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:@-]{1,80}$")]
# Calendar arithmetic around such a day or moment stays within what a date can hold.
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)
Day = Annotated[date, Field(ge=EARLIEST, le=LATEST)]
Moment = Annotated[
    AwareDatetime,
    Field(
        ge=datetime(EARLIEST.year, 1, 1, tzinfo=UTC), lt=datetime(LATEST.year + 1, 1, 1, tzinfo=UTC)
    ),
    AfterValidator(lambda moment: moment.astimezone(UTC)),
]


class Form(BaseModel):
    """An input: nothing unknown, nothing shown when refused."""

    model_config = ConfigDict(
        defer_build=True, frozen=True, extra="forbid", hide_input_in_errors=True
    )


class GuardianPath(Form):
    """Which guardian."""

    guardian_id: GuardianId


class MatchPath(Form):
    """Which match."""

    match_id: MatchId


class CasePath(Form):
    """Which family, by its case."""

    case_id: CaseId


class VisitPath(Form):
    """Which help."""

    visit_id: VisitId


class StoryPath(Form):
    """Which story."""

    story_id: StoryId


class RegionPath(Form):
    """Which region."""

    region: RegionCode


class Paging(Form):
    """Which slice of a list."""

    limit: int = Field(default=50, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=2000)


class OfRegion(Paging):
    """A list of a region; whoever has one region need not name it."""

    region: RegionCode | None = None
