"""Reading untrusted input: what a request says, refused early and without repeating it.

Nothing here keeps or shows a value that was refused. A body is measured before it is parsed,
its depth, characters and numbers are checked before a model sees it, and a model sees it strictly:
unknown fields, `"5"` for 5 and NaN are refused whatever the model itself allows.
"""

import base64
import re
from codecs import BOM_UTF8
from collections.abc import Mapping
from functools import cached_property
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, TypeVar
from urllib.parse import unquote

from pydantic import BaseModel, ValidationError

from shared import ids
from shared.api import json_guard
from shared.api.faults import refusal
from shared.api.json_guard import escaped, has_forbidden
from shared.api.problems import FieldError, Malformed, TooLarge, WrongInput
from shared.errors import Invalid, NotFound, PreconditionFailed, PreconditionRequired
from shared.redaction import is_identifier

M = TypeVar("M", bound=BaseModel)

MAX_BODY = 64 * 1024
HOUSEHOLD = 64
VISIBLE = re.compile(r"[\x21-\x7e]{1,255}")
_VERSION = re.compile(r'(?P<quote>"?)(?P<version>[0-9]{1,15})(?P=quote)')


class Request:
    """What a handler may know of the HTTP request beyond its typed inputs.

    Handlers of `store` and `webhook` routes verify their caller with `header` and `raw_body`.
    """

    def __init__(self, event: Mapping[str, Any]) -> None:
        self.event = event
        self.context: Mapping[str, Any] = event.get("requestContext") or {}

    @cached_property
    def _headers(self) -> dict[str, str]:
        given = self.event.get("headers") or {}
        return {str(name).lower(): str(value) for name, value in given.items()}

    def header(self, name: str) -> str | None:
        """Return a header, by its name in any case."""
        return self._headers.get(name.lower())

    def path_value(self, name: str) -> str:
        """Return a value of the path as it was sent, for a caller that proves itself by it."""
        return str((self.event.get("pathParameters") or {}).get(name) or "")

    @cached_property
    def raw_body(self) -> bytes:
        """The body as it was sent; refused when it is too large."""
        return self.body(MAX_BODY)

    def body(self, longest: int) -> bytes:
        """Return the body as it was sent; refused when it has more bytes."""
        body = str(self.event.get("body") or "")
        if self.event.get("isBase64Encoded"):
            raw = _decoded(body)
        else:
            raw = body.encode("utf-8", "surrogatepass")
        if len(raw) > longest:
            raise TooLarge(longest)
        return raw

    @property
    def idempotency_key(self) -> str:
        """The key that makes a command happen once: 428 without one, 422 when it is no key."""
        given = self.header("Idempotency-Key")
        if not given:
            raise PreconditionRequired("idempotency_key_required")
        if not VISIBLE.fullmatch(given):
            raise Invalid("invalid_idempotency_key", "Idempotency-Key")
        return given

    @property
    def if_match(self) -> int | None:
        """The version that the caller saw; what is no tag of a record matches none."""
        given = self.header("If-Match")
        if given is None:
            return None
        version = _VERSION.fullmatch(given.strip())
        if version is None:
            raise PreconditionFailed("invalid_if_match")
        return int(version["version"])

    def knows(self, tag: str) -> bool:
        """Return whether the client has the answer of that tag already."""
        given = (self.header("If-None-Match") or "").split(",")
        return any(each.strip().removeprefix("W/") in (tag, "*") for each in given)

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
    def route(self) -> str:
        """The pattern of the path that the gateway has found for this request."""
        return str(self.context.get("resourcePath") or "")

    @property
    def source_address(self) -> str:
        """What counts as the caller's network address, for counters; never logged.

        Of version 6 it is the network of a household, which may change the rest at will.
        """
        address = str((self.context.get("identity") or {}).get("sourceIp") or "")
        try:
            known = ip_address(address)
        except ValueError:
            return address
        if isinstance(known, IPv6Address):
            return str(known.ipv4_mapped or ip_network((known, HOUSEHOLD), strict=False))
        return address

    @property
    def authorizer(self) -> Mapping[str, Any] | None:
        """What the platform's authorizer vouches for."""
        vouched = self.context.get("authorizer")
        return vouched if vouched and "principalId" in vouched else None


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise Malformed from None


def read_body(request: Request, model: type[M], device_text: bool = False) -> M:
    """Return the body as its model; refuse it with the JSON pointer of each fault."""
    # RFC 8259 lets a reader ignore the mark that some programs write before a text.
    raw = request.raw_body.removeprefix(BOM_UTF8) or b"{}"
    if request.raw_body:
        require_json(request)
    json_guard.check(raw, device_text)
    try:
        return model.model_validate_json(raw, strict=True, extra="forbid")
    except ValidationError as error:
        raise refusal(error, "body", raw) from None


def require_no_body(request: Request) -> None:
    """Refuse data where none is taken, rather than ignoring what the caller meant."""
    if request.raw_body.strip() not in (b"", b"{}"):
        raise Invalid("unexpected_body")


def require_json(request: Request) -> None:
    """Refuse a body that does not call itself JSON."""
    kind = (request.header("Content-Type") or "application/json").partition(";")[0]
    if kind.strip().lower() != "application/json":
        raise Invalid("unsupported_content_type")


def read_query(event: Mapping[str, Any], model: type[M] | None, of_page: bool = False) -> M | None:
    """Return the query as its model; refuse a parameter given twice instead of taking one.

    What messengers and mail add to the address of a page (`of_page`) is left out.
    """
    given = event.get("multiValueQueryStringParameters") or {
        name: [value] for name, value in (event.get("queryStringParameters") or {}).items()
    }
    if of_page:
        given = {n: v for n, v in given.items() if model and n in model.model_fields}
    faults = [
        FieldError("query", escaped(name), "repeated") for name, v in given.items() if len(v) > 1
    ]
    values = {name: value[0] for name, value in given.items() if value}
    faults += [
        FieldError("query", escaped(name), "forbidden_characters")
        for name, value in values.items()
        if has_forbidden(name) or has_forbidden(value)
    ]
    if model is None:
        faults += [FieldError("query", escaped(name), "unknown_field") for name in values]
    if faults:
        raise WrongInput(faults)
    if model is None:
        return None
    try:
        return model.model_validate_strings(values, extra="forbid")
    except ValidationError as error:
        raise refusal(error, "query") from None


def read_path(event: Mapping[str, Any], model: type[M]) -> M:
    """Return the values of the path; one that no id could have names nothing, so it is a 404."""
    given = {name: unquote(text) for name, text in (event.get("pathParameters") or {}).items()}
    if any("/" in text or has_forbidden(text) for text in given.values()):
        raise NotFound("path")
    try:
        return model.model_validate_strings(given)
    except ValidationError:
        raise NotFound("path") from None
