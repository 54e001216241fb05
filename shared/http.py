"""The edge of a service: a Chalice app whose handlers are typed and whose refusals are problems.

Guarantees
- a handler runs only with inputs that its models accept, for a caller its route names;
- a command under an `Idempotency-Key` has its effect once and answers the same again;
- a lost race is run again, and told (409, or 412 under `If-Match`) only when it keeps losing;
- every refusal is `application/problem+json`; a failure of ours tells nothing of its cause;
- each request leaves exactly one line in the log, with no value of the request in it.

Chalice declares and packages; at run time it finds the route. It is imported here and in `app.py`.
"""

import json
import random
import time
from collections.abc import Callable
from typing import Any, TypeVar, cast
from urllib.parse import quote

from chalice.app import Chalice, CustomAuthorizer, Response
from pydantic import BaseModel

from shared import observability, problems
from shared.cause import Cause, Once, Receipt
from shared.errors import (
    DomainError,
    Forbidden,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    Unauthenticated,
    VersionConflict,
)
from shared.principals import Principal, principal_from_authorizer_context
from shared.requests import Request, read_body, read_path, read_query, require_no_body
from shared.routes import VOUCHED, Declaration, Route, declare

F = TypeVar("F", bound=Callable[..., Any])
Headers = dict[str, str | list[str]]

RUNS = 4
ROLE_HEADER = "Ryadom-Role"
BEHALF_HEADER = "Ryadom-On-Behalf-Of"
JSON = "application/json"

# One authorizer in the platform's stack serves all; its ARN is a parameter of each service's stack.
_AUTHORIZER_URI = {
    "Fn::Sub": "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31"
    "/functions/${AuthorizerArn}/invocations"
}
_AUTHORIZER = CustomAuthorizer(
    "Callers", cast(str, _AUTHORIZER_URI), ttl_seconds=60, header="Authorization"
)


