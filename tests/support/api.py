"""Call an app as the gateway would, in process: `Api(app).as_(principal).post("/x", {...})`.

The client builds API Gateway's proxy event with the authorizer's context, so everything from the
event on is the code that runs in Lambda; only the gateway and the authorizer are left out.
"""

import json
import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from shared.api.app import ServiceApp
from shared.api.problems import CONTENT_TYPE as PROBLEM
from shared.message_catalogue import ROOT
from shared.principal import Principal
from tests.support.permitted_steps import strange
from tests.support.shown_codes import Spot, answers_of

TOLD_HEADERS = frozenset(
    {
        "ETag",
        "Idempotency-Replayed",
        "Location",
        "Retry-After",
        "WWW-Authenticate",
        "X-Correlation-Id",
    }
)
REQUEST_ID = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        """The body as plain values."""
        return json.loads(self.text)

    @property
    def code(self) -> str:
        """The stable code of a problem."""
        return str(self.json["code"])

    @property
    def etag(self) -> str:
        """What to send as `If-Match`."""
        return self.headers["ETag"]


@dataclass(frozen=True)
class Api:
    """An app, and who calls it; `within` sets the stage around each call (its environment)."""

    app: ServiceApp
    principal: Principal | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    within: Callable[[str], AbstractContextManager[Any]] = nullcontext
    address: str = "192.0.2.1"

    def as_(self, principal: Principal | None) -> "Api":
        """The same app, called by somebody else."""
        return replace(self, principal=principal)

    def with_(self, **headers: str) -> "Api":
        """The same app, with more headers: `with_(Ryadom_Role="regional_hq")`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={**self.headers, **named})

    def get(self, path: str, **more: Any) -> Answer:
        """A read."""
        return self.call("GET", path, **more)

    def post(self, path: str, body: Any = None, key: str | None = None, **more: Any) -> Answer:
        """A command under an idempotency key, or a question."""
        return self.call("POST", path, body, key=key, **more)

    def put(self, path: str, body: Any, if_match: str | int | None = None, **more: Any) -> Answer:
        """A replacement."""
        return self.call("PUT", path, body, if_match=if_match, **more)

    def patch(self, path: str, body: Any, if_match: str | int | None = None, **more: Any) -> Answer:
        """A change."""
        return self.call("PATCH", path, body, if_match=if_match, **more)

    def delete(self, path: str, if_match: str | int | None = None, **more: Any) -> Answer:
        """A removal."""
        return self.call("DELETE", path, if_match=if_match, **more)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        if_match: str | int | None = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Any request; `body` is sent as JSON unless it is text already."""
        sent = {"Content-Type": "application/json", **self.headers, **(headers or {})}
        if key is not None:
            sent["Idempotency-Key"] = key
        if if_match is not None:
            sent["If-Match"] = str(if_match)
        event = self.event(method, path, body, sent, query or {})
        with self.within(event["path"]):
            answer = _answer(self.app(event, SimpleNamespace(aws_request_id=REQUEST_ID)))
        self._promised(method, event["resource"], answer)
        return answer

    def _promised(self, method: str, resource: str, answer: Answer) -> None:
        """Hold every answer to the statuses, headers, codes and lists of its service's document."""
        promised = _promises(self.app.app_name).get((method, resource))
        if promised is None or answer.status == HTTPStatus.INTERNAL_SERVER_ERROR:
            return
        assert answer.status in promised, f"{method} {resource}: undocumented {answer.status}"
        told = {*answer.headers} & TOLD_HEADERS
        assert told <= promised[answer.status], f"{method} {resource}: undocumented {told}"
        is_json = "json" in answer.headers.get("Content-Type", "")
        if answer.headers.get("Content-Type") == PROBLEM:
            known = _codes(self.app.app_name)
            assert answer.code in known, f"{method} {resource}: undocumented {answer.code}"
        if is_json and answer.status in (HTTPStatus.CONFLICT, HTTPStatus.GONE):
            steps = [step["action"] for step in answer.json.get("next_steps", ())]
            wrong = strange(self.app.app_name, self.principal, steps)
            assert not wrong, f"{method} {resource}: {wrong} is of other roles"
        shown = _shown(self.app.app_name).get((method, resource, answer.status))
        if shown is not None and is_json:
            faults = [*shown.faults(answer.json)]
            assert faults == [], f"{method} {resource}: codes without their list: {faults}"

    def event(
        self,
        method: str,
        path: str,
        body: Any,
        headers: Mapping[str, str],
        query: Mapping[str, Any],
    ) -> dict[str, Any]:
        """The proxy event of a request."""
        parts = urlsplit(self._absolute(path))
        resource, parameters = self._match(method, parts.path)
        many: dict[str, list[str]] = {}
        for name, value in [*parse_qsl(parts.query, True), *query.items()]:
            many.setdefault(name, []).append(str(value))
        return {
            "resource": resource,
            "path": parts.path,
            "httpMethod": method,
            "headers": dict(headers),
            "multiValueHeaders": {name: [value] for name, value in headers.items()},
            "queryStringParameters": {name: values[-1] for name, values in many.items()} or None,
            "multiValueQueryStringParameters": many or None,
            "pathParameters": parameters or None,
            "stageVariables": None,
            "requestContext": self._context(method, resource, parts.path),
            "body": body if body is None or isinstance(body, str) else json.dumps(body),
            "isBase64Encoded": False,
        }

    def _context(self, method: str, resource: str, path: str) -> dict[str, Any]:
        context: dict[str, Any] = {
            "resourcePath": resource,
            "httpMethod": method,
            "path": path,
            "requestId": REQUEST_ID,
            "stage": "api",
            "identity": {"sourceIp": self.address},
        }
        if self.principal is not None:
            context["authorizer"] = {"principalId": self.principal.id, **self.principal.context()}
        return context

    def _absolute(self, path: str) -> str:
        """Any spelling of a path: as declared, with the version, or a whole `Location`."""
        path = path.removeprefix(f"/{self.app.app_name}{self.app.base}")
        return self.app.base + path.removeprefix(self.app.base)

    def _match(self, method: str, path: str) -> tuple[str, dict[str, str]]:
        """The route's pattern; exact paths win over parameters, as in the gateway."""
        # Chalice adds a path without methods to its table when one that it has not is asked for.
        declared = tuple(path for path, methods in self.app.routes.items() if methods)
        for pattern, shape in _shapes(declared):
            if (found := shape.fullmatch(path)) and method in self.app.routes[pattern]:
                return pattern, {n: quote(v, safe="%") for n, v in found.groupdict().items()}
        return path, {}


