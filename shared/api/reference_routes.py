"""What everybody may know of the reference data: `GET /<service>/v1/reference` of every service."""

from collections.abc import Iterable
from typing import Self

from pydantic import BaseModel, Field

from shared.api.routes import Routes
from shared.errors import Invalid
from shared.reference import code_lists, regions
from shared.reference.code_lists import CodeList
from shared.reference.regions import Centre, Region
from shared.reference.table import MAX_AGE


class ReferenceQuery(BaseModel, defer_build=True):
    """Which region and which list of codes to show; all of them when none is named."""

    region: str | None = Field(default=None, max_length=8)
    list: str | None = Field(default=None, max_length=64)


class DistrictView(BaseModel, defer_build=True):
    """A district; `zone` is given where its clocks are not the region's."""

    code: str
    name: str
    aliases: tuple[str, ...]
    centre: Centre
    neighbours: tuple[str, ...]
    zone: str | None


class RegionView(BaseModel, defer_build=True):
    """A region; `zone` is its IANA time zone, `iso` its code in ISO 3166-2 where it has one."""

    code: str
    title: str
    iso: str | None
    federal_district: str | None
    zone: str
    districts: tuple[DistrictView, ...]

    @classmethod
    def of(cls, region: Region) -> Self:
        """Return the region as everybody may see it: without the people who lead it."""
        facts = region.model_dump(mode="json")
        return cls.model_validate(facts | {"districts": list(facts["districts"].values())})


class CodeView(BaseModel, defer_build=True):
    """A code with its labels; one that is not active is refused as a new value."""

    code: str
    label_ru: str
    label_en: str
    active: bool


class CodeListView(BaseModel, defer_build=True):
    """A list of codes; an open one differs from stage to stage."""

    name: str
    open: bool
    codes: tuple[CodeView, ...]

    @classmethod
    def of(cls, found: CodeList) -> Self:
        """Return the list with its codes in the order of a form."""
        codes = (
            CodeView(code=code, label_ru=each.ru, label_en=each.en, active=each.active)
            for code, each in found.codes.items()
        )
        return cls(name=found.name, open=found.open, codes=tuple(codes))


class ReferenceView(BaseModel, defer_build=True):
    """The regions of the programme and the lists of codes."""

    regions: tuple[RegionView, ...]
    lists: tuple[CodeListView, ...]


def show_reference(query: ReferenceQuery) -> ReferenceView:
    """Show the programme's regions and their districts, and the lists of codes."""
    chosen = regions.regions() if query.region is None else (query.region,)
    found = (regions.region(code, "region") for code in chosen)
    return ReferenceView(
        regions=tuple(map(RegionView.of, found)),
        lists=tuple(map(CodeListView.of, _lists(query.list))),
    )


def _lists(name: str | None) -> Iterable[CodeList]:
    if name is None:
        return code_lists.all_lists().values()
    if name not in code_lists.shipped():
        raise Invalid("unknown_list", "list", known=", ".join(code_lists.shipped()))
    return (code_lists.find(name),)


routes = Routes()
routes.get("/reference", show_reference, caller="public", cache_seconds=MAX_AGE)
