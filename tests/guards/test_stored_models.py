"""What is stored is read again: a row leaves out what is nothing, so that has a default."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any, get_args

from pydantic import BaseModel

from shared.domain import Aggregate
from shared.storage.repository import Repository
from tests.guards.code import SERVICES, modules


def stored_models() -> Iterator[type[BaseModel]]:
    """Yield the model of every repository."""
    for service in SERVICES:
        for module in modules(f"services/{service}"):
            if module.file == "repository.py":
                import_module(module.path.removesuffix(".py").replace("/", "."))
    waiting: list[Any] = [Repository]
    while waiting:
        for each in waiting.pop().__subclasses__():
            waiting.append(each)
            if "model" in vars(each):
                yield each.model


def unreadable(model: type[BaseModel], known: set[type[BaseModel]]) -> Iterator[str]:
    """Yield the fields, of its values too, that a row may lack and that have no default."""
    known.add(model)
    for name, field in model.model_fields.items():
        if field.is_required() and type(None) in get_args(field.annotation):
            yield f"{model.__module__}.{model.__name__}.{name}"
        parts: list[Any] = [field.annotation]
        for part in parts:
            parts += get_args(part)
            if isinstance(part, type) and issubclass(part, BaseModel) and part not in known:
                yield from unreadable(part, known)


def test_what_a_row_may_lack_has_a_default() -> None:
    known: set[type[BaseModel]] = set()
    found = [each for model in stored_models() for each in unreadable(model, known)]
    assert found == []
    assert len(known) > 100


def test_the_guard_notices_one_that_has_none() -> None:
    class Broken(Aggregate):
        """Over, its row has no `until`."""

        until: int | None

    assert [each.rpartition(".")[2] for each in unreadable(Broken, set())] == ["until"]
