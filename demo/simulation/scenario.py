"""What a simulation supposes: read from a file, what it does not name is as in `scenario.toml`."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PositiveInt,
    ValidationError,
    model_validator,
)

from infra.configuration.regions import Unfit, read_stage
from services.matching.ranking.values import Rule
from services.matching.reach.domain import Nearness
from shared.reference.regions import District

DEFAULT = Path(__file__).with_name("scenario.toml")
Share = Annotated[float, Field(ge=0, le=1)]
Counts = Annotated[list[Annotated[int, Field(ge=1, le=50)]], Field(min_length=1)]
Pair = Annotated[list[Annotated[float, Field(ge=0)]], Field(min_length=2, max_length=2)]


class Part(BaseModel):
    """A table of the file; another key is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RegionPart(Part):
    """Where, and for how long."""

    stage: str
    code: str
    days: int = Field(ge=1, le=400)
    warm_up_days: int = Field(ge=0)


class FamiliesPart(Part):
    """Who comes to wait."""

    at_start: int = Field(ge=0)
    a_day: float = Field(ge=0)
    weight_of_district: dict[str, Annotated[float, Field(ge=0)]]
    needs: Counts
    urgent: Share


class GuardiansPart(Part):
    """Who helps."""

    at_start: int = Field(ge=0)
    a_week: float = Field(ge=0)
    places: Counts
    kinds: Counts
    districts: Counts
    limited: Share
    limit: Counts


class PeoplePart(Part):
    """What people do with a proposal."""

    answer_hours: float = Field(gt=0)
    refuses: dict[Nearness, Share]
    meets_after_hours: Pair
    travel_hours: dict[Nearness, float]
    care_days: Pair


class RulesPart(Part):
    """What is different about rules and weights; a name without a value is as it is live."""

    without: list[Rule] = []
    coverage: int | None = None
    nearness: int | None = None
    light_load: int | None = None
    waiting_hour: int | None = None
    floor: int | None = None
    floor_share: tuple[PositiveInt, PositiveInt] | None = None
    late_hours: int | None = None
    urgent_head_start: int | None = None
    urgent_times: int | None = None
    reach_km: int | None = None
    rest_days: int | None = None


class Scenario(Part):
    """All of it."""

    region: RegionPart
    families: FamiliesPart
    guardians: GuardiansPart
    people: PeoplePart
    rules: RulesPart

    @model_validator(mode="after")
    def _fits(self) -> Self:
        """Refuse places that the stage does not have, and a region without any place."""
        if Rule.NO_FREE_CAPACITY in self.rules.without:
            raise ValueError(f"without: {Rule.NO_FREE_CAPACITY} holds in every office")
        unknown = {*self.families.weight_of_district} - {*self.districts}
        if unknown:
            raise ValueError(f"weight_of_district: {', '.join(sorted(unknown))} are no districts")
        if not sum(self.families.weight_of_district.get(each, 1.0) for each in self.districts):
            raise ValueError("weight_of_district: no family lives anywhere")
        return self

    @property
    def districts(self) -> Mapping[str, District]:
        """The districts of the region, as its stage has them."""
        try:
            return read_stage(self.region.stage)[self.region.code].districts
        except (Unfit, KeyError):
            stage, code = self.region.stage, self.region.code
            raise ValueError(f"region: the stage {stage} has no region {code}") from None


class InvalidScenario(Exception):
    """The file cannot be used; the message says why."""


def read(path: Path | None = None) -> Scenario:
    """Return the scenario of a file, over the one that comes with the repository."""
    found = tomllib.loads(DEFAULT.read_text("utf-8"))
    try:
        if path is not None:
            _merge(found, tomllib.loads(path.read_text("utf-8")))
        return Scenario.model_validate(found)
    except (OSError, tomllib.TOMLDecodeError) as failure:
        raise InvalidScenario(f"{path}: {failure}") from None
    except ValidationError as failure:
        first = failure.errors(include_url=False)[0]
        where = [".".join(map(str, first["loc"]))] if first["loc"] else []
        said = first["msg"].removeprefix("Value error, ")
        raise InvalidScenario(": ".join([str(path), *where, said])) from None


def _merge(into: dict[str, Any], more: dict[str, Any]) -> None:
    for name, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(name), dict):
            _merge(into[name], value)
        else:
            into[name] = value