class ServiceApp(Chalice):
    """A service's routes and functions.

    `ServiceApp("intake")` serves `/intake/v1/…` with texts of `services/intake/problems.toml`; the
    till, which lives inside a service, says `problems="services/cards/till/problems.toml"`.
    """

    def __init__(self, name: str, base: str = "/v1", problems_file: str | None = None) -> None:
        super().__init__(name, configure_logs=False)
        # Chalice logs tracebacks with their values; our line tells failures without.
        self.log.disabled = True
        self.base = base
        self.catalogue = problems.Catalogue(problems_file or f"services/{name}/problems.toml")
        self.declared: list[Route] = []

    # declaring ----------------------------------------------------------------------------

    def get(self, path: str, *, caller: str, **more: Any) -> Callable[[F], F]:
        """A read."""
        return self._declaring("GET", path, caller, Declaration(**more))

    def post(self, path: str, *, caller: str, **more: Any) -> Callable[[F], F]:
        """A command (201, or `status=200` for an action), or a question asked in a body."""
        return self._declaring("POST", path, caller, Declaration(**more))

    def put(self, path: str, *, caller: str, **more: Any) -> Callable[[F], F]:
        """A replacement of the version named by `If-Match`."""
        return self._declaring("PUT", path, caller, Declaration(**more))

    def patch(self, path: str, *, caller: str, **more: Any) -> Callable[[F], F]:
        """A change of the version named by `If-Match`."""
        return self._declaring("PATCH", path, caller, Declaration(**more))

    def delete(self, path: str, *, caller: str, **more: Any) -> Callable[[F], F]:
        """A removal."""
        return self._declaring("DELETE", path, caller, Declaration(**more))

    def _declaring(
        self, method: str, path: str, caller: str, more: Declaration
    ) -> Callable[[F], F]:
        def register(handler: F) -> F:
            route = declare(method, self.base + path, handler, caller, more)
            self.declared.append(route)
            self.route(
                route.path,
                methods=[method],
                name=route.name,
                authorizer=_AUTHORIZER if route.callers <= VOUCHED else None,
                content_types=[],
            )(self._view(route))
            return handler

        return register

    def _view(self, route: Route) -> Callable[..., Response]:
        def view(**_: str) -> Response:
            if self.current_request is None:
                raise RuntimeError("a view is called by a request")
            return Exchange(self, route, self.current_request.to_original_event()).respond()

        view.__name__ = route.name
        view.__doc__ = route.handler.__doc__
        return view

    def lambda_function(self, name: str | None = None) -> Callable[[F], F]:
        """A function of this service that is no route; it leaves one line per invocation too."""

        def register(handler: F) -> F:
            told = observability.observed(name or handler.__name__, self.app_name)(handler)
            return cast(F, super(ServiceApp, self).lambda_function(name=name)(told))

        return register

    # serving ------------------------------------------------------------------------------

    def __call__(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        request = Request(event)
        with observability.invocation(self.app_name, "api", request.id) as line:
            line.correlation_id = request.correlation_id
            line.route = "unmatched"
            try:
                answer = super().__call__(event, context)
            except Exception as error:
                line.fail(error)
                answer = self._failure(request, 500)
            return self._finished(answer, request, line)

    def _finished(
        self, answer: dict[str, Any], request: Request, line: observability.Line
    ) -> dict[str, Any]:
        headers = answer.setdefault("headers", {})
        status = int(answer["statusCode"])
        if status >= 400 and headers.get("Content-Type") != problems.CONTENT_TYPE:
            answer = self._failure(request, 500 if status >= 500 else 404)
            headers, status = answer["headers"], int(answer["statusCode"])
        headers.setdefault("Cache-Control", "no-store")
        headers["X-Request-Id"] = request.id
        headers["X-Correlation-Id"] = request.correlation_id
        line.fields["status"] = status
        if line.outcome == "ok" and status >= 400:
            line.outcome = "failed" if status >= 500 else "refused"
        return answer

    def _failure(self, request: Request, status: int) -> dict[str, Any]:
        """An answer in place of one that Chalice made: a route or a method that is not ours, or a
        failure."""
        if status == 404:
            told = problems.document(NotFound("route"), self.catalogue, request.correlation_id)
        else:
            told = problems.silent(self.catalogue, request.correlation_id)
        return _problem_response(told).to_dict()


class Exchange:
    """One request through one route."""

    def __init__(self, app: ServiceApp, route: Route, event: dict[str, Any]) -> None:
        self.app = app
        self.route = route
        self.event = event
        self.request = Request(event)

    def respond(self) -> Response:
        """The answer: of the handler, of its earlier run, or a refusal in words."""
        line = observability.current()
        if line is not None:
            line.route = self.route.id
        try:
            return self._run()
        except DomainError as error:
            return self._refused(error)
        except Exception as error:
            if line is not None:
                line.fail(error)
            told = problems.silent(self.app.catalogue, self.request.correlation_id)
            return _problem_response(told)

    def _refused(self, error: DomainError) -> Response:
        told = problems.document(error, self.app.catalogue, self.request.correlation_id)
        observability.note(problem=error.code)
        retry_after = error.facts.get("retry_after")
        headers: Headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        if told["status"] == 401:
            headers["WWW-Authenticate"] = "Bearer"
        return _problem_response(told, headers)

    def _run(self) -> Response:
        caller = self._caller()
        observability.note(caller=caller.role)
        arguments = self._arguments(caller)
        if "cause" not in self.route.given:
            return self._answered(self.route.handler(**arguments), caller)
        once = self._once(caller, arguments)
        return self._command(caller, arguments, once)

    # what comes in ------------------------------------------------------------------------

    def _caller(self) -> Principal:
        if not self.route.callers <= VOUCHED:
            (kind,) = self.route.callers
            return _unproved(kind)
        vouched = self.request.authorizer
        if vouched is None:
            raise Unauthenticated
        caller = principal_from_authorizer_context(
            vouched, self.request.header(ROLE_HEADER), self.request.header(BEHALF_HEADER)
        )
        if caller.kind not in self.route.callers:
            raise Forbidden(self.route.name, "wrong_caller")
        return caller

    def _arguments(self, caller: Principal) -> dict[str, Any]:
        inputs = self.route.inputs
        arguments: dict[str, Any] = {}
        if "path" in inputs:
            arguments["path"] = read_path(self.event, inputs["path"])
        query = read_query(self.event, inputs.get("query"))
        if query is not None:
            arguments["query"] = query
        if "body" in inputs:
            arguments["body"] = read_body(self.request, inputs["body"])
        elif self.route.method == "POST" and "request" not in self.route.given:
            require_no_body(self.request)
        if "caller" in self.route.given:
            arguments["caller"] = caller
        if "request" in self.route.given:
            arguments["request"] = self.request
        return arguments

    def _once(self, caller: Principal, arguments: dict[str, Any]) -> Once | None:
        if not self.route.needs_key:
            return None
        from shared import idempotency

        key = idempotency.require_key(self.request.header("Idempotency-Key"))
        asked = tuple(
            f"{name}={arguments[name].model_dump_json()}"
            for name in ("path", "query", "body")
            if name in arguments
        )
        return idempotency.once(caller.id, self.route.id, key, (caller.acts_for, *asked))

    def _if_match(self) -> int | None:
        given = self.request.header("If-Match")
        if given is None:
            if self.route.needs_if_match:
                raise PreconditionRequired("if_match_required")
            return None
        version = given.strip().removeprefix('"').removesuffix('"')
        if not (version.isascii() and version.isdigit() and len(version) < 16):
            raise PreconditionFailed  # no version of ours was ever called that
        return int(version)

    # what happens -------------------------------------------------------------------------

    def _command(self, caller: Principal, arguments: dict[str, Any], once: Once | None) -> Response:
        if_match = self._if_match()
        for run in range(RUNS):
            if once is not None and (earlier := _earlier(once)) is not None:
                return self._answered(earlier, caller, replayed=True)
            if run:
                observability.note(runs=run + 1)
                time.sleep(random.uniform(0, 0.03 * 2**run))
            try:
                result = self.route.handler(**arguments, cause=self._cause(caller, once, if_match))
            except Exception as error:
                if not _lost_race(error, if_match):
                    raise
            else:
                return self._answered(result, caller)
        raise VersionConflict

    def _cause(self, caller: Principal, once: Once | None, if_match: int | None) -> Cause:
        return Cause(
            actor=caller,
            action=self.route.name,
            correlation_id=self.request.correlation_id,
            once=once,
            if_match=if_match,
        )

    # what goes out ------------------------------------------------------------------------

    def _answered(
        self, result: BaseModel | None, caller: Principal, replayed: bool = False
    ) -> Response:
        headers: Headers = {"Content-Type": JSON}
        if replayed:
            headers["Idempotency-Replayed"] = "true"
        version = getattr(result, "version", None)
        if version:
            headers["ETag"] = f'"{version}"'
        status = self.route.status
        if status == 201 and (identifier := getattr(result, "id", None)):
            headers["Location"] = self._location(str(identifier))
        if self.route.more.answer is not None:
            result = self._second_answer(result, caller)
        if result is None:
            return Response("", headers, 204)
        return Response(result.model_dump_json(), headers, status)

    def _second_answer(self, receipt: BaseModel | None, caller: Principal) -> BaseModel:
        answer = self.route.more.answer
        if answer is None:
            raise RuntimeError("the route answers what its handler returns")
        return answer(receipt, caller)

    def _location(self, identifier: str) -> str:
        pattern = self.route.more.location or f"{self.route.path}/{{id}}"
        path = pattern.replace("{id}", quote(identifier, safe=""))
        for name, value in (self.event.get("pathParameters") or {}).items():
            path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
        return f"/{self.app.app_name}{path}"


def _unproved(kind: str) -> Principal:
    """Who calls a route that no authorizer guards; `store` and `webhook` handlers prove theirs."""
    return Principal(id=kind, kind="link", role=kind)


def _earlier(once: Once) -> Receipt | None:
    from shared import aws, idempotency

    return idempotency.earlier_answer(aws.store(), once)


def _lost_race(error: Exception, if_match: int | None) -> bool:
    """Whether running again can help: somebody else wrote first, maybe this very command."""
    from shared.store import AlreadyDone

    if isinstance(error, AlreadyDone):
        return True
    if not isinstance(error, VersionConflict):
        return False
    if if_match is not None:
        raise PreconditionFailed from None
    return True


def _problem_response(told: dict[str, Any], headers: Headers | None = None) -> Response:
    typed: Headers = {"Content-Type": problems.CONTENT_TYPE}
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return Response(body, typed | (headers or {}), told["status"])
