"""What may be written of a value or an error in a place that outlives the request.

Strings are let through only when they look like an id, or like a code in a field that holds codes;
everything else becomes `[redacted]`, so that a mistake in a caller costs a field and not a person's
privacy: the name of an account looks like a code, too. Errors are written by type and frames, never
by message: a message may quote the input.
"""

import re
from collections.abc import Iterator
from itertools import islice
from traceback import walk_tb
from types import TracebackType
from typing import Any

from shared.settings import MissingSetting

REDACTED = "[redacted]"
# The fields that hold codes of ours: states, reasons, roles, the names of routes and functions.
CODED = frozenset(
    {"service", "function", "route", "caller", "problem", "code", "outcome", "event", "failed"}
    | {"due", "kind", "result", "method", "flow", "key_id", "function_request_id"}
    | {"correlation_id"}
)

# A UUID, a ULID, a trace id of OpenTelemetry or of X-Ray.
_IDENTIFIER = re.compile(
    r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    r"|(?:[a-z]{2,5}_)?[0-9A-HJKMNP-TV-Z]{26}"
    r"|[0-9a-f]{32}|1-[0-9a-f]{8}-[0-9a-f]{24}"
)
# A code (`regional_hq`, `store:till-1`), the type of an event (`matching.MatchProposed`), or a
# route as it is declared, its parameters by name; none of them may hide a number of many digits.
_SPEAKING_CODE = re.compile(
    r"(?!.*(?:\d[^0-9A-Za-z]?){10})"
    r"(?:[a-z][a-z0-9_.:-]{0,63}|[a-z]{1,20}\.[A-Za-z]{1,64}"
    r"|(?:GET|POST|PUT|PATCH|DELETE|OPTIONS) (?:/(?:[a-z0-9._-]{1,64}|\{[a-z_]{1,64}\})){1,12})"
)
_PROVIDER_CODE = re.compile(r"[A-Za-z.]{1,64}")
_LARGEST_NUMBER = 10**9
_MAX_CAUSES = 5


def is_identifier(text: str) -> bool:
    """Whether a text from outside may serve as a correlation id: a UUID, a ULID or a trace id."""
    return _IDENTIFIER.fullmatch(text) is not None


def safe(name: str, value: object) -> object:
    """Return a field's value as a line may hold it; what could be personal becomes `[redacted]`."""
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_safe_one(name, each) for each in value]
    return _safe_one(name, value)


def is_code(text: str) -> bool:
    """Whether a text has the form of a code, of an event's type or of a route."""
    return _SPEAKING_CODE.fullmatch(text) is not None


def _safe_one(name: str, value: object) -> object:
    if isinstance(value, str):
        passes = is_identifier(value) or (name in CODED and is_code(value))
        return value if passes else REDACTED
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        return value if abs(value) < _LARGEST_NUMBER else REDACTED
    return describe(value) if isinstance(value, BaseException) else REDACTED


def place(file: str, line: int | None, function: str | None) -> str:
    """Return a place in the code, in few words."""
    inside = file.rpartition("site-packages/")[2]
    return f"{'/'.join(inside.split('/')[-3:])}:{line}:{function}"


def _frames(trace: TracebackType | None) -> list[str]:
    codes = [(frame.f_code, line) for frame, line in walk_tb(trace)][-12:]
    return [place(code.co_filename, line, code.co_name) for code, line in codes]


def _provider_code(error: BaseException) -> str | None:
    """Return the code of an error of AWS; another library's `response` may be anything."""
    try:
        code = error.response["Error"]["Code"]  # type: ignore[attr-defined]
    except Exception:  # a property that raises must not take the line of the log along
        return None
    return code if isinstance(code, str) and _PROVIDER_CODE.fullmatch(code) else None


def describe(error: BaseException) -> dict[str, Any]:
    """Return an exception without its values: types, frames, a code or setting we know.

    The code is that of AWS, of the error or of what has caused it.
    """
    causes = list(islice(_causes(error), _MAX_CAUSES))
    facts: dict[str, Any] = {"type": type(error).__name__, "frames": _frames(error.__traceback__)}
    if code := next(filter(None, map(_provider_code, (error, *causes))), None):
        facts["code"] = code
    if isinstance(error, MissingSetting):
        facts["setting"] = error.name
    if causes:
        facts["causes"] = [type(cause).__name__ for cause in causes]
    return facts


def _causes(error: BaseException) -> Iterator[BaseException]:
    while inner := error.__cause__ or error.__context__:
        yield inner
        error = inner
