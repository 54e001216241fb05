"""Floors: no district and no kind of help is passed over while there are places for it.

Of the families that have waited longer than 72 hours, each district and each kind of help gets at
least two thirds of the share for which the region's places suffice, rounded up.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
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
    """Counts, family by family, who waits and which places there are for them."""

    def __init__(self) -> None:
        self._helpable: set[int] = set()
        self._families: dict[Group, set[int]] = defaultdict(set)
        self._guardians: dict[Group, set[int]] = defaultdict(set)
        self._all: set[int] = set()

    def note(
        self, family: int, helps: Mapping[int, Iterable[str]], district: str | None, *, late: bool
    ) -> None:
        """Note the guardians that may help a family, each with the kinds of help it would give."""
        if helps:
            self._helpable.add(family)
            self._all.update(helps)
        if not late:
            return
        if helps and district is not None:
            self._families[Group(district, None)].add(family)
            self._guardians[Group(district, None)].update(helps)
        for kind in {kind for kinds in helps.values() for kind in kinds}:
            group = Group(None, kind)
            self._families[group].add(family)
            self._guardians[group].update(each for each, kinds in helps.items() if kind in kinds)

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
