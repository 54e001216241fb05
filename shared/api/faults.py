"""What is wrong with an input, field by field: where it is, and what would be right.

Nothing of a refused value is kept or shown.
"""

import re
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from shared import ids
from shared.api import json_guard
from shared.api.json_guard import escaped
from shared.api.problems import FieldError, WrongInput
from shared.domain import DISTRICT_CODE, MONTH, REGION_CODE, VISIBLE_ASCII

# A pattern whose refusal shows how the code is spelt.
_SPELT = {
    REGION_CODE: "bad_region_code",
    DISTRICT_CODE: "bad_district_code",
    MONTH: "bad_month",
    r"\S": "required",
    VISIBLE_ASCII: "only_latin",
}
_DIGITS = re.compile(r"\^\[0-9\]\{(\d+)\}\$")
_CHOICES = re.compile(r"\^\(([a-z|]+)\)\$")
_TIME = r"^([01]\d|2[0-3]):[0-5]\d$"
_CODES = {"missing": "required", "extra_forbidden": "unknown_field", "finite_number": "not_finite"}
# Rules of a whole group, and which of its fields has to be put right.
_FIELDS = {
    "way_needs_phone": "phone",
    "way_needs_address": "address",
    "bad_email": "address",
    "bad_chat": "address",
}
_FACTS = frozenset(
    (
        "expected",
        "expected_tags",
        "ge",
        "gt",
        "known",
        "le",
        "lt",
        "list",
        "max_length",
        "min_length",
        "multiple_of",
    )
)


def refusal(error: ValidationError, place: str, raw: bytes | None = None) -> WrongInput:
    """Return the refusal of an input, with each of its faults."""
    found = error.errors(include_url=False, include_input=False)
    parsed = None if raw is None else json_guard.parsed(raw)
    return WrongInput([_fault(each, place, parsed) for each in found])


def _fault(found: ErrorDetails, place: str, parsed: Any) -> FieldError:
    kind, location = found["type"], found["loc"]
    absent = "missing" if kind in _FIELDS else kind
    if kind in _FIELDS:
        location = (*location, _FIELDS[kind])
    pointer = (
        _plain(location) if place == "query" else json_guard.pointer_to(location, parsed, absent)
    )
    facts = {name: fact for name, fact in found.get("ctx", {}).items() if name in _FACTS}
    if "list" in facts and "known" not in facts:
        from shared.reference import code_lists  # only who refuses a code pays for it

        facts["known"] = code_lists.choices_in_words(facts["list"])
    if kind == "literal_error" and facts["expected"] == "True":
        return FieldError(place, pointer, "yes_needed")
    if kind == "string_pattern_mismatch":
        return FieldError(place, pointer, *_spelling(found["ctx"]["pattern"]))
    return FieldError(place, pointer, _CODES.get(kind, kind), facts)


def _spelling(pattern: str) -> tuple[str, dict[str, str]]:
    """Return the code of a refusal that says how a text is spelt, and the facts of its sentence."""
    if digits := _DIGITS.fullmatch(pattern):
        return "bad_digits", {"digits": digits[1]}
    if choices := _CHOICES.fullmatch(pattern):
        return "enum", {"expected": choices[1].replace("|", ", ")}
    if pattern.startswith(_TIME):
        return "time_parsing", {}
    known = "bad_id" if ids.is_pattern(pattern) else "string_pattern_mismatch"
    return _SPELT.get(pattern, known), {}


def _plain(location: tuple[int | str, ...]) -> str:
    return escaped(location[0]) if location else ""
