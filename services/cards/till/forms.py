"""Reading a JSON body into a dataclass whose annotations carry the limits of its fields.

The refusals are those of `shared.requests`, field by field; a test feeds both with the same bodies.
"""

import json
import re
from collections.abc import Hashable, Iterator
from dataclasses import MISSING, dataclass, fields
from functools import cache
from typing import Any, TypeVar, cast, get_args, get_type_hints

from shared.errors import Invalid
from shared.problems import Fault, Malformed, TooLarge, WrongInput

T = TypeVar("T")

MAX_BODY = 8 * 1024
MAX_DEPTH = 32
MAX_FAULTS = 50
_FIELD_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_INVISIBLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufffd]"
)


@dataclass(frozen=True, slots=True)
class Text:
    """A text of so many characters; `visible` refuses what nobody could read."""

    least: int
    most: int
    visible: bool = False
    about: str = ""

    def fault(self, value: object) -> tuple[str, dict[str, object]] | None:
        """What is wrong with a value."""
        if not isinstance(value, str):
            return "string_type", {}
        if len(value) < self.least:
            return "string_too_short", {"min_length": self.least}
        if len(value) > self.most:
            return "string_too_long", {"max_length": self.most}
        if self.visible and _INVISIBLE.search(value):
            return "forbidden_characters", {}
        return None


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number between two others; a text of digits is no number."""

    least: int
    most: int
    about: str = ""

    def fault(self, value: object) -> tuple[str, dict[str, object]] | None:
        """What is wrong with a value."""
        if isinstance(value, bool) or not isinstance(value, int):
            return "int_type", {}
        if value < self.least:
            return "greater_than_equal", {"ge": self.least}
        if value > self.most:
            return "less_than_equal", {"le": self.most}
        return None


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form and the limits of its values."""

    name: str
    limits: Text | Whole
    required: bool


@cache
def fields_of(form: Hashable) -> dict[str, Field]:
    """The fields of a form by name."""
    kind = cast(type[Any], form)
    hints = get_type_hints(kind, include_extras=True)
    return {
        each.name: Field(each.name, get_args(hints[each.name])[1], each.default is MISSING)
        for each in fields(kind)
    }


def read(form: type[T], body: str) -> T:
    """The form in a body; all its faults are told at once, each with its JSON pointer."""
    if len(body) > MAX_BODY or len(body.encode("utf-8", "surrogatepass")) > MAX_BODY:
        raise TooLarge(MAX_BODY)
    given = _parsed(body or "{}")
    if not isinstance(given, dict):
        raise WrongInput([Fault("body", "", "model_type")])
    faults = list(_faults(fields_of(cast(Hashable, form)), given))
    if faults:
        raise WrongInput(faults[:MAX_FAULTS])
    return form(**given)


def _parsed(body: str) -> Any:
    try:
        return json.loads(body)
    except RecursionError:
        raise Invalid("too_deep", limit=MAX_DEPTH) from None
    except ValueError:
        raise Malformed from None


def _faults(known: dict[str, Field], given: dict[str, Any]) -> Iterator[Fault]:
    for field in known.values():
        if field.name not in given:
            if field.required:
                yield Fault("body", f"/{field.name}", "required")
        elif given[field.name] is not None or field.required:
            wrong = field.limits.fault(given[field.name])
            if wrong is not None:
                yield Fault("body", f"/{field.name}", *wrong)
    for name in given:
        if name not in known:
            # A name the caller made up may be anything, a phone too: repeated only if harmless.
            harmless = _FIELD_NAME.fullmatch(name) and not re.search(r"\d{7}", name)
            yield Fault("body", f"/{name}" if harmless else "/?", "unknown_field")
