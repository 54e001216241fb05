"""The reference table of a stage: each item is read at most once in five minutes per container."""

from functools import cache
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel

from shared import settings

if TYPE_CHECKING:
    from shared.parameters import ReferenceProvider

MAX_AGE = 300

Item = TypeVar("Item", bound=BaseModel)


@cache
def provider() -> "ReferenceProvider":
    """Return this container's view of the reference table."""
    from shared.parameters import ReferenceProvider

    return ReferenceProvider(settings.reference_table())


def read(identifier: str, model: type[Item], *, absent: Item | None = None) -> Item:
    """Return an item as its model; `absent` is what a stage has that never wrote the item."""
    return provider().read(identifier, model, absent, MAX_AGE)
