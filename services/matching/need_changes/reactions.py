"""How a match follows its family: what it needs, and where it lives."""

from datetime import datetime

from services.matching.decisions.repository import Decisions
from services.matching.families.domain import Family
from services.matching.families.reactions import known_family, needs_of, profile_of
from services.matching.families.repository import Families
from services.matching.guardians.domain import Guardian
from services.matching.guardians.repository import Guardians
from services.matching.matches.domain import Match
from services.matching.matches.events import event_fields
from services.matching.matches.repository import Matches
from services.matching.need_changes.domain import follow_needs, settle_needs
from shared.events.base import Event, Received
from shared.events.intake import CareDetailsChanged, NeedsChanged
from shared.events.matching import CareNeedsChanged
from shared.events.matching_progress import MatchNeedsSettled
from shared.storage.command_context import CommandContext
from shared.storage.rows import Row


def on_needs_changed(
    received: Received[NeedsChanged],
    context: CommandContext,
    families: Families,
    guardians: Guardians,
    matches: Matches,
    decisions: Decisions,
) -> None:
    """Follow the needs of a family; its guardian hears of the family's own wishes."""
    event = received.event
    before = known_family(event, families)
    if before is None:
        return
    after = before.needs_changed(received.sequence, needs_of(event.needs))
    # Intake may not know of the match yet: what is new is about the one that the family has.
    ours = after != before or event.match_id == after.match_id
    rows, events = _apply(event, after, ours, received.time, guardians, matches, decisions)
    families.save(context, after, *rows, events=events)


def on_care_details_changed(
    received: Received[CareDetailsChanged],
    context: CommandContext,
    families: Families,
    matches: Matches,
) -> None:
    """Follow a family to its district, its open match too, and what it says of guardians."""
    event = received.event
    before = known_family(event, families)
    if before is None:
        return
    after = before.details_changed(
        received.sequence,
        district=event.district_id,
        excluded=event.excluded_guardians,
        profile=profile_of(event),
    )
    rows: list[Row] = []
    if after.match_id is not None and after.district != before.district:
        rows = [matches.row(matches.get(after.match_id).move(event.district_id))]
    families.save(context, after, *rows)


def _apply(
    changed: NeedsChanged,
    family: Family,
    ours: bool,
    at: datetime,
    guardians: Guardians,
    matches: Matches,
    decisions: Decisions,
) -> tuple[list[Row], list[Event]]:
    """Return what the change means for the open match: its own list, and the family's wishes.

    What headquarters has changed it knows itself, so no event says so; but of a match before its
    care it hears when nothing is left to help with. A change that is not `ours` is of an earlier
    match, or was known when this one was proposed.
    """
    if family.match_id is None:
        return [], []
    match = matches.get(family.match_id)
    followed = settle_needs(match, settled=not family.open_needs, at=at)
    events: list[Event] = []
    if (followed.needs_met_at is None) != (match.needs_met_at is None):
        settled = followed.needs_met_at is not None
        events.append(MatchNeedsSettled(**event_fields(match), settled=settled))
    if ours:
        followed, wishes = _follow(followed, changed, family, guardians, decisions)
        events += wishes
    return [matches.row(followed)], events


def _follow(
    match: Match,
    changed: NeedsChanged,
    family: Family,
    guardians: Guardians,
    decisions: Decisions,
) -> tuple[Match, list[Event]]:
    """Return the match with the needs of now, and what its guardian hears of the wishes."""
    lacking = _lacking(family, guardians.get(match.guardian_id))
    outside = tuple(kind for kind in lacking if kind not in match.uncovered)
    followed = follow_needs(match, family, outside)
    if not changed.by_family:
        return followed, []
    accepted = decisions.get(match.match_id).judged.uncovered
    wished = CareNeedsChanged(
        **event_fields(match),
        categories=changed.categories,
        uncovered=outside,
        missing=tuple(kind for kind in lacking if kind not in accepted),
    )
    return followed, [wished]


def _lacking(family: Family, guardian: Guardian) -> tuple[str, ...]:
    """Return what is needed now and the guardian does not offer."""
    offered = {capability.category for capability in guardian.capabilities}
    return tuple(kind for kind in family.open_categories if kind not in offered)


REACTIONS = {NeedsChanged: on_needs_changed, CareDetailsChanged: on_care_details_changed}