@cache
def _shown(service: str) -> Mapping[tuple[str, str, int], Spot]:
    """What each answer of a service shows, as its committed document says, if it has one."""
    path = ROOT / "docs" / "api" / f"{service}.json"
    return answers_of(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


@cache
def _codes(service: str) -> frozenset[str]:
    """The codes of refusals that the committed document of a service names."""
    document = json.loads((ROOT / "docs" / "api" / f"{service}.json").read_text(encoding="utf-8"))
    return frozenset(document["components"]["schemas"]["Problem"]["properties"]["code"]["x-codes"])


@cache
def _promises(service: str) -> Mapping[tuple[str, str], Mapping[int, frozenset[str]]]:
    """Headers by status of each operation in the committed document of a service, if it has one."""
    path = ROOT / "docs" / "api" / f"{service}.json"
    if not path.is_file():
        return {}
    document = json.loads(path.read_text(encoding="utf-8"))
    shared = document["components"]["responses"]
    return {
        (method.upper(), resource): {
            int(status): frozenset(
                (shared[told["$ref"].rpartition("/")[2]] if "$ref" in told else told).get(
                    "headers", ()
                )
            )
            for status, told in operation["responses"].items()
        }
        for resource, methods in document["paths"].items()
        for method, operation in methods.items()
    }


@lru_cache
def _shapes(patterns: tuple[str, ...]) -> list[tuple[str, re.Pattern[str]]]:
    return [
        (each, re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(each))))
        for each in sorted(patterns, key=lambda known: (known.count("{"), known))
    ]


def _answer(raw: dict[str, Any]) -> Answer:
    headers = dict(raw["headers"])
    headers |= {name: ", ".join(v) for name, v in raw.get("multiValueHeaders", {}).items()}
    return Answer(status=raw["statusCode"], headers=headers, text=raw["body"])
