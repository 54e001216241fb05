"""The till's edge: what `shared.http.ServiceApp` guarantees, without what it costs to import.

Routes are three and written down as patterns, so Chalice is not needed to find them; forms are
read by `forms`, because pydantic alone takes longer to load than a cold check may.
A refusal is `application/problem+json`, a failure tells nothing of its cause, and each request
leaves exactly one line in the log.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from services.cards.till import forms
from services.cards.till.use_cases import Answer, Caller
from services.cards.till_rows import StoreKey, parse_store_key
from shared import observability, problems, redaction
from shared.errors import (
    DomainError,
    Invalid,
    NotFound,
    PreconditionRequired,
    Unauthenticated,
)

H = TypeVar("H", bound=Callable[..., Answer])
Event = Mapping[str, Any]

KEY_HEADER = "X-API-Key"
REPEAT_HEADER = "Idempotency-Key"
_REPEAT = re.compile(r"[\x21-\x7e]{1,255}")
_PATH_NAME = re.compile(r"{(\w+)}")
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Route:
    """One way in: a POST of a form to a path."""

    path: str
    handler: Callable[..., Answer]
    form: type[Any]
    answer: type[Any]
    pattern: re.Pattern[str]
    problems: tuple[str, ...]
    example: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The route as logs and metrics name it."""
        return f"POST {self.path}"


class Request:
    """What a gateway's event says."""

    def __init__(self, event: Event) -> None:
        self.method = str(event.get("httpMethod") or "")
        self.path = str(event.get("path") or "")
        self._event = event
        self._headers = {str(k).lower(): str(v) for k, v in (event.get("headers") or {}).items()}
        given = str((event.get("requestContext") or {}).get("requestId") or "")
        self.id = given if redaction.is_identifier(given) else "local"
        followed = self.header("X-Correlation-Id") or ""
        self.correlation_id = followed if redaction.is_identifier(followed) else self.id

    def header(self, name: str) -> str | None:
        """A header by its name in any case."""
        return self._headers.get(name.lower())

    def body(self) -> str:
        """The body as text."""
        text = str(self._event.get("body") or "")
        kind = (self.header("Content-Type") or _JSON).partition(";")[0].strip().lower()
        if text and kind != _JSON:
            raise Invalid("unsupported_content_type")
        if not self._event.get("isBase64Encoded"):
            return text
        try:
            return base64.b64decode(text[: 4 * forms.MAX_BODY], validate=True).decode("utf-8")
        except (binascii.Error, ValueError):
            raise problems.Malformed from None

    def store_key(self) -> StoreKey:
        """The key that was shown, taken apart; the use case proves it."""
        key = parse_store_key(self.header(KEY_HEADER) or "")
        if key is None:
            raise Unauthenticated("store_key_unknown")
        return key

    def repeat(self) -> str:
        """The request's own key: the same one gives the same answer."""
        given = self.header(REPEAT_HEADER)
        if not given:
            raise PreconditionRequired("idempotency_key_required")
        if not _REPEAT.fullmatch(given):
            raise Invalid("invalid_idempotency_key")
        return given


class TillApp:
    """The app as Lambda calls it."""

    def __init__(self, name: str, base: str, problems_file: str) -> None:
        self.app_name = name
        self.base = base
        self.catalogue = problems.Catalogue(problems_file)
        self.declared: list[Route] = []

    def post(
        self,
        path: str,
        *,
        form: type[Any],
        answer: type[Any],
        problems: tuple[str, ...],
        example: Mapping[str, Any],
        path_pattern: str = "",
    ) -> Callable[[H], H]:
        """Declare a route; `path_pattern` is what the path's parameters look like."""

        def register(handler: H) -> H:
            whole = self.base + path
            parts = _PATH_NAME.sub(lambda m: f"(?P<{m[1]}>{path_pattern})", whole)
            # The gateway may or may not hand over the base path that led here.
            pattern = re.compile(rf"(?:/{self.app_name})?{parts}/?")
            self.declared.append(Route(whole, handler, form, answer, pattern, problems, example))
            return handler

        return register

    def __call__(self, event: Event, context: object) -> dict[str, Any]:
        request = Request(event)
        with observability.invocation(self.app_name, "api", context):
            observability.note(
                request_id=request.id, correlation_id=request.correlation_id, route="unmatched"
            )
            try:
                status, headers, body = self._answer(request)
            except DomainError as error:
                status, headers, body = self._refusal(error, request)
            except Exception as error:
                observability.note(error=error)
                told = problems.silent(self.catalogue, request.correlation_id)
                status, headers, body = 500, {"Content-Type": problems.CONTENT_TYPE}, told
            observability.note(status=status)
            if status >= 400:
                observability.ends("failed" if status >= 500 else "refused")
            headers |= {
                "Cache-Control": "no-store",
                "X-Request-Id": request.id,
                "X-Correlation-Id": request.correlation_id,
            }
            text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
            return {"statusCode": status, "headers": headers, "body": text}

    def _answer(self, request: Request) -> tuple[int, dict[str, str], dict[str, Any]]:
        route, named = self._find(request)
        observability.note(route=route.id)
        observability.note(caller="store")
        key = request.store_key()
        form = forms.read(route.form, request.body())
        caller = Caller(key, request.repeat(), request.correlation_id)
        answer = route.handler(form, caller, **named)
        headers = {"Content-Type": _JSON}
        if answer.replayed:
            headers["Idempotency-Replayed"] = "true"
        view = answer.view
        return 200, headers, {name: getattr(view, name) for name in view.__slots__}

    def _find(self, request: Request) -> tuple[Route, dict[str, str]]:
        if request.method == "POST":
            for route in self.declared:
                if found := route.pattern.fullmatch(request.path):
                    return route, found.groupdict()
        raise NotFound("route")

    def _refusal(
        self, error: DomainError, request: Request
    ) -> tuple[int, dict[str, str], dict[str, Any]]:
        told = problems.document(error, self.catalogue, request.correlation_id)
        observability.note(problem=error.code)
        headers = {"Content-Type": problems.CONTENT_TYPE}
        if "retry_after" in error.facts:
            headers["Retry-After"] = str(error.facts["retry_after"])
        if told["status"] == 401:
            headers["WWW-Authenticate"] = "ApiKey"
        return told["status"], headers, told
