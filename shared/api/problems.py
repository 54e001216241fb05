"""Refusals in words: RFC 9457 documents with a stable English code and a Russian text.

Texts live in catalogues, a service's `problems.toml` over the kernel's own. A table `[code]` has
`title` and `detail`, whose `{placeholders}` are facts of the error; `[validation]` has one
sentence per kind of wrong field; `[next_steps]` one label per verb that a person may do instead.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from shared import errors

ROOT = Path(__file__).resolve().parents[2]
KERNEL = "shared/problems.toml"
CONTENT_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:ryadom:problem:"
MAX_FAULTS = 50
TABLES_OF_WORDS = frozenset({"validation", "next_steps"})


class Malformed(errors.DomainError):
    """The body is no JSON at all: the only 400."""

    code = "invalid_json"


class TooLarge(errors.DomainError):
    """The body is larger than any form of ours; it was not even parsed."""

    def __init__(self, limit: int) -> None:
        super().__init__("body_too_large", limit_kib=limit // 1024)


@dataclass(frozen=True, slots=True)
class Fault:
    """One field that is wrong: where it stands, and a code with what its sentence may name."""

    place: str
    pointer: str
    code: str
    facts: Mapping[str, object] = field(default_factory=dict)


class WrongInput(errors.DomainError):
    """Fields are missing, unknown or wrong; all of them are told at once, up to MAX_FAULTS."""

    code = "invalid_input"

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__()
        self.faults = faults[:MAX_FAULTS]


class Failure(errors.DomainError):
    """A failure of ours: nothing of its cause is told, only how to ask about it."""

    code = "internal_error"


_STATUS: dict[type, int] = {
    Malformed: 400,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.PreconditionFailed: 412,
    TooLarge: 413,
    errors.Invalid: 422,
    WrongInput: 422,
    errors.PreconditionRequired: 428,
    errors.TooMany: 429,
    Failure: 500,
    errors.Unavailable: 503,
    errors.DomainError: 409,
}


def status_of(error: errors.DomainError) -> int:
    """The HTTP status that an error answers with."""
    return next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)


@cache
def _table(path: Path) -> dict[str, dict[str, str]]:
    import tomllib  # only who refuses something pays for it

    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _shown(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%d.%m.%Y %H:%M UTC")
    if isinstance(value, date):
        return value.strftime("%d.%m.%Y")
    return value


def _fill(text: str, facts: Mapping[str, object]) -> str:
    """A sentence with its facts; none at all rather than one with a hole."""
    try:
        return text.format_map({name: _shown(value) for name, value in facts.items()})
    except (KeyError, IndexError, ValueError):
        return ""


class Catalogue:
    """The texts of one service; its files are read when the first refusal needs them."""

    def __init__(self, *paths: str) -> None:
        self._paths = (*paths, KERNEL)

    def _find(self, table: str) -> dict[str, str] | None:
        found = (_table(ROOT / path).get(table) for path in self._paths)
        return next((entry for entry in found if entry is not None), None)

    def _word(self, table: str, name: str) -> str | None:
        tables = (_table(ROOT / path).get(table, {}) for path in self._paths)
        return next((words[name] for words in tables if name in words), None)

    def knows(self, code: str) -> bool:
        """Whether a code has a text of its own."""
        return code not in TABLES_OF_WORDS and self._find(code) is not None

    def text(self, code: str, status: int, facts: Mapping[str, object]) -> tuple[str, str]:
        """Title and detail of a refusal; a code without a text speaks as its status."""
        entry = self._find(code) or self._find(f"status_{status}") or {}
        return _fill(entry.get("title", ""), facts), _fill(entry.get("detail", ""), facts)

    def field_text(self, code: str, facts: Mapping[str, object]) -> str:
        """The sentence about one wrong field."""
        own = self._word("validation", code) or (self._find(code) or {}).get("detail")
        return _fill(own or self._word("validation", "other") or "", facts)

    def step(self, verb: str) -> dict[str, str]:
        """A legal next step: its verb and, where the catalogue has one, its label."""
        label = self._word("next_steps", verb)
        return {"action": verb} if label is None else {"action": verb, "title": label}


def _faults(error: errors.DomainError) -> list[Fault]:
    if isinstance(error, WrongInput):
        return error.faults
    if isinstance(error, errors.Invalid) and error.pointer:
        return [_fault(error, error.pointer)]
    return []


def _fault(error: errors.Invalid, pointer: str) -> Fault:
    """A rule names a field of the body by its pointer, a parameter or header by its name."""
    if pointer.startswith("/"):
        return Fault("body", pointer, error.code, error.facts)
    place = "header" if pointer[0].isupper() else "query"
    return Fault(place, f"/{pointer}", error.code, error.facts)


def document(
    error: errors.DomainError, catalogue: Catalogue, correlation_id: str
) -> dict[str, Any]:
    """The problem document of a refusal."""
    status = status_of(error)
    title, detail = catalogue.text(error.code, status, error.facts)
    told: dict[str, Any] = {"type": TYPE_PREFIX + error.code, "title": title, "status": status}
    if detail:
        told["detail"] = detail
    told |= {"code": error.code, "correlation_id": correlation_id}
    if faults := _faults(error):
        told["errors"] = [
            {
                "in": fault.place,
                "pointer": fault.pointer,
                "code": fault.code,
                "detail": catalogue.field_text(fault.code, fault.facts),
            }
            for fault in faults
        ]
    if isinstance(error, errors.RuleBroken):
        told["next_steps"] = [catalogue.step(verb) for verb in error.next_steps]
    return told
