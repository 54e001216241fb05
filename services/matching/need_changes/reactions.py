"""How a match follows the needs of its family."""

from services.matching.families.domain import Family
from services.matching.families.reactions import known_family, needs_of
from services.matching.families.repository import Families
from services.matching.families.values import DROPPED
from services.matching.guardians.domain import Guardian
from services.matching.guardians.repository import Guardians
from services.matching.matches.domain import Match
from services.matching.matches.events import event_fields
from services.matching.matches.repository import Matches
from services.matching.matches.values import Need
from shared.events.base import Event, Received
from shared.events.intake import NeedsChanged
from shared.events.matching import CareNeedsChanged
from shared.storage.command_context import CommandContext
from shared.storage.rows import Row


def on_needs_changed(
    received: Received[NeedsChanged],
    context: CommandContext,
    families: Families,
    guardians: Guardians,
    matches: Matches,
) -> None:
    """Follow the needs of a family; its guardian hears of the family's own wishes."""
    event = received.event
    before = known_family(event, families)
    if before is None:
        return
    after = before.needs_changed(received.sequence, needs_of(event.needs))
    rows, events = apply_need_changes(event, after, guardians, matches)
    if after != before:
        rows.append(families.row(after))
    if rows:
        families.store.commit(context, *rows, events=events)


def apply_need_changes(
    changed: NeedsChanged, family: Family, guardians: Guardians, matches: Matches
) -> tuple[list[Row], list[Event]]:
    """Return what the change means for the open match: its own list, and the family's wishes.

    What headquarters has changed it knows itself, so no event says so.
    """
    if changed.match_id is None or changed.match_id != family.match_id:
        return [], []
    match = matches.get(changed.match_id)
    outside = _outside(family, match, guardians.get(match.guardian_id))
    followed = match.follow_needs(_needs(family, match), outside)
    if not changed.by_family:
        return ([matches.row(followed)] if followed != match else []), []
    event = CareNeedsChanged(
        **event_fields(match), categories=changed.categories, uncovered=outside
    )
    return [matches.row(followed)], [event]


def _needs(family: Family, match: Match) -> tuple[Need, ...]:
    """Return open needs and those that this match has met, without the dropped ones."""
    known = {need.need_id for need in match.needs}
    return tuple(
        Need(need_id=need.need_id, category=need.category)
        for need in family.needs
        if need.open or (need.need_id in known and need.status != DROPPED)
    )


def _outside(family: Family, match: Match, guardian: Guardian) -> tuple[str, ...]:
    """Return what is needed now, is not offered, and was not known to be missing."""
    offered = {capability.category for capability in guardian.capabilities}
    return tuple(c for c in family.open_categories if c not in {*offered, *match.uncovered})


REACTIONS = {NeedsChanged: on_needs_changed}
