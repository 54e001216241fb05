"""Refusals in words: RFC 9457 documents with a stable English code and a Russian text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared import errors
from shared.message_catalogue import Catalogue

CONTENT_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:ryadom:problem:"
MAX_FAULTS = 50


class Malformed(errors.DomainError):
    """The body is no JSON at all: the only 400."""

    code = "invalid_json"


class TooLarge(errors.DomainError):
    """The body is larger than any form of ours; it was not even parsed."""

    def __init__(self, limit: int) -> None:
        super().__init__("body_too_large", limit_kib=limit // 1024)


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field that is wrong: its place, and a code with the facts that its sentence may name."""

    place: str
    pointer: str
    code: str
    facts: Mapping[str, object] = field(default_factory=dict)


class WrongInput(errors.DomainError):
    """Fields are missing, unknown or wrong; all of them are listed at once, up to MAX_FAULTS."""

    code = "invalid_input"

    def __init__(self, faults: list[FieldError]) -> None:
        super().__init__()
        self.faults = faults[:MAX_FAULTS]


class Failure(errors.DomainError):
    """A failure of ours: the answer says how to ask about it and not what it was."""

    code = "internal_error"


_STATUS: dict[type, int] = {
    Malformed: 400,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Gone: 410,
    errors.PreconditionFailed: 412,
    TooLarge: 413,
    errors.Invalid: 422,
    WrongInput: 422,
    errors.PreconditionRequired: 428,
    errors.RateLimited: 429,
    Failure: 500,
    errors.Unavailable: 503,
    errors.DomainError: 409,
}


def status_of(error: errors.DomainError) -> int:
    """Return the HTTP status that an error answers with."""
    return next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)


def _faults(error: errors.DomainError, *, has_body: bool) -> list[FieldError]:
    if isinstance(error, WrongInput):
        return error.faults
    if isinstance(error, errors.Invalid | errors.NotFound) and error.pointer:
        return [_fault(error, error.pointer, has_body=has_body)]
    return []


def _fault(error: errors.DomainError, pointer: str, *, has_body: bool) -> FieldError:
    """Locate what a rule refused: a field of the body by pointer, a parameter or header by name.

    A rule that commands and lists share gives a pointer, which in a list is a parameter's name.
    """
    if pointer.startswith("/") and has_body:
        return FieldError("body", pointer, error.code, error.facts)
    name = pointer.removeprefix("/")
    place = "header" if name[0].isupper() else "query"
    return FieldError(place, f"/{name}", error.code, error.facts)


def _said(code: str, facts: Mapping[str, object], catalogue: Catalogue) -> str:
    """Return the name of a refusal's text: a region is chosen from a list, a record often typed."""
    closer = f"{code}_{facts['what']}" if "what" in facts else code
    return closer if catalogue.has(closer) else code


def document(
    error: errors.DomainError, catalogue: Catalogue, correlation_id: str, *, has_body: bool
) -> dict[str, Any]:
    """Return the problem document of a refusal, of a request that has a body or none."""
    status = status_of(error)
    title, detail = catalogue.text(_said(error.code, error.facts, catalogue), status, error.facts)
    problem: dict[str, Any] = {"type": TYPE_PREFIX + error.code, "title": title, "status": status}
    if detail:
        problem["detail"] = detail
    problem |= {"code": error.code, "correlation_id": correlation_id}
    if faults := _faults(error, has_body=has_body):
        problem["errors"] = [
            {
                "in": fault.place,
                "pointer": fault.pointer,
                "code": fault.code,
                "detail": catalogue.field_text(
                    _said(fault.code, fault.facts, catalogue), fault.facts
                ),
            }
            for fault in faults
        ]
    if isinstance(error, errors.IllegalStep):
        problem["next_steps"] = [catalogue.step(verb) for verb in error.next_steps]
    return problem
