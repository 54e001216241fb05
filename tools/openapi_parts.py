"""What every OpenAPI document of ours shares: problems, headers, ways to prove who calls."""

import importlib
import inspect
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, Field, TypeAdapter

from shared.api.dispatch import BEHALF_HEADER, ROLE_HEADER
from shared.api.inputs import VISIBLE
from shared.api.problems import CONTENT_TYPE
from shared.api.routes import Route
from shared.domain import Aggregate, CodeEnum, CodeOf
from shared.identity.claims import ACT_FOR_FAMILY, REPRESENTED

Json = dict[str, Any]

REF = "#/components/schemas/"
LICENCE = {"name": "MIT", "identifier": "MIT"}

# What whoever reads one document alone must know to call anything in it.
EVERY_API = """\
Refusals are `application/problem+json`: decide by `code`, which never changes, and show `detail` \
to people. Send a command again after a time-out, 429 or 503 under the same `Idempotency-Key`. A \
list goes on while `next_cursor` is not null: ask again with it as `cursor` and the same filters. \
Answers may get more fields, and lists more codes. Ids say nothing; times are UTC.\
"""
CODE_LISTS = """\
 A field with `x-code-list` holds a code of that list of `GET /v1/reference`, which has the labels.\
"""

_STATUS_TEXT = {
    400: "The body is no JSON.",
    401: "Nobody we recognise is calling.",
    403: "Visible to the caller, but not theirs to do.",
    404: "Absent, or not for the caller to know of.",
    409: "The state refuses this step; `next_steps` are the legal ones. Where the state itself is "
    "the reason, `code` names it, such as `match_is_ended`.",
    410: "The link was used; ask for another one.",
    412: "`If-Match` names an older version, or is no `ETag` of a record.",
    413: "The body is larger than 64 KiB.",
    422: "A field, parameter or header is missing, unknown or wrong.",
    428: "A header that makes the call safe is missing.",
    429: "Too many requests; see `Retry-After`.",
    503: "A part we need is down; nothing was lost, see `Retry-After`.",
}

# What the edge itself says for any operation; an operation names its own codes beside these.
_CODES = {
    400: ("invalid_json",),
    401: ("unauthenticated", "not_signed", "sign_in_again", "wrong_audience"),
    403: ("forbidden", "not_bound", "role_not_held", "wrong_caller"),
    404: ("not_found",),
    409: ("changed_meanwhile",),
    412: ("invalid_if_match", "version_outdated"),
    413: ("body_too_large",),
    422: (
        "invalid_input", "bad_cursor", "idempotency_key_reused", "invalid_idempotency_key",
        "region_required", "role_required", "too_deep", "unexpected_body", "unknown_district",
        "unknown_region", "unsupported_content_type",
    ),
    428: ("idempotency_key_required", "if_match_required"),
    429: ("too_many",),
    503: ("unavailable",),
}  # fmt: skip

_WAITS = {
    409: "Another change came first: repeat after so many seconds. Absent where only another step "
    "helps.",
    429: "Repeat after so many seconds; absent where one address asked too much: then wait a "
    "minute.",
    503: "Repeat after so many seconds, under the same `Idempotency-Key`; absent where the gateway "
    "could not reach the service.",
}

_SECURITY: dict[str, Json] = {
    "person": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "machine": {"type": "http", "scheme": "bearer"},
    "store": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "webhook": {"type": "apiKey", "in": "header", "name": "webhook-signature"},
}
_SECURITY_TEXT = {
    "person": "The ID token of the user pool (its access token names no region), a token of any "
    "other OIDC issuer configured, or that of a person without an account, who has proved a "
    "contact (`/v1/sign-ins`).",
    "machine": "A token issued to a bot or an integrator.",
    "store": "The key of a partner's till, checked by the handler.",
    "webhook": "The provider's own proof: that of Standard Webhooks (with `webhook-id` and "
    "`webhook-timestamp`), or what the provider signs with, in its own header, form or address.",
}


