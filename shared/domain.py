"""What every domain is made of: values, aggregates with their states and deadlines, and fields.

Pure: nothing here reads a clock, a table or the environment; a region's zone comes in as a value.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, PrivateAttr
from pydantic_core import core_schema

from shared.errors import IllegalStep
from shared.principal import USER_ID

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)

# fields -----------------------------------------------------------------------------------

REGION_CODE, DISTRICT_CODE = r"^[A-Z]{2,8}$", r"^[A-Z0-9][A-Z0-9-]{0,15}$"
VISIBLE_ASCII = r"^[\x21-\x7e]+$"
MONTH = r"^20[0-9]{2}-(0[1-9]|1[0-2])$"
RegionCode = Annotated[str, Field(pattern=REGION_CODE)]
DistrictCode = Annotated[str, Field(pattern=DISTRICT_CODE)]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,63}$")]
Month = Annotated[str, Field(pattern=MONTH)]
UserId = Annotated[str, Field(pattern=f"^{USER_ID}$")]
# Calendar arithmetic around such a day or moment stays within what a date can hold.
Day = Annotated[date, Field(ge=EARLIEST, le=LATEST)]
Moment = Annotated[
    AwareDatetime,
    Field(
        ge=datetime(EARLIEST.year, 1, 1, tzinfo=UTC), lt=datetime(LATEST.year + 1, 1, 1, tzinfo=UTC)
    ),
    AfterValidator(lambda moment: moment.astimezone(UTC)),
]


_GAPS = re.compile(r"[\s\u2010-\u2015\u2212-]+")


def without_gaps(text: object) -> object:
    """Return digits as people type or copy them, without the spaces and hyphens between."""
    return _GAPS.sub("", text) if isinstance(text, str) else text


# codes ------------------------------------------------------------------------------------


# The code of a refused value, and the keyword of a JSON schema that names the list of a value.
UNKNOWN_CODE, CODE_LIST_KEYWORD = "unknown_code", "x-code-list"


class _OfList(StrEnum):
    """Codes of a list of the reference data."""

    def __init_subclass__(cls, *, of: str = "") -> None:
        cls.code_list = of

    code_list: ClassVar[str]


class CodeOf:
    """A mark on a field that shows a code of an open list, active or not; it checks nothing.

    Several lists are named where the code is of one or another, each in a choice of its own.
    """

    def __init__(self, *lists: str) -> None:
        self.lists = lists

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: "GetJsonSchemaHandler"
    ) -> dict[str, Any]:
        """Name the list in the document of the API."""
        named = [handler(schema) | {CODE_LIST_KEYWORD: name} for name in self.lists]
        return named[0] if len(named) == 1 else {"anyOf": named}


class CodeEnum(_OfList):
    """All codes of a closed list, where rules ask for some: `class Sector(CodeEnum, of="…")`.

    Any other value is refused with the name of the list; the edge adds the labels.
    """

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: "GetCoreSchemaHandler"
    ) -> core_schema.CoreSchema:
        """Name the list in a refusal; a value that fits costs nothing more."""
        members: Any = handler(source)
        return core_schema.custom_error_schema(
            members,
            ref=members.pop("ref", None),  # one definition in the document of the API
            custom_error_type=UNKNOWN_CODE,
            custom_error_message="no code of the list",
            custom_error_context={"list": cls.code_list},
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: "GetJsonSchemaHandler"
    ) -> dict[str, Any]:
        """Name the list in the document of the API."""
        named = handler(schema)
        handler.resolve_ref_schema(named)[CODE_LIST_KEYWORD] = cls.code_list
        return named


class KnownCodes(_OfList):
    """The codes of an open list that rules ask for: `class Channel(KnownCodes, of="…")`.

    No field has it as its type: the field is a `str`, which takes what a stage adds to the list.
    """

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: "GetCoreSchemaHandler"
    ) -> core_schema.CoreSchema:
        """Refuse to be the type of a field."""
        raise TypeError(f"{cls.__name__} is no type of a field: write str")


# Codes that several services show.
AidCategory = Annotated[str, CodeOf("aid_category")]
ContactWay = Annotated[str, CodeOf("contact_channel")]
LanguageCode = Annotated[str, CodeOf("language")]


# models -----------------------------------------------------------------------------------


class ValueObject(BaseModel):
    """A value: equal by what it says, never changed in place, never shown when refused."""

    model_config = ConfigDict(defer_build=True, frozen=True, hide_input_in_errors=True)

    def _with(self, **changes: object) -> Self:
        return self.model_copy(update=changes)


class Aggregate(ValueObject):
    """A value with an identity; `version` counts its commits and is stored beside it."""

    # Whether its `number` is its own: a number of another aggregate is no part of a receipt.
    NUMBERED: ClassVar[bool] = True

    version: int = 0


class StatefulAggregate(Aggregate):
    """An aggregate with a `status` and the steps that each status allows.

    `STEPS` maps a status to its steps, and a step to the statuses it may lead to (one, or a tuple;
    `None` when it stays); the state diagrams in the READMEs are printed from it. A step that the
    present status does not allow is refused with the code `REFUSAL`, in which `{status}` is
    replaced by the status.
    """

    STEPS: ClassVar[Mapping[Any, Mapping[str, Any]]] = {}
    REFUSAL: ClassVar[str] = "step_not_allowed"

    status: Any
    _may: Callable[[str], bool] | None = PrivateAttr(None)

    @property
    def legal_steps(self) -> tuple[str, ...]:
        """The steps that the present status allows to one or another caller."""
        return tuple(self.STEPS[self.status])

    @property
    def next_steps(self) -> tuple[str, ...]:
        """The legal steps; of what is shown to a caller those that this caller may take."""
        may = self._may
        return tuple(step for step in self.legal_steps if may is None or may(step))

    def shown_to(self, may: Callable[[str], bool]) -> Self:
        """Return the same for a caller who `may` take some steps; no other step is offered."""
        shown = self.model_copy()
        shown._may = may
        return shown

    def of_next(self, *steps: str) -> tuple[str, ...]:
        """Return those of some steps that may be taken."""
        return tuple(step for step in self.next_steps if step in steps)

    def _require(self, step: str) -> None:
        if step not in self.legal_steps:
            raise self._refusal(self.REFUSAL.format(status=self.status), step=step)

    def _refusal(self, code: str, **facts: object) -> IllegalStep:
        """Return the refusal of a step, with the steps that may be taken instead."""
        return IllegalStep(code, self.next_steps, status=str(self.status), **facts)


# deadlines --------------------------------------------------------------------------------


# For deadlines that run by the clock alone: no calendar of a region is asked.
NO_CALENDAR = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment that comes by time alone, once; `name` says which event announces it.

    `moment(aggregate, zone)` says when, or None while it cannot come; `zone` is the region's.
    """

    name: str
    moment: Callable[[Any, ZoneInfo], datetime | None]


