"""Counts of requests, families and aids: they name no person, and outlive every erasure."""

from collections.abc import Collection, Iterable, Mapping
from typing import Self

from shared.domain import Aggregate, Moment


class YearCounts(Aggregate):
    """Requests of a region in one programme and calendar year, the families that asked, the aids.

    A family is counted once, and once in each of its groups, however often it asks. Aids are
    counted by their legal basis, and by the project that paid them, there with the persons, too.
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
    aids_by_basis: Mapping[str, int] = {}
    aids_by_project: Mapping[str, int] = {}
    persons_by_project: Mapping[str, int] = {}

    def plus_request(self, initiated_by: str, purpose: str, change: int = 1) -> Self:
        """Count a request, or no longer."""
        return self._with(
            requests=self.requests + change,
            by_initiator=_plus(self.by_initiator, [initiated_by], change),
            by_purpose=_plus(self.by_purpose, [purpose], change),
        )

    def plus_aid(
        self, basis: str | None, project: str | None, persons: int, change: int = 1
    ) -> Self:
        """Count an aid, or no longer."""
        projects = [] if project is None else [project]
        return self._with(
            aids_by_basis=_plus(self.aids_by_basis, [] if basis is None else [basis], change),
            aids_by_project=_plus(self.aids_by_project, projects, change),
            persons_by_project=_plus(self.persons_by_project, projects, change * persons),
        )

    def with_families(self, change: int, *, more: Iterable[str], fewer: Iterable[str]) -> Self:
        """Count so many families more or fewer, and one more or fewer in each of these groups."""
        by_group = _plus(_plus(self.by_group, more), fewer, -1)
        return self._with(families=self.families + change, by_group=by_group)


class CountedFamily(Aggregate):
    """In which groups a family is counted in a programme and year; it keeps no other fact.

    A record that was merged is counted `with_family`, which is `only_lent` that count until it asks
    itself, by as many `lenders`, and whose groups `lent` are those that it was not in by itself.
    `borrowed` says by how many merged records a family is in a group; of one that it has named
    itself meanwhile, by 0.
    """

    id: str
    groups: tuple[str, ...] = ()
    counted: bool = True
    corrected_at: Moment | None = None
    with_family: str | None = None
    lent: tuple[str, ...] = ()
    only_lent: bool = False
    lenders: int = 0
    borrowed: Mapping[str, int] = {}

    def ask(self, groups: Collection[str], at: Moment) -> Self:
        """Count the family in these groups, too; what it said before a correction adds none.

        What it has said itself is no merged record's any more.
        """
        if self._knows_better(at):
            return self._with(counted=True, only_lent=False)
        borrowed = {each: 0 if each in groups else by for each, by in self.borrowed.items()}
        return self._with(
            groups=_union(self.groups, groups), counted=True, only_lent=False, borrowed=borrowed
        )

    def ask_merged(
        self, own: Iterable[str], said: Iterable[str], at: Moment, family_id: str, other: Self
    ) -> tuple[Self, Self]:
        """Return this merged record, which asks, and the family that counts for it.

        The groups that are its `own` go with it when they are two again; what it has `said` stays.
        """
        asked = self if self.counted else self._with(groups=_union(own), counted=True)
        lends = self.counted and self.with_family == family_id
        lent, whole = (asked, other) if lends else asked._lend(other)
        learnt = () if whole._knows_better(at) else said
        return lent._with(with_family=family_id), whole._with(groups=_union(whole.groups, learnt))

    def correct(self, groups: Iterable[str], at: Moment) -> Self:
        """Count the family in these groups and no others; an older word changes none."""
        if self._knows_better(at):
            return self
        now = _union(groups)
        left = {each: by for each, by in self.borrowed.items() if each in now}
        return self._with(groups=now, corrected_at=at, borrowed=left)

    def lend(self, family_id: str, other: Self) -> tuple[Self, Self]:
        """Return this record, merged into a family, and the family as it is counted for both."""
        merged = self._with(with_family=family_id)
        if not self.counted or merged == self:  # its request may have been heard of before
            return merged, other
        return merged._lend(other)

    def take_back(self, other: Self) -> tuple[Self, Self]:
        """Return this record and the family it was merged into, each counted by itself again."""
        back = self._with(with_family=None, lent=())
        if not self.counted:
            return back, other
        gone = {each for each in self.lent if other.borrowed.get(each) == 1}
        groups = tuple(each for each in other.groups if each not in gone)
        borrowed = {
            each: max(0, by - 1) if each in self.lent else by
            for each, by in other.borrowed.items()
            if each not in gone
        }
        lenders = other.lenders - 1
        only_lent = other.only_lent and lenders > 0
        counted = only_lent or not other.only_lent
        left = other._with(
            groups=groups,
            counted=counted,
            only_lent=only_lent,
            lenders=lenders,
            borrowed=borrowed if lenders else {},
        )
        return back, left

    def _knows_better(self, at: Moment) -> bool:
        return self.corrected_at is not None and at < self.corrected_at

    def _lend(self, other: Self) -> tuple[Self, Self]:
        """Lend a family its groups that the family is not in by itself."""
        by = {each: other.borrowed.get(each, each not in other.groups) for each in self.groups}
        lent = tuple(each for each in self.groups if by[each])
        more = {each: other.borrowed.get(each, 0) + 1 for each in lent}
        whole = other._with(
            groups=_union(other.groups, lent),
            counted=True,
            only_lent=other.only_lent or not other.counted,
            lenders=other.lenders + 1,
            borrowed={**other.borrowed, **more},
        )
        return self._with(lent=lent), whole


def recounted(
    counts: YearCounts,
    before: Collection[CountedFamily],
    after: Collection[CountedFamily],
) -> YearCounts:
    """Return the counts after families are counted otherwise than before."""
    was, now = [*map(_counts_in, before)], [*map(_counts_in, after)]
    return counts.with_families(
        sum(one for one, _ in now) - sum(one for one, _ in was),
        more=(group for _, groups in now for group in groups),
        fewer=(group for _, groups in was for group in groups),
    )


def _counts_in(family: CountedFamily) -> tuple[int, tuple[str, ...]]:
    """Return how many families it counts for, and in which groups."""
    counts = family.counted and family.with_family is None
    return (1, family.groups) if counts else (0, ())


def _union(*groups: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({each for some in groups for each in some}))


def _plus(counts: Mapping[str, int], codes: Iterable[str], change: int = 1) -> dict[str, int]:
    more = dict(counts)
    for code in codes:
        more[code] = more.get(code, 0) + change
    return {code: number for code, number in more.items() if number}