T = TypeVar("T")
# Left out, and never null, where there is nothing to say.
Unsaid = Annotated[T | None, Field(exclude_if=lambda said: said is None)]


class FieldProblem(BaseModel):
    """One wrong field, parameter or header."""

    place: Literal["body", "query", "header"] = Field(alias="in")
    pointer: str = Field(description="JSON pointer (RFC 6901)")
    code: str
    detail: str = Field(description="What to put right, in Russian")


class NextStep(BaseModel):
    """A step that the state would accept."""

    action: str
    title: Unsaid[str] = Field(None, description="What can be done, in Russian")


class Problem(BaseModel):
    """A refusal (RFC 9457): `code` is stable, `title` and `detail` are Russian."""

    type: str = Field(examples=["urn:ryadom:problem:not_found"])
    title: str
    status: int = Field(examples=[404])
    detail: Unsaid[str] = Field(None, description="What to do next, for people")
    code: str = Field(examples=["not_found"], description="What to decide by; `x-codes` lists them")
    correlation_id: str
    errors: Unsaid[list[FieldProblem]] = Field(None, description="What is wrong with the input")
    next_steps: Unsaid[list[NextStep]] = Field(None, description="What the state would accept")


def header_parameters() -> dict[str, Json]:
    """Return the headers of ours, as components."""
    version = {"type": "string", "examples": ['"3"']}
    return {
        "CorrelationId": _header(
            "X-Correlation-Id",
            "A UUID or ULID that follows everything this request causes; anything else is ignored.",
            {"type": "string"},
        ),
        "IdempotencyKey": _header(
            "Idempotency-Key",
            "Any text of the caller's own, a UUID at best: the same key gives the same answer and "
            "has its effect once; other data under it is refused with 422. Kept for 7 days. "
            "Callers without a token share theirs, so one that can be guessed may be taken.",
            {"type": "string", "pattern": f"^{VISIBLE.pattern}$"},
            required=True,
        ),
        "IfMatch": _header("If-Match", "The version, from `ETag`.", version, required=True),
        "IfNoneMatch": _header(
            "If-None-Match", "The `ETag` of the answer that the client has.", {"type": "string"}
        ),
        "IfMatchOptional": _header(
            "If-Match", "Refuse the step when the version, from `ETag`, is outdated.", version
        ),
        "RyadomRole": _header(
            ROLE_HEADER,
            "The one of the caller's roles to act in; needed only by those who have several.",
            {"type": "string"},
        ),
        "RyadomOnBehalfOf": _header(
            BEHALF_HEADER,
            "The family that a bot has proved to speak for.",
            {"type": "string", "pattern": f"^{REPRESENTED.pattern}$"},
        ),
    }


TRACED: Json = {"X-Correlation-Id": {"$ref": "#/components/headers/CorrelationId"}}


def answer_headers() -> dict[str, Json]:
    """Return the headers that every answer has, as components."""
    return {
        "CorrelationId": {
            "description": "Follows everything that the request has caused; name it when you ask "
            "about an answer. Absent where the gateway itself refuses.",
            "schema": {"type": "string"},
        }
    }


def _header(name: str, description: str, schema: Json, required: bool = False) -> Json:
    return {
        "name": name,
        "in": "header",
        "required": required,
        "description": description,
        "schema": schema,
    }


# What a provider sends is described by the provider, or on a page of ours for it.
PUSHED: Json = {
    "required": True,
    "description": "As the provider sends it.",
    "content": {
        "application/json": {"schema": {}},
        "application/x-www-form-urlencoded": {
            "schema": {"type": "object", "additionalProperties": {"type": "string"}}
        },
    },
}
PAGE: Json = {"text/html": {"schema": {"type": "string"}}}
WORDS: Json = {"text/plain": {"schema": {"type": "string"}}}


