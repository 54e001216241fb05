"""A route as its handler declares it: what comes in, who may call, what goes out.

A declaration is checked when the app is imported, so a route that names no caller, or a command
that could not be repeated safely, fails the build and not a request. Validation at run time and
OpenAPI at build time read the same declaration.
"""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_type_hints

from pydantic import BaseModel

from shared.api.inputs import Request
from shared.principal import Principal
from shared.storage.command_context import CommandContext, Receipt, Repeatable

CALLERS = frozenset({"public", "person", "machine", "store", "webhook"})
VOUCHED = frozenset({"person", "machine"})
COMMANDS = frozenset({"POST", "PUT", "PATCH", "DELETE"})

_INPUTS = ("path", "query", "body")
_GIVEN = {"context": CommandContext, "caller": Principal, "request": Request}
_PATH_NAME = re.compile(r"{(\w+)}")


class BadRoute(TypeError):
    """A route whose declaration cannot be served."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a decorator may say about a route beyond its method and path.

    `answer(receipt, caller)` turns the receipt into what is said, the first time and again;
    `problems` are the codes worth naming in the documentation; `location` is the path of what a
    201 made, with `{id}`; `idempotent` and `if_match` overrule what the method and caller imply;
    `identify(request)` reads who calls a route that nobody vouches for, before anything else of
    the request is looked at; `device_text` takes texts as a device sent them;
    `may_exist` tells that a creating route may find the thing there already and answer 200;
    `cache_seconds` lets anybody keep the answer that long (public reads only).
    """

    status: int | None = None
    answer: Callable[[Any, Principal], BaseModel] | None = None
    problems: tuple[str, ...] = ()
    idempotent: bool | None = None
    if_match: bool | None = None
    example: dict[str, Any] | None = None
    tag: str | None = None
    location: str | None = None
    may_exist: bool = False
    cache_seconds: int = 0
    identify: Callable[[Request], Any] | None = None
    device_text: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """One way in: the handler, its typed inputs and what a call must bring along."""

    method: str
    path: str
    handler: Callable[..., Any]
    callers: frozenset[str]
    inputs: dict[str, type[BaseModel]]
    given: frozenset[str]
    returns: Any
    status: int
    needs_key: bool
    needs_if_match: bool
    more: Declaration

    @property
    def changes(self) -> bool:
        """Whether the method is one of those that change something."""
        return self.method in COMMANDS

    @property
    def location(self) -> str:
        """Where a thing that this route made is read."""
        return self.more.location or f"{self.path}/{{id}}"

    @property
    def name(self) -> str:
        """The handler's name: the action in the audit, the operation id in OpenAPI."""
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
        """The scheme by which whoever calls proves who it is."""
        return "ApiKey" if self.callers == {"store"} else "Bearer"

    @property
    def answers(self) -> Any:
        """The type of the body that a success answers."""
        if self.more.answer is not None:
            return get_type_hints(self.more.answer).get("return")
        return self.returns


def callers_of(text: str | None, where: str) -> frozenset[str]:
    """The callers that a declaration names; `public`, `store` and `webhook` stand alone."""
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
    """The route behind a decorator, checked."""
    where = f"{method} {path} ({handler.__name__})"
    callers = callers_of(caller, where)
    hints = get_type_hints(handler)
    parameters = list(inspect.signature(handler).parameters)
    inputs = _inputs(hints, parameters, more, where)
    _check_path(path, inputs, where)
    given = frozenset(name for name in parameters if name in _GIVEN)
    command = "context" in given
    proved = not callers & {"store", "webhook"}
    route = Route(
        method=method,
        path=path,
        handler=handler,
        callers=callers,
        inputs=inputs,
        given=given,
        returns=hints.get("return"),
        status=more.status or (201 if method == "POST" and command else 200),
        needs_key=_default(more.idempotent, method == "POST" and command and proved),
        needs_if_match=_default(more.if_match, method in {"PUT", "PATCH"}),
        more=more,
    )
    _check(route, where)
    return route


def _default(said: bool | None, otherwise: bool) -> bool:
    return otherwise if said is None else said


def _inputs(
    hints: dict[str, Any], parameters: list[str], more: Declaration, where: str
) -> dict[str, type[BaseModel]]:
    given: dict[str, Any] = dict(_GIVEN)
    if more.identify is not None:
        given["caller"] = get_type_hints(more.identify).get("return")
    inputs: dict[str, type[BaseModel]] = {}
    for name in parameters:
        kind = hints.get(name)
        if name in _INPUTS:
            if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
                raise BadRoute(f"{where}: {name} must be a pydantic model")
            inputs[name] = kind
        elif given.get(name) is not kind:
            raise BadRoute(f"{where}: no parameter is called {name!r} with type {kind!r}")
    return inputs


def _check_path(path: str, inputs: dict[str, type[BaseModel]], where: str) -> None:
    named = set(_PATH_NAME.findall(path))
    model = inputs.get("path")
    fields = set() if model is None else {
        info.alias or name for name, info in model.model_fields.items()
    }  # fmt: skip
    if named != fields:
        raise BadRoute(f"{where}: the path names {sorted(named)}, its model {sorted(fields)}")


def _check(route: Route, where: str) -> None:
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
