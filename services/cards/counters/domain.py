"""Counts of cards and checks: they only grow, name nobody, and outlive every erasure.

Each count is kept in SHARDS rows, so that many events at once do not wait for one another.
"""

import zlib
from collections.abc import Iterable
from datetime import date
from typing import Self, TypeVar

from pydantic import BaseModel, ConfigDict

SHARDS = 8
M = TypeVar("M", bound="Counts")


def shard_of(identifier: str) -> int:
    """The row in which the facts about that id are counted."""
    return zlib.crc32(identifier.encode()) % SHARDS


class Counts(BaseModel):
    """Figures that are added up field by field."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    def plus(self, **more: int) -> Self:
        """These figures and some more."""
        grown = {name: getattr(self, name) + value for name, value in more.items()}
        return self.model_copy(update=grown)


class CohortCounts(Counts):
    """What became of the cards issued in one month."""

    issued: int = 0
    activated: int = 0
    new_issued: int = 0
    new_activated: int = 0
    new_consented: int = 0
    blocked: int = 0
    replaced: int = 0
    revoked: int = 0


class UseCounts(Counts):
    """What happened at the tills of one partner in one month; money in kopecks."""

    checks: int = 0
    distinct_cards: int = 0
    refused: int = 0
    purchases: int = 0
    amount: int = 0
    saved: int = 0


class Cohort(BaseModel):
    """One shard of a region's cards of one issue month."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    id: str
    region: str
    month: str
    counts: CohortCounts = CohortCounts()
    version: int = 0


class Use(BaseModel):
    """One shard of a partner's month; `keys` holds the last local day of each store key."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    id: str
    region: str
    partner_id: str
    month: str
    counts: UseCounts = UseCounts()
    keys: dict[str, date] = {}
    version: int = 0

    def counting(self, **more: int) -> Self:
        """The shard with some more counted."""
        return self.model_copy(update={"counts": self.counts.plus(**more)})

    def used_by(self, key_id: str, day: date) -> Self:
        """The shard knowing that a store key was used on that day, or on a later one."""
        latest = max(day, self.keys.get(key_id, day))
        return self.model_copy(update={"keys": self.keys | {key_id: latest}})


def sum_of(parts: Iterable[M], empty: M) -> M:
    """Figures added up."""
    whole = empty
    for part in parts:
        whole = whole.plus(**part.model_dump())
    return whole


def share(part: int, whole: int) -> float | None:
    """A percentage with one decimal; None of nothing."""
    return round(100 * part / whole, 1) if whole else None
