"""How large a discount is, in words; they are in `words.toml`."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from services.cards.kopecks import size_in_words
from services.cards.offers.values import Discount
from shared.data_files import read_toml


def size_of(discount: Discount, *, in_some: bool = False, until: date | None = None) -> str:
    """Return the size of a discount as people read it, e.g. in a message or on a door.

    `in_some`: it holds in some of the partner's shops only; `until`: to that day.
    """
    words = _words()
    size = size_in_words(words, discount.percent, discount.kopecks, discount.minimum)
    size = words["in_some"].format(size=size) if in_some else size
    return words["until"].format(size=size, day=f"{until:%d.%m.%Y}") if until else size


@cache
def _words() -> Mapping[str, str]:
    return read_toml(Path(__file__).with_suffix(".toml"))
