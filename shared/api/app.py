"""The edge of a service: a Chalice app whose handlers are typed and whose refusals are problems.

Guarantees
- a handler runs only with inputs that its models accept, for a caller its route names;
- a command under an `Idempotency-Key` has its effect once and answers the same again;
- a lost race is run again, and refused (409, or 412 under `If-Match`) only when it keeps losing;
- every refusal is `application/problem+json`; a failure of ours does not name its cause;
- each request leaves exactly one line in the log, with no value of the request in it.

Chalice declares and packages; at run time it finds the route. It is imported here and in `app.py`.
"""

from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from types import ModuleType
from typing import Any, TypeVar, cast

from chalice.app import Chalice, CustomAuthorizer, Response

from shared import budget, observability, snapshot
from shared.api import cors, problems
from shared.api.answers import HTML, Answer, refusal
from shared.api.dispatch import Dispatcher
from shared.api.inputs import Request
from shared.api.routes import VOUCHED, Route, Routes, declare
from shared.errors import DomainError, NotFound
from shared.message_catalogue import Catalogue
from shared.parts import NO_PARTS, Parts

F = TypeVar("F", bound=Callable[..., Any])
Handler = Callable[[dict[str, Any], Any], dict[str, Any]]

# Chalice calls a view with the path's values only. One attribute of the app would mix up the
# requests of threads, which a function never has and tests of races do.
_REQUEST: ContextVar[Request] = ContextVar("request")

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

    `ServiceApp("intake", PARTS)` serves the routes of those aggregates under `/intake/v1/…` with
    texts of `services/intake/problems.toml`; the till, which lives inside a service, names its
    `problems_file`. `represents(caller, …)` refuses a machine that names a person it does not speak
    for; without it no machine names anyone. `signed_in(caller, …)` refuses a person of this service
    whose device is signed out; both take dependencies by type. `welcomes` names the services whose
    people come in here too, each with their role.
    """

    base = "/v1"

    def __init__(
        self,
        name: str,
        parts: Parts | None = None,
        problems_file: str | None = None,
        represents: Callable[..., None] | None = None,
        signed_in: Callable[..., None] | None = None,
        welcomes: Mapping[str, str] | None = None,
    ) -> None:
        # Chalice writes its version into the environment it is given, once more for every app.
        # Its logger is the one that bears the service's name, which writes through our formatter.
        super().__init__(name, configure_logs=False, env={})
        snapshot.part_after_restore()
        self.catalogue = Catalogue(problems_file or f"services/{name}/problems.toml")
        self.prefix = f"/{name}"
        self.represents = represents
        self.signed_in = signed_in
        self.welcomes = welcomes or {}
        self.declared: list[Route] = []
        self.parts = parts or NO_PARTS
        self._plugged = set[str]()
        if self.parts.index is None:
            self._plug_in(self.parts.all("routes"))

    # declaring ----------------------------------------------------------------------------

    def include(self, *tables: Routes) -> None:
        """Serve the routes of these tables."""
        for table in tables:
            for method, path, handler, caller, more in table.lines:
                self._serve(declare(method, self.base + path, handler, caller, more))

    def _plug_in(self, plugs: Iterable[ModuleType]) -> None:
        """Serve the routes of aggregates, each of them once."""
        for plug in plugs:
            if plug.__name__ not in self._plugged:
                self.include(plug.routes)
                self._plugged.add(plug.__name__)

    def _serve(self, route: Route) -> None:
        self.declared.append(route)
        self.route(
            route.path,
            methods=[route.method],
            name=route.name,
            authorizer=_AUTHORIZER if route.callers <= VOUCHED else None,
            content_types=[],
        )(self._view(route))

        if "OPTIONS" not in self.routes[route.path]:
            self.route(route.path, methods=["OPTIONS"], name="preflight", content_types=[])(
                self._preflight(route.path)
            )

    def _preflight(self, path: str) -> Callable[..., Response]:
        def preflight(**_: str) -> Response:
            request = _REQUEST.get()
            observability.note(route=f"OPTIONS {path}")
            methods = self.routes[path].keys() - {"OPTIONS"}
            try:
                return _response(Answer(204, "", cors.preflight(request, methods)))
            except DomainError as error:
                return _response(refusal(error, self.catalogue, request))

        return preflight

    def _view(self, route: Route) -> Callable[..., Response]:
        def view(**_: str) -> Response:
            request = _REQUEST.get()
            observability.note(route=route.id)
            dispatcher = Dispatcher(
                route,
                request,
                self.catalogue,
                self.prefix,
                self.represents,
                self.signed_in,
                self.welcomes,
            )
            return _response(dispatcher.respond())

        view.__name__ = route.name
        view.__doc__ = route.handler.__doc__
        return view

    def lambda_function(self, name: str | None = None) -> Callable[[F], F]:
        """Register a function that is no route; each of its invocations leaves one line too."""

        def register(handler: F) -> F:
            watched = observability.observed(name or handler.__name__, self.app_name)(handler)
            return cast(F, super(ServiceApp, self).lambda_function(name=name)(watched))

        return register

    def api_function(self, name: str) -> Handler:
        """Return one more function that the gateway calls, for some paths of the same API."""

        def serve(event: dict[str, Any], context: Any) -> dict[str, Any]:
            return self.serve(event, context, name)

        serve.__name__ = name.replace("-", "_")  # as the module that exports it names it
        return cast(Handler, super().lambda_function(name=name)(serve))

    # serving ------------------------------------------------------------------------------

    def __call__(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        return self.serve(event, context, "api")

    def serve(self, event: dict[str, Any], context: Any, function: str) -> dict[str, Any]:
        """Answer a request of the gateway to a function."""
        request = Request(event)
        _REQUEST.set(request)
        with budget.of(context), observability.invocation(self.app_name, function, context):
            observability.note(
                request_id=request.id, correlation_id=request.correlation_id, route="unmatched"
            )
            try:
                with budget.alarm():
                    self._plug_in(self.parts.serving("routes", request.route))
                    answer = super().__call__(event, context)
            except DomainError as error:  # the alarm, outside of a route
                observability.note(problem=error.code, error=error)
                answer = self._refused(error, request)
            except Exception as error:
                observability.note(error=error)
                answer = self._refused(problems.Failure(), request)
            return self._finished(answer, request)

    def _finished(self, answer: dict[str, Any], request: Request) -> dict[str, Any]:
        if _made_by_chalice(answer):  # of a wrong method, or what went wrong in a refusal of ours
            failed = int(answer["statusCode"]) >= 500
            answer = self._refused(_failure() if failed else NotFound("route"), request)
        headers, status = answer["headers"], int(answer["statusCode"])
        headers.setdefault("Cache-Control", "no-store")
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Request-Id"] = request.id
        headers["X-Correlation-Id"] = request.correlation_id
        headers.update(cors.headers_of_answer(request))
        observability.note(status=status)
        if status >= 400:
            observability.ends("failed" if status == 500 else "refused")
        return answer

    def _refused(self, error: DomainError, request: Request) -> dict[str, Any]:
        answer: dict[str, Any] = _response(refusal(error, self.catalogue, request)).to_dict()
        return answer


def _failure() -> DomainError:
    """Return what went wrong outside of a route: the alarm has rung again, or a failure of ours."""
    return problems.Failure() if budget.allows(0) else budget.OutOfTime()


def _made_by_chalice(answer: dict[str, Any]) -> bool:
    ours = answer["headers"].get("Content-Type") in (problems.CONTENT_TYPE, HTML)
    return int(answer["statusCode"]) >= 400 and not ours


def _response(answer: Answer) -> Response:
    headers: dict[str, str | list[str]] = {**answer.headers}
    return Response(answer.body, headers, answer.status)
