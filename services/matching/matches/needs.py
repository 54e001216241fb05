"""A family changes what it needs while a guardian is there for it."""

from services.matching.families.domain import Family
from services.matching.guardians.domain import Guardian
from services.matching.matches.domain import Match
from services.matching.matches.repository import Desk
from services.matching.matches.use_cases import who
from services.matching.matches.values import Need
from shared.events import matching as events
from shared.events.base import Event
from shared.events.intake import NeedsChanged
from shared.storage.rows import Row

DROPPED = "dropped"


def follow_family(
    changed: NeedsChanged, family: Family, desk: Desk
) -> tuple[list[Row], list[Event]]:
    """What the change means for the open match: its own list, and news of the family's wishes.

    What headquarters has changed it knows itself; nobody is told of that.
    """
    if changed.match_id is None or changed.match_id != family.match_id:
        return [], []
    match = desk.matches.get(changed.match_id)
    outside = _outside(family, match, desk.guardians.get(match.guardian_id))
    followed = match.follow_needs(_needs(family, match), outside)
    if not changed.by_family:
        return ([desk.matches.row(followed)] if followed != match else []), []
    told = events.CareNeedsChanged(**who(match), categories=changed.categories, uncovered=outside)
    return [desk.matches.row(followed)], [told]


def _needs(family: Family, match: Match) -> tuple[Need, ...]:
    """Open needs and those that this match has met; what was crossed out is gone."""
    known = {need.need_id for need in match.needs}
    still = {need.need_id for need in family.open_needs}
    return tuple(
        Need(need_id=need.need_id, category=need.category)
        for need in family.needs
        if need.need_id in still or (need.need_id in known and need.status != DROPPED)
    )


def _outside(family: Family, match: Match, guardian: Guardian) -> tuple[str, ...]:
    """What is needed now, is not offered by the guardian, and was not known to be missing."""
    offered = {capability.category for capability in guardian.capabilities}
    return tuple(c for c in family.open_categories if c not in {*offered, *match.uncovered})
