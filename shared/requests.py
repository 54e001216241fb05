"""Reading untrusted input: what a request says, refused early and without repeating it.

Nothing here keeps or shows a value that was refused. A body is measured before it is parsed,
its depth, characters and numbers are checked before a model sees it, and a model sees it strictly:
unknown fields, `"5"` for 5 and NaN are refused whatever the model itself allows.
"""

import base64
import binascii
import contextlib
import json
import math
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, TypeVar
from urllib.parse import unquote

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from shared import ids
from shared.errors import Invalid, NotFound
from shared.observability import is_identifier
from shared.problems import Fault, Malformed, TooLarge, WrongInput

M = TypeVar("M", bound=BaseModel)

MAX_BODY = 64 * 1024
MAX_DEPTH = 32
MAX_FAULTS = 50
_CODES = {"missing": "required", "extra_forbidden": "unknown_field", "finite_number": "not_finite"}
_FACTS = frozenset(
    ("expected", "expected_tags", "ge", "gt", "le", "lt", "max_length", "min_length", "multiple_of")
)
# Control, format and bidirectional characters, lone surrogates, and the sign that the gateway
# writes for bytes that are no UTF-8. Line feed and tab are text; so is the joiner inside an emoji.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e"
    "\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\ufffd"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0001\U000e0020-\U000e007f]"
    "|(?<![\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])\u200d"
)
# In raw JSON only escapes can hide one; what stands between the values may be a carriage return.
_SUSPECT = re.compile(r"\\[bfru]|NaN|Infinity|\d[eE]\+?\d|\d{19}")
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"')


class Request:
    """What a handler may know of the HTTP request beyond its typed inputs.

    Handlers of `store` and `webhook` routes verify their caller with `header` and `raw_body`.
    """

    def __init__(self, event: Mapping[str, Any]) -> None:
        self._event = event
        self.context: Mapping[str, Any] = event.get("requestContext") or {}

    @cached_property
    def _headers(self) -> dict[str, str]:
        given = self._event.get("headers") or {}
        return {str(name).lower(): str(value) for name, value in given.items()}

    def header(self, name: str) -> str | None:
        """A header, by its name in any case."""
        return self._headers.get(name.lower())

    @cached_property
    def raw_body(self) -> bytes:
        """The body as it was sent; refused when it is too large."""
        body = self._event.get("body") or ""
        if self._event.get("isBase64Encoded"):
            return _limited(_decoded(str(body)))
        # A character takes at most four bytes and never less than one.
        if len(body) > MAX_BODY:
            raise TooLarge(MAX_BODY)
        return _limited(str(body).encode("utf-8", "surrogatepass"))

    @cached_property
    def id(self) -> str:
        """The gateway's id of this request."""
        given = str(self.context.get("requestId") or "")
        return given if is_identifier(given) else ids.new("inv")

    @cached_property
    def correlation_id(self) -> str:
        """The id that follows everything this request causes."""
        given = self.header("X-Correlation-Id") or ""
        return given if is_identifier(given) else self.id

    @property
    def source_address(self) -> str:
        """The caller's network address, for counters of public forms; never logged."""
        return str((self.context.get("identity") or {}).get("sourceIp") or "")

    @property
    def authorizer(self) -> Mapping[str, Any] | None:
        """What the platform's authorizer vouches for."""
        vouched = self.context.get("authorizer")
        return vouched if vouched and "principalId" in vouched else None


def _decoded(text: str) -> bytes:
    if len(text) > 2 * MAX_BODY:
        raise TooLarge(MAX_BODY)
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Malformed from None


def _limited(body: bytes) -> bytes:
    if len(body) > MAX_BODY:
        raise TooLarge(MAX_BODY)
    return body


def read_body(request: Request, model: type[M]) -> M:
    """The body as its model; every fault of it is told with its JSON pointer."""
    raw = request.raw_body or b"{}"
    if request.raw_body:
        require_json(request)
    _check_depth(raw)
    text = _text(raw)
    if _SUSPECT.search(text) or has_forbidden(text.replace("\r", "")):
        _check_values(_parsed(raw))
    try:
        return model.model_validate_json(raw, strict=True, extra="forbid")
    except ValidationError as error:
        raise _refusal(error, "body", raw) from None


def require_no_body(request: Request) -> None:
    """Refuse data where none is taken, rather than ignoring what somebody meant to say."""
    if request.raw_body.strip() not in (b"", b"{}"):
        raise Invalid("unexpected_body")


def require_json(request: Request) -> None:
    """Refuse a body that does not call itself JSON."""
    kind = (request.header("Content-Type") or "application/json").partition(";")[0]
    if kind.strip().lower() != "application/json":
        raise Invalid("unsupported_content_type")


