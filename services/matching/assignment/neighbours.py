"""Large neighbourhood search: an answer is bettered piece by piece.

Guardians near each other are assigned anew, exactly.
"""

import random
import time
from collections import defaultdict

from services.matching.assignment.columns import Columns
from services.matching.assignment.master import Master
from services.matching.assignment.network import Pick

# Guardians of the first piece. Pieces grow while they are solved in less than the first time, and
# shrink when they take longer than the second.
PIECE, GROW, SHRINK = 20.0, 1.15, 0.8
SOON, LATE = 0.5, 3.0


class Pieces:
    """Guardians near each other: each in a way to help a family that another may help, too."""

    def __init__(self, ways: list[Pick]) -> None:
        self._chance = random.Random(1)
        self._families: dict[int, list[int]] = defaultdict(list)
        self._guardians: dict[int, list[int]] = defaultdict(list)
        for way in ways:
            self._families[way.guardian].append(way.family)
            self._guardians[way.family].append(way.guardian)
        self._all = [*self._families]

    def next(self, size: int) -> set[int]:
        """Return a piece of so many guardians."""
        choice = self._chance.choice
        piece = {choice(self._all)}
        near = [*piece]
        while len(piece) < min(size, len(self._all)):
            guardian = choice(self._guardians[choice(self._families[choice(near)])])
            if guardian in piece:
                guardian = choice(self._all)
            if guardian not in piece:
                piece.add(guardian)
                near.append(guardian)
        return piece


def better(
    columns: Columns, picks: list[Pick], ways: list[Pick], enough: int, until: float
) -> list[Pick]:
    """Return picks worth no less than these, until they are worth enough or time is up.

    Others of the same worth are taken too: they are another beginning for the next piece.
    """
    if not ways:
        return picks
    value, pieces, size = columns.network.value(picks), Pieces(ways), PIECE
    while value < enough and time.monotonic() < until:
        began = time.monotonic()
        piece = pieces.next(int(size))
        kept = [pick for pick in picks if pick.guardian not in piece]
        helped = {pick.family for pick in kept}
        master = Master(
            columns, [way for way in ways if way.guardian in piece and way.family not in helped]
        )
        master.take(kept)
        anew, _ = master.solved(min(until, began + LATE))
        if (worth := columns.network.value(anew)) >= value:
            picks, value = anew, worth
        took = time.monotonic() - began
        size *= GROW if took < SOON else SHRINK if took >= LATE else 1
    return picks
