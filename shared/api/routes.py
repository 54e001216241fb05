"""Routes as tables: a line names method, path, use case and who may call it.

The use case is the handler: its typed parameters say what comes in (path values by name, `query`,
`body`), who calls (`caller`, `context`) and what it works with (repositories, the vault and other
`shared.dependencies` by type); its return type says what goes out. A line is checked when the app
is imported, so a route that names no caller, or a command that could not be repeated safely, fails
the build and not a request. Validation at run time and OpenAPI at build time read the same line.
"""

import inspect
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, get_type_hints

from pydantic import BaseModel, create_model

from shared import dependencies
from shared.api.inputs import Request
from shared.api.pages import HtmlPage
from shared.principal import Principal
from shared.storage.command_context import CommandContext, Receipt, Repeatable

CALLERS = frozenset({"public", "person", "machine", "store", "webhook"})
VOUCHED = frozenset({"person", "machine"})
COMMANDS = frozenset({"POST", "PUT", "PATCH", "DELETE"})

_INPUTS = ("query", "body")
_GIVEN = {"context": CommandContext, "caller": Principal, "request": Request}
_PATH_NAME = re.compile(r"{(\w+)}")


class BadRoute(TypeError):
    """A route whose declaration cannot be served."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a line may say about a route beyond method, path, use case and caller.

    `answer(receipt, caller, …)` turns the receipt into what is said, with dependencies by type;
    `problems` are the codes worth naming in the documentation; `location` is the path of what a
    201 made, with `{id}`; `idempotent` and `if_match` overrule what the method and caller imply;
    `identify(request)` recognises the caller of a route without the authorizer, before anything
    else of the request is looked at; `device_text` takes texts as a device sent them;
    `may_exist` says that a creating route may find what it would create and answer 200;
    `by_state` are the codes by which a read is refused by the state of what it shows (409);
    `untold` keeps version and place of what was made out of the headers: the answer is all;
    `cache_seconds` lets every client keep the answer that long (public reads only), or as long as
    the answer says that it is fresh; `refused(error)` is the page of a refusal, for who has opened
    the route in a browser.
    """

    status: int | None = None
    answer: Callable[..., BaseModel] | None = None
    problems: tuple[str, ...] = ()
    idempotent: bool | None = None
    if_match: bool | None = None
    example: dict[str, Any] | None = None
    location: str | None = None
    may_exist: bool = False
    by_state: tuple[str, ...] = ()
    untold: bool = False
    cache_seconds: int = 0
    identify: Callable[[Request], Any] | None = None
    device_text: bool = False
    refused: Callable[..., HtmlPage] | None = None


@dataclass(frozen=True)
class Route:
    """One way in: the use case, its typed inputs and what a call must contain."""

    method: str
    path: str
    handler: Callable[..., Any]
    callers: frozenset[str]
    path_values: Mapping[str, Any]
    inputs: Mapping[str, type[BaseModel]]
    given: frozenset[str]
    returns: Any
    status: int
    needs_key: bool
    needs_if_match: bool
    more: Declaration

    @cached_property
    def path_model(self) -> type[BaseModel]:
        """The values of the path as one model."""
        fields: dict[str, Any] = {name: (kind, ...) for name, kind in self.path_values.items()}
        return create_model(f"{self.name}_path", **fields)

    @property
    def changes(self) -> bool:
        """Whether the method is one of those that change something."""
        return self.method in COMMANDS

    @property
    def location(self) -> str:
        """The path at which what this route made is read."""
        return self.more.location or f"{self.path}/{{id}}"

    @property
    def name(self) -> str:
        """The use case's name: the action in the audit, the operation id in OpenAPI."""
        return self.handler.__name__

    @property
    def id(self) -> str:
        """Method and path pattern: the route as logs and metrics name it."""
        return f"{self.method} {self.path}"

    @property
    def summary(self) -> str:
        """The first line of the handler's docstring."""
        return (inspect.getdoc(self.handler) or "").partition("\n")[0]

    @property
    def challenge(self) -> str:
        """The scheme by which a caller proves who it is."""
        (kind, *_) = self.callers
        return {"store": "ApiKey", "webhook": "Signature"}.get(kind, "Bearer")

    @property
    def unproven(self) -> str:
        """The code of the refusal where a provider's proof fails: it has nothing to log in to."""
        return "not_signed" if self.callers == {"webhook"} else ""

    @property
    def answers(self) -> Any:
        """The type of the body that a success answers."""
        if self.more.answer is not None:
            return get_type_hints(self.more.answer).get("return")
        return self.returns


