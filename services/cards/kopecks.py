"""Sums of money, and how large a discount is, as people read them."""

from collections.abc import Mapping


def rubles(kopecks: int) -> str:
    """Return a sum as people read it: whole rubles, with kopecks only where there are some."""
    whole, rest = divmod(kopecks, 100)
    grouped = f"{whole:,}".replace(",", "\u00a0")
    return f"{grouped},{rest:02d}" if rest else grouped


def size_in_words(words: Mapping[str, str], percent: int, kopecks: int, minimum: int) -> str:
    """Return how large a discount is: percents, or a sum off a purchase of at least a minimum."""
    kind = "percent" if percent else "minimum" if minimum else "kopecks"
    sums = {"rubles": rubles(kopecks), "minimum": rubles(minimum)}
    return words[kind].format(percent=percent, **sums)
