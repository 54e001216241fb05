"""How large a discount is, in words; they are in `words.toml`."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from services.cards.kopecks import rubles
from services.cards.offers.values import Discount
from shared.message_catalogue import read_toml


def size_of(discount: Discount) -> str:
    """Return the size of a discount as people read it, e.g. in a message or on a door."""
    kind = "percent" if discount.percent else "minimum" if discount.minimum else "kopecks"
    return _words()[kind].format(
        percent=discount.percent,
        rubles=rubles(discount.kopecks),
        minimum=rubles(discount.minimum),
    )


@cache
def _words() -> Mapping[str, str]:
    return read_toml(Path(__file__).with_suffix(".toml"))
