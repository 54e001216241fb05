"""Which numbers about families are hidden from those who do not work with them.

Guarantees
* A number from 1 to 4 is shown neither for a region nor for all.
* No hidden number follows from those that are shown. What may be computed are sums: over the
  parts of a group, and over all regions. Of a region either all parts of a group are shown or
  none, and of each column that is summed up none is hidden alone. Two regions or more with all of
  their parts hidden leave each of these numbers free to be another.
* Who hides a sum hides its parts. Hidden sums add up to five at least, so that together they do
  not say what each is.

* A number of several months is shown when it is of each of them (`together`): the months that are
  shown say all that it says, so no period says more than its months do.

What may still be known is that a number is small, and what the answers of two days say of the
difference between them.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from services.matching.figures.domain import Parts
from shared.privacy.small_numbers import FEW

# The row of all regions together; no region has such a code.
ALL = "*"


class Hidden(NamedTuple):
    """The rows of one group whose parts, and whose sums, are not shown."""

    parts: frozenset[str]
    sums: frozenset[str]


NOTHING = Hidden(frozenset(), frozenset())


def hidden_of(rows: Mapping[str, Parts]) -> Hidden:
    """Return what is hidden of one group; `rows` are the regions, and ALL of them together."""
    sums = {row: sum(parts.values()) for row, parts in rows.items()}
    hidden_sums = _joined((row for row, number in sums.items() if _few(number)), sums)
    small = (row for row, parts in rows.items() if any(map(_few, parts.values())))
    return Hidden(_accompanied({*hidden_sums, *small}, sums), hidden_sums)


def together(months: Iterable[Hidden]) -> Hidden:
    """Return what is hidden of a period: all that is hidden in any of its months."""
    found = list(months)
    return Hidden(
        frozenset().union(*(each.parts for each in found)),
        frozenset().union(*(each.sums for each in found)),
    )


def _few(number: int) -> bool:
    return 0 < number < FEW


def _joined(few: Iterable[str], sums: Mapping[str, int]) -> frozenset[str]:
    """Return hidden sums with so many others that they do not follow from that of all."""
    hidden = set(few)
    while ALL not in hidden and hidden and sum(sums[row] for row in hidden) < FEW:
        hidden.add(_next(hidden, sums))
    return _accompanied(hidden, sums)


def _accompanied(hidden: set[str], sums: Mapping[str, int]) -> frozenset[str]:
    """Return hidden rows, never one alone."""
    return frozenset(hidden | {_next(hidden, sums)} if len(hidden) == 1 else hidden)


def _next(hidden: set[str], sums: Mapping[str, int]) -> str:
    """Return the row that is missed least: the smallest that is not empty, all regions last."""
    left = (row for row in sums if row not in hidden)
    return min(left, key=lambda row: (row == ALL, sums[row] == 0, sums[row], row))
