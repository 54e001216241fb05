"""What everybody may know of the reference data: `GET /<service>/v1/reference` of every service."""

from typing import Self

from pydantic import BaseModel, Field

from shared.api.routes import Routes
from shared.reference import regions
from shared.reference.regions import MAX_AGE, Centre, Region


class ReferenceQuery(BaseModel):
    """Which part of it."""

    region: str | None = Field(default=None, max_length=8)


class DistrictView(BaseModel):
    """A district; `zone` is told where its clocks are not the region's."""

    code: str
    name: str
    aliases: tuple[str, ...]
    centre: Centre
    neighbours: tuple[str, ...]
    zone: str | None


class RegionView(BaseModel):
    """A region; `zone` is its IANA time zone, `iso` its code in ISO 3166-2 where it has one."""

    code: str
    title: str
    iso: str | None
    federal_district: str | None
    zone: str
    districts: tuple[DistrictView, ...]

    @classmethod
    def of(cls, region: Region) -> Self:
        """The region as everybody may see it: without the people who lead it."""
        told = region.model_dump(mode="json")
        return cls.model_validate(told | {"districts": list(told["districts"].values())})


class ReferenceView(BaseModel):
    """The regions of the programme."""

    regions: tuple[RegionView, ...]


def show_reference(query: ReferenceQuery) -> ReferenceView:
    """Show the programme's regions and their districts."""
    chosen = regions.regions() if query.region is None else (query.region,)
    found = (regions.region(code, "region") for code in chosen)
    return ReferenceView(regions=tuple(map(RegionView.of, found)))


routes = Routes()
routes.get("/reference", show_reference, caller="public", cache_seconds=MAX_AGE)