def no_page(status: int) -> Json:
    """Return a refusal that a person reads in a browser."""
    return {
        "description": "There is nothing to show, or nothing has such an id.",
        "content": PAGE | {CONTENT_TYPE: {"schema": {"$ref": f"{REF}Problem"}}},
    } | _headers_of(status)


def problem_responses() -> dict[str, Json]:
    """Return the refusals by status, as components."""
    content = {CONTENT_TYPE: {"schema": {"$ref": f"{REF}Problem"}}}
    return {
        f"Problem{status}": {
            "description": " ".join((text, *map("`{}`".format, _CODES.get(status, ())))),
            "content": content,
        }
        | _headers_of(status)
        for status, text in _STATUS_TEXT.items()
    }


def general_codes() -> set[str]:
    """Return the codes that any operation may answer."""
    return {code for codes in _CODES.values() for code in codes}


def _headers_of(status: int) -> Json:
    """Name the headers of a refusal: how to prove who calls, or whole seconds to wait."""
    headers = dict(TRACED)
    if status == 401:
        text = (
            "How to prove who calls (a till: `ApiKey`, a provider: `Signature`, else `Bearer`); "
            "absent where the gateway itself refuses."
        )
        headers["WWW-Authenticate"] = {"description": text, "schema": {"type": "string"}}
    if status in _WAITS:
        seconds = {"type": "integer", "minimum": 0}
        headers["Retry-After"] = {"description": _WAITS[status], "schema": seconds}
    return {"headers": headers}


def security_schemes(callers: list[str], scopes: Mapping[str, list[str]]) -> dict[str, Json]:
    """How each kind of caller proves itself, and what the token of a machine may be made for."""
    texts = _SECURITY_TEXT | {"machine": f"{_SECURITY_TEXT['machine']} {_scopes(scopes)}"}
    return {name: _SECURITY[name] | {"description": texts[name]} for name in callers}


def _scopes(scopes: Mapping[str, list[str]]) -> str:
    named = "".join(f" `{each}` allows: {', '.join(of)}." for each, of in sorted(scopes.items()))
    return (
        f"It is made for regions and scopes.{named} `{ACT_FOR_FAMILY}` lets a bot say in "
        "`Ryadom-On-Behalf-Of` for whom it does what that person may do."
    )


def tags(routes: Iterable[Route]) -> list[Json]:
    """Describe the aggregates that the routes belong to, by name."""
    found = {each["name"]: each for each in map(tag, routes)}
    return [found[name] for name in sorted(found)]


def tag(route: Route) -> Json:
    """Describe the aggregate of a route, or the part of the kernel that it comes from."""
    names = route.handler.__module__.split(".")
    package = ".".join(names[: 3 if names[0] == "services" else 2])
    package = {"shared.api": "shared.reference"}.get(package, package)
    about = inspect.getdoc(importlib.import_module(package)) or ""
    name = {"shared.sign_in": "sign_ins"}.get(package, package.rpartition(".")[2])
    return {"name": name.replace("_", "-"), "description": about.partition("\n")[0]}


def status_of_any(package: str) -> Json:
    """Return the schema of the status of any aggregate of a service, which names their lists."""
    lists = sorted({status.code_list for status in _statuses(Aggregate, package)})
    return TypeAdapter(Annotated[str, CodeOf(*lists)] | None).json_schema() if lists else {}


def _statuses(kind: type[Aggregate], package: str) -> Iterator[type[CodeEnum]]:
    """Yield the lists of states of a kind of aggregate, and of those made from it."""
    if kind.__module__.startswith(package):
        field, reckoned = kind.model_fields.get("status"), getattr(kind, "status", None)
        getter = reckoned.fget if isinstance(reckoned, property) else None
        said = field.annotation if field else getattr(getter, "__annotations__", {}).get("return")
        if isinstance(said, type) and issubclass(said, CodeEnum):
            yield said
    for each in kind.__subclasses__():
        yield from _statuses(each, package)