@dataclass(frozen=True)
class Routes:
    """The ways in to one aggregate: a table of lines, each a use case under a method and a path."""

    lines: list[tuple[str, str, Callable[..., Any], str, Declaration]] = field(default_factory=list)

    def get(self, path: str, handler: Callable[..., Any], *, caller: str, **more: Any) -> None:
        """Add a read."""
        self._add("GET", path, handler, caller, more)

    def post(self, path: str, handler: Callable[..., Any], *, caller: str, **more: Any) -> None:
        """Add a command (201, or `status=200` for an action), or a question asked in a body."""
        self._add("POST", path, handler, caller, more)

    def put(self, path: str, handler: Callable[..., Any], *, caller: str, **more: Any) -> None:
        """Add a replacement of the version named by `If-Match`."""
        self._add("PUT", path, handler, caller, more)

    def _add(
        self, method: str, path: str, handler: Callable[..., Any], caller: str, more: dict[str, Any]
    ) -> None:
        self.lines.append((method, path, handler, caller, Declaration(**more)))


def callers_of(text: str | None, where: str) -> frozenset[str]:
    """Return the callers that a declaration names; only `person` and `machine` share a route."""
    if not text:
        raise BadRoute(f"{where}: say who may call it, caller='public|person|machine|...'")
    named = frozenset(word.strip() for word in text.split("|"))
    if not named <= CALLERS:
        raise BadRoute(f"{where}: unknown caller in {text!r}")
    if len(named) > 1 and not named <= VOUCHED:
        # The gateway either asks the authorizer or does not: keep separate routes.
        raise BadRoute(f"{where}: {text!r} cannot share one route")
    return named


def declare(
    method: str, path: str, handler: Callable[..., Any], caller: str | None, more: Declaration
) -> Route:
    """Return the route that a line declares; raises BadRoute for one that cannot be served."""
    where = f"{method} {path} ({handler.__name__})"
    callers = callers_of(caller, where)
    hints = get_type_hints(handler, include_extras=True)
    taken = inspect.signature(handler).parameters.items()
    # One with a default is what another use case may give.
    kinds = {name: hints.get(name) for name, each in taken if each.default is each.empty}
    values = _path_values(path, kinds, where)
    others = kinds.keys() - values.keys() - dependencies.parts_of(handler).keys()
    inputs: dict[str, Any] = {name: kinds[name] for name in _INPUTS if name in others}
    given = others - inputs.keys()
    _check_given(given, kinds, more, where)
    command = "context" in given and hints.get("return") is not HtmlPage  # browsers send no key
    keyed = method == "POST" and command and not callers & {"store", "webhook"}
    route = Route(
        method=method,
        path=path,
        handler=handler,
        callers=callers,
        path_values=values,
        inputs=inputs,
        given=frozenset(given),
        returns=hints.get("return"),
        status=more.status or (201 if method == "POST" and command else 200),
        needs_key=keyed if more.idempotent is None else more.idempotent,
        needs_if_match=method in {"PUT", "PATCH"} if more.if_match is None else more.if_match,
        more=more,
    )
    _check(route, where)
    return route


def _path_values(path: str, kinds: Mapping[str, Any], where: str) -> dict[str, Any]:
    names = _PATH_NAME.findall(path)
    if missing := [name for name in names if kinds.get(name) is None]:
        raise BadRoute(f"{where}: no typed parameter takes {missing} of the path")
    return {name: kinds[name] for name in names}


def _check_given(
    given: Collection[str], kinds: Mapping[str, Any], more: Declaration, where: str
) -> None:
    known: dict[str, Any] = dict(_GIVEN)
    if more.identify is not None:
        known["caller"] = get_type_hints(more.identify).get("return")
    for name in given:
        if known.get(name) is not kinds[name] or kinds[name] is None:
            raise BadRoute(f"{where}: no parameter is called {name!r} with type {kinds[name]!r}")


def _check(route: Route, where: str) -> None:
    if wrong := [name for name, kind in route.inputs.items() if not _is(kind, BaseModel)]:
        raise BadRoute(f"{where}: {wrong[0]} must be a pydantic model")
    if not route.summary:
        raise BadRoute(f"{where}: say in a docstring what it is for")
    if route.method == "GET" and ("context" in route.given or "body" in route.inputs):
        raise BadRoute(f"{where}: a GET changes nothing and takes no body")
    if route.more.identify is not None and route.callers <= VOUCHED:
        raise BadRoute(f"{where}: the authorizer says who calls it")
    if route.needs_key and "context" in route.given and not _is(route.returns, Receipt):
        # A repeat answers from the stored receipt, so the first answer must be one too.
        raise BadRoute(f"{where}: a command under an Idempotency-Key returns its Receipt")
    if route.needs_key and "context" not in route.given and not _is(route.returns, Repeatable):
        raise BadRoute(f"{where}: what takes no context says itself that it answered before")
    returns = route.answers
    if returns not in (None, type(None)) and not _is(returns, BaseModel):
        raise BadRoute(f"{where}: a handler returns a pydantic model or None, not {returns!r}")


def _is(kind: Any, base: type[BaseModel]) -> bool:
    return isinstance(kind, type) and issubclass(kind, base)