def read_query(event: Mapping[str, Any], model: type[M] | None) -> M | None:
    """The query as its model; a parameter given twice is refused, not silently one of both."""
    given = event.get("multiValueQueryStringParameters") or {
        name: [value] for name, value in (event.get("queryStringParameters") or {}).items()
    }
    faults = [Fault("query", _escaped(name), "repeated") for name, v in given.items() if len(v) > 1]
    values = {name: value[0] for name, value in given.items() if value}
    faults += [
        Fault("query", _escaped(name), "forbidden_characters")
        for name, value in values.items()
        if has_forbidden(name) or has_forbidden(value)
    ]
    if model is None:
        faults += [Fault("query", _escaped(name), "unknown_field") for name in values]
    if faults:
        raise WrongInput(_few(faults))
    if model is None:
        return None
    try:
        return model.model_validate_strings(values, extra="forbid")
    except ValidationError as error:
        raise _refusal(error, "query") from None


def read_path(event: Mapping[str, Any], model: type[M]) -> M:
    """The path's parameters; one that no thing could have names nothing, so it is a 404."""
    given = {name: unquote(text) for name, text in (event.get("pathParameters") or {}).items()}
    if any("/" in text or has_forbidden(text) for text in given.values()):
        raise NotFound("path")
    try:
        return model.model_validate_strings(given)
    except ValidationError:
        raise NotFound("path") from None


def has_forbidden(text: str) -> bool:
    """Whether a text holds invisible, control or direction-changing characters."""
    return _FORBIDDEN.search(text) is not None


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed from None


def _parsed(raw: bytes) -> Any:
    """The body as plain values. `json` also reads NaN and lone surrogates, which pydantic's own
    parser reports as broken JSON: here they can be refused for what they are."""
    try:
        return json.loads(raw)
    except ValueError:
        raise Malformed from None


def _check_depth(raw: bytes) -> None:
    # Fewer brackets than levels: the common case costs two counts.
    if raw.count(b"[") + raw.count(b"{") <= MAX_DEPTH or _depth(raw) <= MAX_DEPTH:
        return
    with contextlib.suppress(RecursionError):
        _parsed(raw)
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
            yield f"{pointer}{_escaped(name)}", name
            yield from _values(inner, f"{pointer}{_escaped(name)}")
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _values(inner, f"{pointer}/{place}")
    else:
        yield pointer, value


def _fault_of(value: Any) -> str | None:
    if isinstance(value, str):
        return "forbidden_characters" if has_forbidden(value) else None
    if isinstance(value, float) and not math.isfinite(value):
        return "not_finite"
    if isinstance(value, int) and abs(value) > 2**63:
        return "not_finite"
    return None


def _check_values(parsed: Any) -> None:
    faults = [
        Fault("body", pointer, code)
        for pointer, value in _values(parsed)
        if (code := _fault_of(value)) is not None
    ]
    if faults:
        raise WrongInput(_few(faults))


def _few(faults: list[Fault]) -> list[Fault]:
    return faults[:MAX_FAULTS]


def _escaped(part: object) -> str:
    """One step of a JSON pointer; a name that was made up by the caller may be anything, so what
    could not be a field of ours is not repeated."""
    text = str(part)
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", text) or re.search(r"\d{7}", text):
        return "/?"
    return "/" + text


def _refusal(error: ValidationError, place: str, raw: bytes | None = None) -> Exception:
    found = error.errors(include_url=False, include_input=False)
    if any(each["type"] == "json_invalid" for each in found):
        return Malformed()
    parsed = None if raw is None else _parsed(raw)
    return WrongInput(_few([_fault(each, place, parsed) for each in found]))


def _fault(found: ErrorDetails, place: str, parsed: Any) -> Fault:
    kind, location = found["type"], found["loc"]
    pointer = _plain(location) if place == "query" else _pointer(location, parsed, kind)
    facts = {name: fact for name, fact in found.get("ctx", {}).items() if name in _FACTS}
    return Fault(place, pointer, _CODES.get(kind, kind), facts)


def _plain(location: tuple[int | str, ...]) -> str:
    return _escaped(location[0]) if location else ""


def _pointer(location: tuple[int | str, ...], parsed: Any, kind: str) -> str:
    """The pointer into what was sent; steps that pydantic adds (a union's tag) are left out."""
    pointer, here = "", parsed
    for place, step in enumerate(location):
        absent = kind == "missing" and place == len(location) - 1
        if isinstance(here, dict) and isinstance(step, str) and (step in here or absent):
            pointer, here = pointer + _escaped(step), here.get(step)
        elif isinstance(here, list) and isinstance(step, int) and step < len(here):
            pointer, here = f"{pointer}/{step}", here[step]
    return pointer
