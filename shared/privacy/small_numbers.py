"""Numbers so small that they may point at one person, hidden where figures leave a region.

What is hidden must not be had from what is shown: beside a total a lone hidden part is the rest of
it, and several are known when their sum leaves one way to make it. Another part is hidden then.
"""

from collections.abc import Mapping
from typing import NamedTuple

# A number below this, but not none, is hidden.
FEW = 5

Parts = Mapping[str, int]
ShownParts = dict[str, int | None]


class Shown(NamedTuple):
    """A total and its divisions as others may see them; null is hidden."""

    total: int | None
    divisions: tuple[ShownParts, ...]


def hide_few(total: int, *divisions: Parts) -> Shown:
    """Hide the few of a total that each of the `divisions` adds up to, and what would say them.

    A part that is hidden for another's sake is the first by its code: which one it is says nothing
    of its size. Where no part is left for that the total is hidden, and then no division shows all.
    """
    beside = [_hidden_beside_total(parts) for parts in divisions]
    if _is_few(total) or None in beside:
        hidden = [_hidden_without_total(parts) for parts in divisions]
        return Shown(None, tuple(map(_shown, divisions, hidden)))
    return Shown(total, tuple(map(_shown, divisions, (each or set() for each in beside))))


def hide_each_few(numbers: Parts) -> ShownParts:
    """Hide the few among numbers that add up to nothing that is shown."""
    return _shown(numbers, _few_of(numbers))


def _hidden_beside_total(parts: Parts) -> set[str] | None:
    """Return what is hidden of the parts of a total that is shown; None when that cannot help."""
    hidden = _few_of(parts)
    if hidden and _follows_from_sum(parts, hidden):
        rest = _others(parts, hidden)
        return {*hidden, rest[0]} if rest else None
    return hidden


def _hidden_without_total(parts: Parts) -> set[str]:
    """Return what is hidden of the parts of a hidden total: one at least."""
    return _few_of(parts) or set(_others(parts, set())[:1])


def _follows_from_sum(parts: Parts, hidden: set[str]) -> bool:
    """Whether the sum of the hidden parts leaves one value for each of them."""
    numbers = {parts[code] for code in hidden}
    return len(hidden) == 1 or numbers in ({1}, {FEW - 1})


def _few_of(parts: Parts) -> set[str]:
    return {code for code, number in parts.items() if _is_few(number)}


def _others(parts: Parts, hidden: set[str]) -> list[str]:
    return sorted(code for code, number in parts.items() if number and code not in hidden)


def _is_few(number: int) -> bool:
    return 0 < number < FEW


def _shown(parts: Parts, hidden: set[str]) -> ShownParts:
    return {code: None if code in hidden else number for code, number in parts.items()}
