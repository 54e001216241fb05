"""Looking at JSON before any model does: depth, characters, numbers, and pointers into it.

The common body costs two counts, two searches and a reading; only what they find suspicious is
walked value by value. Depth is counted before anything parses, so that the answer to a deep body
depends on no interpreter's own limit. Nothing here keeps or shows a value that was refused.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

from shared.api.problems import FieldError, Malformed, WrongInput
from shared.errors import Invalid

MAX_DEPTH = 32
_TOO_LARGE = 2**63

# Control, format and bidirectional characters, lone surrogates, and the sign that the gateway
# writes for bytes that are no UTF-8. Line ends and tab are text; so is the joiner inside an emoji.
_FORBIDDEN = (
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e"
    "\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\ufffd"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0001\U000e0020-\U000e007f]"
    "|(?<![\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])\u200d"
    "|\r(?!\n)"
)
# What is no text at all, whoever sent it.
_NO_TEXT = re.compile("[\ud800-\udfff]")
# In raw JSON only escapes can hide one; what stands between the values may be a carriage return.
_SUSPECT = re.compile(r"\\[bfru]|NaN|Infinity|[0-9](?:[eE]\+?[0-9]|[0-9]{18})")
# A string that was cut off ends with the body.
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*(?:"|\\?\Z)', re.DOTALL)


def check(raw: bytes, device_text: bool = False) -> None:
    """Refuse a body whose shape or values no model should meet.

    A text that a device read (`device_text`) may hold invisible signs: a scanner's line end.
    """
    _check_depth(raw)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed from None
    if _SUSPECT.search(text) or (not device_text and has_forbidden(text.replace("\r", ""))):
        _check_values(parsed(raw), _NO_TEXT if device_text else _forbidden())
    try:
        _read(text)
    except _Twice:
        _check_names(raw)
    except ValueError:
        raise Malformed from None


def has_forbidden(text: str) -> bool:
    """Whether a text holds invisible, control or direction-changing characters."""
    # None of them is printable but the gateway's sign, so the common text costs no search.
    unusual = not text.isprintable() or "\ufffd" in text
    return unusual and _forbidden().search(text) is not None


def cleaned(text: str) -> str:
    """Return what a person typed into a page, without what cannot be seen and with one line end."""
    text = text.replace("\r\n", "\n")
    return _forbidden().sub("", text) if has_forbidden(text) else text


@cache
def _forbidden() -> re.Pattern[str]:
    # Its many ranges take 12 ms of a start; the common body is looked at without it.
    return re.compile(_FORBIDDEN)


def parsed(raw: bytes) -> Any:
    """Return the body as plain values.

    `json` also reads NaN and lone surrogates, which pydantic's own parser reports as broken JSON:
    here they can be refused for what they are.
    """
    try:
        return json.loads(raw, parse_int=_whole)
    except ValueError:
        raise Malformed from None


class _Twice(Exception):
    """An object has a name more than once."""


def _object(pairs: list[tuple[str, Any]]) -> None:
    if len(dict(pairs)) < len(pairs):
        raise _Twice


class _Object(dict[str, Any]):
    """An object that remembers which of its names was given more than once."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        times = Counter(name for name, _ in pairs)
        self.repeated = [name for name, given in times.items() if given > 1]


def _check_names(raw: bytes) -> None:
    """Refuse a name that one object has twice: which of its values was meant is not known."""
    try:
        parsed = json.loads(raw, object_pairs_hook=_Object)
    except ValueError:
        raise Malformed from None
    if faults := [FieldError("body", pointer, "repeated") for pointer in _repeated(parsed)]:
        raise WrongInput(faults)


def _repeated(value: Any, pointer: str = "") -> Iterator[str]:
    if isinstance(value, _Object):
        yield from (f"{pointer}{escaped(name)}" for name in value.repeated)
        for name, inner in value.items():
            yield from _repeated(inner, f"{pointer}{escaped(name)}")
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _repeated(inner, f"{pointer}/{place}")


def _whole(digits: str) -> int:
    # Python refuses to read a number of thousands of digits; any that long is refused alike.
    return int(digits) if len(digits) <= 20 else _TOO_LARGE


_read = json.JSONDecoder(object_pairs_hook=_object).decode


def _check_depth(raw: bytes) -> None:
    # Fewer brackets than levels: the common case costs two counts.
    if raw.count(b"[") + raw.count(b"{") > MAX_DEPTH and _depth(raw) > MAX_DEPTH:
        raise Invalid("too_deep", limit=MAX_DEPTH)


def _depth(raw: bytes) -> int:
    level = deepest = 0
    for byte in _STRINGS.sub(b"", raw):
        if byte in b"[{":
            level += 1
            deepest = max(deepest, level)
        elif byte in b"]}":
            level -= 1
    return deepest


def _values(value: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield f"{pointer}{escaped(name)}", name
            yield from _values(inner, f"{pointer}{escaped(name)}")
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _values(inner, f"{pointer}/{place}")
    else:
        yield pointer, value


def _fault_of(value: Any, forbidden: re.Pattern[str]) -> str | None:
    if isinstance(value, str):
        return "forbidden_characters" if forbidden.search(value) else None
    if isinstance(value, float) and not math.isfinite(value):
        return "not_finite"
    if isinstance(value, int) and abs(value) >= _TOO_LARGE:
        return "not_finite"
    return None


def _check_values(parsed: Any, forbidden: re.Pattern[str]) -> None:
    faults = [
        FieldError("body", pointer, code)
        for pointer, value in _values(parsed)
        if (code := _fault_of(value, forbidden)) is not None
    ]
    if faults:
        raise WrongInput(faults)


def escaped(part: object) -> str:
    """One step of a JSON pointer; a name that was made up by the caller may be anything, so what
    could not be a field of ours is not repeated."""
    text = str(part)
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", text) or re.search(r"\d{7}", text):
        return "/?"
    return "/" + text


def pointer_to(location: tuple[int | str, ...], parsed: Any, kind: str) -> str:
    """Return the pointer into what was sent, without steps that pydantic adds (a union's tag)."""
    pointer, here = "", parsed
    for place, step in enumerate(location):
        absent = kind == "missing" and place == len(location) - 1
        if isinstance(here, dict) and isinstance(step, str) and (step in here or absent):
            pointer, here = pointer + escaped(step), here.get(step)
        elif isinstance(here, list) and isinstance(step, int) and step < len(here):
            pointer, here = f"{pointer}/{step}", here[step]
    return pointer
