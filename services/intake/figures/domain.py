"""Counts of requests and families: they only grow, name no person, and outlive every erasure."""

from collections.abc import Iterable, Mapping
from typing import Self

from shared.domain import Aggregate


class YearCounts(Aggregate):
    """Requests of a region in one programme and calendar year, and the families that asked.

    A family is counted once, and once in each of its groups, however often it asks.
    """

    id: str
    region: str
    programme: str
    year: int
    requests: int = 0
    by_initiator: Mapping[str, int] = {}
    by_purpose: Mapping[str, int] = {}
    families: int = 0
    by_group: Mapping[str, int] = {}

    def plus_request(self, initiated_by: str, purpose: str) -> Self:
        """Count a request."""
        return self._with(
            requests=self.requests + 1,
            by_initiator=_plus(self.by_initiator, [initiated_by]),
            by_purpose=_plus(self.by_purpose, [purpose]),
        )

    def plus_family(self, new_groups: Iterable[str], *, new: bool) -> Self:
        """Count a family in the groups in which it is not counted yet."""
        by_group = _plus(self.by_group, new_groups)
        return self._with(families=self.families + int(new), by_group=by_group)


class CountedFamily(Aggregate):
    """In which groups a family is counted in a programme and year; it keeps no other fact."""

    id: str
    groups: tuple[str, ...] = ()

    def with_groups(self, groups: Iterable[str]) -> Self:
        """Note that the family is counted in these groups, too."""
        return self._with(groups=tuple(sorted({*self.groups, *groups})))


def _plus(counts: Mapping[str, int], codes: Iterable[str]) -> dict[str, int]:
    more = dict(counts)
    for code in codes:
        more[code] = more.get(code, 0) + 1
    return more