class TimedAggregate(StatefulAggregate):
    """An aggregate with deadlines: a table, and the names of those that have fired."""

    DEADLINES: ClassVar[tuple[Deadline, ...]] = ()

    fired: tuple[str, ...] = ()

    def next_deadline(self, zone: ZoneInfo) -> datetime | None:
        """Return when time alone next changes something."""
        return min((moment for _, moment in self._pending(zone)), default=None)

    def due(self, now: datetime, zone: ZoneInfo) -> tuple[str, ...]:
        """Return the names of the deadlines that have come and not fired yet, earliest first."""
        come = [(moment, name) for name, moment in self._pending(zone) if moment <= now]
        return tuple(name for _, name in sorted(come, key=lambda each: each[0]))

    def _pending(self, zone: ZoneInfo) -> list[tuple[str, datetime]]:
        waiting = (each for each in self.DEADLINES if each.name not in self.fired)
        moments = ((each.name, each.moment(self, zone)) for each in waiting)
        return [(name, moment) for name, moment in moments if moment is not None]

    def _fire(self, *names: str) -> Self:
        return self._with(fired=(*self.fired, *names))

    def _rearm(self, *names: str) -> Self:
        """Let deadlines come again."""
        return self._with(fired=tuple(name for name in self.fired if name not in names))
