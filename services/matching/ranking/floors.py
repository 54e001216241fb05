"""Floors: no district and no kind of help is passed over while there are places for it.

Of the families that have waited longer than 72 hours, each district and each kind of help gets at
least two thirds of the share for which the region's places suffice, rounded up.
"""

from collections import defaultdict
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from services.matching.assignment.problem import Floor

LATE_HOURS = 72
# Two thirds: nobody fares more than one and a half times worse than the region does.
SHARE = (2, 3)


class Group(NamedTuple):
    """The families of a district, or those that need a kind of help."""

    district: str | None
    kind: str | None


class Floors:
    """Counts, pair by pair, who waits and which places there are for them."""

    def __init__(self) -> None:
        self._helpable: set[int] = set()
        self._families: dict[Group, set[int]] = defaultdict(set)
        self._guardians: dict[Group, set[int]] = defaultdict(set)
        self._all: set[int] = set()

    def note(
        self, family: int, guardian: int, district: str | None, kinds: list[str], *, late: bool
    ) -> None:
        """Note that a guardian may help a family with these kinds of help."""
        self._helpable.add(family)
        self._all.add(guardian)
        if not late:
            return
        groups = [Group(None, kind) for kind in kinds]
        if district is not None:
            groups.append(Group(district, None))
        for group in groups:
            self._families[group].add(family)
            self._guardians[group].add(guardian)

    def floors(self, places: list[int], room: list[dict[str, int | None]]) -> list[Floor]:
        """Return how many families of each district and kind of help should be helped at least."""
        enough, wanted = sum(places[each] for each in self._all), len(self._helpable)
        floors = []
        for group in sorted(self._families, key=str):
            late = self._families[group]
            reached = sum(
                _most(places[each], room[each], group.kind) for each in self._guardians[group]
            )
            fair = ceil(Fraction(*SHARE) * min(enough, wanted) * len(late) / wanted)
            if least := min(fair, reached):
                floors.append(Floor(families=sorted(late), least=least, kind=group.kind))
        return floors


def _most(places: int, room: dict[str, int | None], kind: str | None) -> int:
    limit = room.get(kind) if kind is not None else None
    return places if limit is None else min(places, limit)
