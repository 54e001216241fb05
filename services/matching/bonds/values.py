"""What families and guardians have refused: a pair rests for 90 days unless its facts change.

The facts of a pair are what rules look at: kinds of help, district, preferred time and home of the
family, possibilities of the guardian. Another match that comes or goes, time alone, and room for
fewer families change none of them.
"""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from operator import attrgetter
from typing import Annotated, Self

from services.matching.families.domain import Family
from services.matching.guardians.domain import Guardian
from shared.domain import CodeOf, ValueObject

REST = timedelta(days=90)


class LastRefusal(ValueObject):
    """Which side refused a pair last, when and why."""

    by: Annotated[str, CodeOf("match_side")]
    reason: Annotated[str, CodeOf("match_decline_reason")]
    at: datetime


class PairFacts(ValueObject):
    """What is judged of a pair: a digest of what both say, and the room for each kind of help."""

    digest: str
    room: tuple[int, ...]

    def still_hold(self, now: Self) -> bool:
        """Return whether nothing has changed; room for fewer families is no reason to ask again."""
        more = any(new > old for old, new in zip(self.room, now.room, strict=False))
        return self.digest == now.digest and not more


class Refusal(LastRefusal):
    """A refusal with its pair; `facts` are those that were judged then.

    `organisation` knows the guardian again when it has left and comes back under another id.
    """

    guardian_id: str
    family_id: str
    facts: PairFacts
    organisation: str | None = None


class Refusals:
    """The refusals of one family, as they hold at a moment."""

    def __init__(self, found: Iterable[Refusal] = (), now: datetime | None = None) -> None:
        ordered = sorted(found, key=lambda each: each.at)
        self._last = {each.guardian_id: each for each in ordered}
        self._last_of = {each.organisation: each for each in ordered if each.organisation}
        self._now = now
        self.names = frozenset({*self._last, *self._last_of})

    def last(self, guardian: Guardian) -> LastRefusal | None:
        """Return the last refusal of the pair, without the facts judged."""
        found = self._found(guardian)
        return LastRefusal(by=found.by, reason=found.reason, at=found.at) if found else None

    def hold_for(self, family: Family, guardian: Guardian) -> bool:
        """Whether the pair was refused lately and nothing about it has changed since."""
        found = self._found(guardian)
        if found is None or self._now is None or self._now >= found.at + REST:
            return False
        return found.facts.still_hold(facts_of(family, guardian))

    def _found(self, guardian: Guardian) -> Refusal | None:
        of_organisation = self._last_of.get(guardian.inn_index or "")
        return of_organisation or self._last.get(guardian.guardian_id)


def facts_of(family: Family, guardian: Guardian) -> PairFacts:
    """Return the facts of a pair.

    Of the guardian's help what the family needs counts, wherever and in whichever order it is said.
    """
    needed = family.open_categories
    offered = sorted(
        (each for each in guardian.capabilities if each.category in needed),
        key=attrgetter("category"),
    )
    terms, profile = guardian.terms, family.profile
    judged = [
        family.open_categories,
        family.district,
        profile.preferred_time,
        sorted(family.conditions),
        [
            (each.category, sorted({*(each.district_ids or guardian.district_ids)}))
            for each in offered
        ],
        terms.radius_km,
        sorted({(each.day, each.part) for each in terms.schedule}),
        sorted(terms.exclusions),
    ]
    most = guardian.capacity_families
    return PairFacts(
        digest=sha256(json.dumps(judged).encode()).hexdigest()[:16],
        room=tuple(min(most, each.max_families or most) for each in offered),
    )
