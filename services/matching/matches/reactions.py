"""How a match follows the needs of its family, and its own deadlines."""

from services.matching.families.domain import Family
from services.matching.families.reactions import known_family, needs_of
from services.matching.families.repository import Families
from services.matching.families.values import DROPPED
from services.matching.guardians.domain import Guardian
from services.matching.guardians.repository import Guardians
from services.matching.matches.domain import Match
from services.matching.matches.events import deadline_event, event_fields
from services.matching.matches.repository import Matches
from services.matching.matches.use_cases import release_both
from services.matching.matches.values import Need
from shared import clock
from shared.events.base import Event, Received
from shared.events.intake import NeedsChanged
from shared.events.matching import CareNeedsChanged
from shared.observability import count
from shared.reference import regions
from shared.storage.command_context import CommandContext
from shared.storage.rows import Row

# Deadlines that call people on duty.
ALARMING = ("introduction_overdue", "follow_up_missed")


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


def match_due(
    match_id: str,
    context: CommandContext,
    matches: Matches,
    families: Families,
    guardians: Guardians,
) -> None:
    """Announce the deadlines of a match that have come, each once; a lapsed proposal is over."""
    match = matches.find(match_id)
    if match is None:
        return
    advanced, passed = match.advance(clock.now(), regions.zone(match.region))
    if not passed:
        return
    released = [] if advanced.is_open else release_both(advanced, families, guardians)
    events = [deadline_event(advanced, each) for each in passed]
    matches.save(context, advanced, *released, events=events)
    names = [each.deadline for each in passed]
    for name in ALARMING:
        count(name, names.count(name))


REACTIONS = {NeedsChanged: on_needs_changed}
DEADLINES = {"MATCH": match_due}
