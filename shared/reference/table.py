"""The reference table of a stage: each item is read at most once in five minutes per container."""

from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel

from shared import settings
from shared.errors import Unavailable

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.parameters.base import BaseProvider

MAX_AGE = 300

Item = TypeVar("Item", bound=BaseModel)


@cache
def provider() -> "BaseProvider":
    """Return this container's view of the reference table."""
    from shared.parameters import ReferenceProvider

    return ReferenceProvider(settings.reference_table())


def read(identifier: str, model: type[Item], *, absent: Item | None = None) -> Item:
    """Return an item as its model; `absent` is what a stage has that never wrote the item."""
    from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError

    try:
        found: Any = provider().get(identifier, max_age=MAX_AGE, model=model, absent=absent)
    except GetParameterError:
        raise Unavailable from None
    item: Item = found
    return item
