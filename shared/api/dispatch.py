"""One request through one route: who calls, with what, what happens, what is answered.

Knows nothing of Chalice: it takes the gateway's request and gives status, body and headers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from shared import budget, dependencies, observability
from shared.api import problems
from shared.api.answers import Answer, refusal, refusal_page, success, success_headers
from shared.api.inputs import Request, read_body, read_path, read_query, require_no_body
from shared.api.pages import HtmlPage
from shared.api.problems import TooLarge
from shared.api.routes import VOUCHED, Route
from shared.errors import (
    DomainError,
    Forbidden,
    Invalid,
    PreconditionFailed,
    PreconditionRequired,
    Unauthenticated,
    Unavailable,
    VersionConflict,
)
from shared.identity.claims import principal_from_authorizer_context
from shared.message_catalogue import Catalogue
from shared.principal import Principal
from shared.storage.command_context import AlreadyProcessed, CommandContext, DedupKey, Receipt

RUNS = 4
ROLE_HEADER = "Ryadom-Role"
BEHALF_HEADER = "Ryadom-On-Behalf-Of"
REPLAYED_HEADER = "Idempotency-Replayed"


@dataclass(frozen=True, slots=True)
class Dispatcher:
    """One request through one route of the service that is published under `prefix`."""

    route: Route
    request: Request
    catalogue: Catalogue
    prefix: str
    represents: Callable[..., None] | None = None
    signed_in: Callable[..., None] | None = None
    welcomes: Mapping[str, str] = field(default_factory=dict)

    @property
    def service(self) -> str:
        """The name of the service."""
        return self.prefix.removeprefix("/")

    def respond(self) -> Answer:
        """Return the answer: of the handler, of its earlier run, or a refusal."""
        try:
            return self._run()
        except DomainError as error:
            observability.note(problem=error.code)
            if isinstance(error, Unavailable):
                observability.note(error=error)
            return self._refused(error)
        except Exception as error:
            observability.note(error=error)
            return self._refused(problems.Failure())

    def _refused(self, error: DomainError) -> Answer:
        if (page_of := self.route.more.refused) is not None:
            return refusal_page(page_of(error, **dependencies.connected(page_of)), error)
        return refusal(error, self.catalogue, self.request, self.route.challenge)

    def _run(self) -> Answer:
        caller = self._caller()
        observability.note(caller=caller.role)
        given = self._given(caller)
        inputs = self._inputs()
        arguments = given | _flat(inputs)
        if "context" not in self.route.given:
            return self._answered(self._handle(arguments), caller)
        return self._command(caller, arguments, self._once(caller, inputs))

    def _handle(self, arguments: dict[str, Any]) -> Any:
        handler = self.route.handler
        return handler(**arguments, **dependencies.connected(handler))

    # what comes in ------------------------------------------------------------------------

    def _caller(self) -> Principal:
        if not self.route.callers <= VOUCHED:
            (kind,) = self.route.callers
            # Nobody vouches for them: handlers of `store` and `webhook` routes find out who it is.
            return Principal(id=kind, kind="link", role=kind)
        vouched = self.request.authorizer
        if vouched is None:
            raise Unauthenticated
        caller = principal_from_authorizer_context(
            vouched, self.request.header(ROLE_HEADER), self.request.header(BEHALF_HEADER)
        )
        if not self._is_for_this_service(caller):
            raise Unauthenticated("wrong_audience")
        if caller.kind not in self.route.callers:
            raise Forbidden(self.route.name, "wrong_caller")
        if caller.on_behalf_of and caller.audience is None:
            self._prove_binding(caller)
        if self.signed_in and caller.audience == self.service:
            self.signed_in(caller, **dependencies.connected(self.signed_in))
        return caller

    def _prove_binding(self, caller: Principal) -> None:
        """Refuse a person that a machine merely claims, and any where no chats are bound."""
        if self.represents is None:
            raise Forbidden("act_for_family", "not_bound")
        self.represents(caller, **dependencies.connected(self.represents))

    def _is_for_this_service(self, caller: Principal) -> bool:
        """Return whether a person's token is this service's own, or of a role that it welcomes."""
        if caller.audience in (None, self.service):
            return True
        return self.welcomes.get(caller.audience or "") == caller.role

    def _identified(self, identify: Callable[[Request], Any]) -> Any:
        """Return who has proved to be a caller; what cannot be read is no proof.

        A stranger who is refused otherwise would know that there is such a caller.
        """
        try:
            return identify(self.request)
        except Unauthenticated as refused:
            raise Unauthenticated(self.route.unproven or refused.code) from None
        except (Invalid, TooLarge):
            raise Unauthenticated(self.route.unproven) from None

    def _given(self, caller: Principal) -> dict[str, Any]:
        """Return what the use case may know of the call beyond its inputs."""
        given: dict[str, Any] = {}
        if "caller" in self.route.given:
            identify = self.route.more.identify
            given["caller"] = caller if identify is None else self._identified(identify)
        if "request" in self.route.given:
            given["request"] = self.request
        return given

    def _inputs(self) -> dict[str, BaseModel]:
        """Return path, query and body as their models."""
        route, inputs = self.route, dict[str, BaseModel]()
        if route.path_values:
            inputs["path"] = read_path(self.request.event, route.path_model)
        of_page = route.returns is HtmlPage
        query = read_query(self.request.event, route.inputs.get("query"), of_page)
        if query is not None:
            inputs["query"] = query
        if "body" in route.inputs:
            device_text = route.more.device_text
            inputs["body"] = read_body(self.request, route.inputs["body"], device_text)
        elif route.changes and "request" not in route.given:
            require_no_body(self.request)
        return inputs

    def _once(self, caller: Principal, inputs: dict[str, BaseModel]) -> DedupKey | None:
        if self.route.needs_if_match and self.request.if_match is None:
            raise PreconditionRequired("if_match_required")
        if not self.route.needs_key:
            return None
        key = self.request.idempotency_key
        # Without defaults: a release that adds one would read a repeat as another request.
        asked = [
            f"{name}={model.model_dump_json(exclude_unset=True)}" for name, model in inputs.items()
        ]
        from shared.storage import idempotency

        return idempotency.once(caller.id, self.route.id, key, (caller.acts_for, *asked))

    # what happens -------------------------------------------------------------------------

    def _command(
        self, caller: Principal, arguments: dict[str, Any], once: DedupKey | None
    ) -> Answer:
        for lost in budget.tries(RUNS):
            if lost:
                observability.note(runs=lost + 1)
            try:
                result = self._handle(arguments | {"context": self._context(caller, once)})
            except (DomainError, AlreadyProcessed) as error:
                # The first run pays for no look-up; a repeat meets its own mark, or a rule that
                # it has itself fulfilled before, and is then told what it was told before.
                if once is not None and (earlier := _earlier(once)) is not None:
                    return self._answered(earlier, caller, replayed=True)
                if not self._lost_race(error):
                    raise
            else:
                return self._answered(result, caller)
        raise VersionConflict

    def _context(self, caller: Principal, once: DedupKey | None) -> CommandContext:
        return CommandContext(
            actor=caller,
            action=self.route.name,
            correlation_id=self.request.correlation_id,
            once=once,
            if_match=self.request.if_match,
        )

    def _lost_race(self, error: Exception) -> bool:
        """Whether running again can help: another command wrote first, or this very one did."""
        if isinstance(error, VersionConflict) and self.request.if_match is not None:
            raise PreconditionFailed from None
        return isinstance(error, VersionConflict | AlreadyProcessed)

    # what goes out ------------------------------------------------------------------------

    def _answered(
        self, result: BaseModel | None, caller: Principal, replayed: bool = False
    ) -> Answer:
        headers, receipt = dict[str, str](), result
        if replayed or getattr(result, "replayed", False):
            headers[REPLAYED_HEADER] = "true"
            observability.note(replayed=True)
        if self.route.more.answer is not None:
            answer = self.route.more.answer
            result = answer(result, caller, **dependencies.connected(answer))
        headers |= success_headers(self.route, receipt, self.request, self.prefix)
        return success(self.route, receipt, result, headers, self.request)


def _flat(inputs: dict[str, BaseModel]) -> dict[str, Any]:
    """Return the inputs by parameter: each value of the path under its own name."""
    path = inputs.get("path")
    values = {} if path is None else {name: getattr(path, name) for name in type(path).model_fields}
    return {**values, **{name: model for name, model in inputs.items() if name != "path"}}


def _earlier(once: DedupKey) -> Receipt | None:
    """Return the answer of an earlier run under this key."""
    from shared.storage import connection, idempotency

    return idempotency.earlier_answer(connection.store(), once)
