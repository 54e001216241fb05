"""Lists of codes: needs, reasons, kinds and states, each code with a Russian and an English label.

The lists ship with the code, in `shared/data/code_lists.toml`. A closed list is fixed by it. An
open one may be extended, and its codes retired, by the configuration of a stage (`infra/stages`):
one item of the reference table, read only for open lists. A retired code is refused as a new value
and keeps its labels, because rows and events still hold it.

A command takes a code by one line, checked in the place of the field:

    reason: Annotated[str, Listed("match_decline_reason")]

A field whose type is a `CodeEnum` needs no such mark: the type knows its list.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from pydantic_core import PydanticCustomError, core_schema

from shared.data_files import read_toml
from shared.domain import CODE_LIST_KEYWORD, UNKNOWN_CODE
from shared.errors import Invalid
from shared.reference import table

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

ITEM_ID = "code_lists"
FILE = Path(__file__).parents[1] / "data" / "code_lists.toml"


class Code(BaseModel, frozen=True, extra="forbid", defer_build=True):
    """What a code is called; one that is not active is kept for what is stored already."""

    ru: str
    en: str
    active: bool = True


class CodeList(BaseModel, frozen=True, extra="forbid", defer_build=True):
    """A list with its codes, in the order in which a form shows them."""

    name: str
    open: bool
    codes: Mapping[str, Code]

    @property
    def active(self) -> Mapping[str, Code]:
        """The codes that a new value may have."""
        return {code: each for code, each in self.codes.items() if each.active}

    def extended(self, changes: "ListChanges") -> "CodeList":
        """Return the list as a stage has it: a code that ships keeps the labels it ships with."""
        codes = {**changes.add, **self.codes}
        ordered = {code: codes[code] for code in (*self.codes, *changes.add)}
        retired = {
            code: ordered[code].model_copy(update={"active": False})
            for code in changes.retire
            if code in ordered
        }
        return self.model_copy(update={"codes": ordered | retired})


class ListChanges(BaseModel, frozen=True, extra="forbid", defer_build=True):
    """What a stage changes in one open list."""

    add: Mapping[str, Code] = {}
    retire: tuple[str, ...] = ()


class StageLists(BaseModel, frozen=True, defer_build=True):
    """What a stage changes in the lists, by the name of the list."""

    lists: Mapping[str, ListChanges] = {}

    @cached_property
    def known(self) -> Mapping[str, CodeList]:
        """Every list as the stage has it, by name; a closed one is as it ships."""
        return {
            name: each.extended(self.lists[name]) if each.open and name in self.lists else each
            for name, each in shipped().items()
        }


@cache
def shipped() -> Mapping[str, CodeList]:
    """Return the lists as they ship, by name, without reading the stage's configuration."""
    written = read_toml(FILE)
    return {name: _list(name, facts, written) for name, facts in written.items()}


def _list(name: str, facts: Mapping[str, Any], written: Mapping[str, Any]) -> CodeList:
    """Return one list of the file; a part of another list borrows the labels of its codes."""
    codes = facts["codes"]
    if "part_of" in facts:
        whole = written[facts["part_of"]]["codes"]
        codes = {code: whole[code] for code in codes}
    return CodeList.model_validate({"name": name, "open": facts["open"], "codes": codes})


def all_lists() -> Mapping[str, CodeList]:
    """Return every list as this stage has it, by name."""
    return table.read(ITEM_ID, StageLists, absent=_unchanged()).known


def find(name: str) -> CodeList:
    """Return one list as this stage has it; a closed one without a read."""
    found = shipped()[name]
    return all_lists()[name] if found.open else found


def labels(name: str) -> Mapping[str, str]:
    """Return the Russian labels of a list by code, those of retired codes included."""
    return {code: each.ru for code, each in find(name).codes.items()}


def choices(name: str) -> Mapping[str, str]:
    """Return the codes that a new value may have with their Russian labels, in a form's order."""
    return {code: each.ru for code, each in find(name).active.items()}


def choices_in_words(name: str) -> str:
    """Return the labels that a refusal offers."""
    return "; ".join(choices(name).values())


def check(name: str, code: str, pointer: str, *, retired: bool = False) -> None:
    """Refuse a value that is no active code of the list; a `retired` code may be allowed, too."""
    known = find(name).codes.get(code)
    if known is None or not (retired or known.active):
        raise Invalid(UNKNOWN_CODE, pointer, list=name, known=choices_in_words(name))


@cache
def _unchanged() -> StageLists:
    return StageLists()


@dataclass(frozen=True, slots=True)
class Listed:
    """A mark on a field of a command: its value is an active code of the named list.

    `retired` codes are taken where the value is not new: in a search, or repeated from a record.
    """

    name: str
    retired: bool = False

    def __get_pydantic_core_schema__(
        self, source: Any, handler: "GetCoreSchemaHandler"
    ) -> core_schema.CoreSchema:
        """Check a text before the field's own type sees it, so that every refusal has labels."""
        return core_schema.no_info_before_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: "GetJsonSchemaHandler"
    ) -> dict[str, Any]:
        """Name the list; a closed one is shown in full, an open one differs from stage to stage."""
        named = handler(schema) | {CODE_LIST_KEYWORD: self.name}
        found = shipped()[self.name]
        if not found.open and "$ref" not in named:
            named["enum"] = list(found.codes if self.retired else found.active)
        return named

    def _checked(self, value: Any) -> Any:
        if isinstance(value, str):
            try:
                check(self.name, value, "", retired=self.retired)
            except Invalid as refused:
                raise PydanticCustomError(
                    UNKNOWN_CODE, "no active code of the list", refused.facts
                ) from None
        return value
