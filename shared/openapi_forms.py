"""Routes of an app that does without pydantic and Chalice, told in the terms of `shared.routes`.

The till declares its forms as dataclasses whose annotations carry `least`, `most` and `about`;
here, at build time, they become models, so that all documents are made the same way.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, fields
from typing import Any, Protocol, get_args, get_type_hints

import pydantic
from pydantic import BaseModel, create_model

from shared.routes import Declaration, Route

_PATH_NAME = re.compile(r"{(\w+)}")


class FormRoute(Protocol):
    """A POST of a form by a store, under an `Idempotency-Key` that the handler keeps."""

    @property
    def path(self) -> str: ...
    @property
    def handler(self) -> Callable[..., Any]: ...
    @property
    def form(self) -> type[Any]: ...
    @property
    def answer(self) -> type[Any]: ...
    @property
    def problems(self) -> tuple[str, ...]: ...
    @property
    def example(self) -> Mapping[str, Any]: ...


def routes(declared: Sequence[FormRoute]) -> Iterator[Route]:
    """The same routes, as the document generator knows them."""
    forms = {kind: model_of(kind) for each in declared for kind in (each.form, each.answer)}
    for each in declared:
        inputs = {"body": forms[each.form]}
        if names := _PATH_NAME.findall(each.path):
            inputs["path"] = _model("Path", None, {name: (str, ...) for name in names})
        yield Route(
            method="POST",
            path=each.path,
            handler=each.handler,
            callers=frozenset({"store"}),
            inputs=inputs,
            given=frozenset({"request"}),
            returns=forms[each.answer],
            status=200,
            needs_key=True,
            needs_if_match=False,
            more=Declaration(problems=each.problems, example=dict(each.example)),
        )


def model_of(form: type[Any]) -> type[BaseModel]:
    """The model of a dataclass: its fields with their limits."""
    hints = get_type_hints(form, include_extras=True)
    found = {each.name: (_plain(hints[each.name]), _limits(each, hints)) for each in fields(form)}
    return _model(form.__name__, form.__doc__, found)


def _model(name: str, about: str | None, members: dict[str, Any]) -> type[BaseModel]:
    made: type[BaseModel] = create_model(name, __doc__=about, **members)
    return made


def _plain(hint: Any) -> Any:
    return get_args(hint)[0] if hasattr(hint, "__metadata__") else hint


def _limits(each: Field[Any], hints: dict[str, Any]) -> Any:
    hint = hints[each.name]
    rule = next(iter(getattr(hint, "__metadata__", ())), None)
    told: dict[str, Any] = {} if each.default is MISSING else {"default": each.default}
    if rule is not None:
        least, most = ("ge", "le") if int in _kinds(_plain(hint)) else ("min_length", "max_length")
        told |= {least: rule.least, most: rule.most, "description": rule.about}
    return pydantic.Field(**told)


def _kinds(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) or (hint,)
