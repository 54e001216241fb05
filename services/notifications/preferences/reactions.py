"""What families merge and who is forgotten means for what people prefer."""

from collections.abc import Callable
from typing import Any

from services.notifications.preferences.repository import PreferencesRepository
from services.notifications.templates.values import Audience
from shared.events.base import Event, Received
from shared.events.cards import CardErased
from shared.events.intake import FamiliesMerged, FamilyErased, FamilyMergeUndone
from shared.events.matching_guardians import GuardianContactErased
from shared.events.matching_volunteers import VolunteerLeft
from shared.storage.command_context import CommandContext


def merge_preferences(
    received: Received[FamiliesMerged], context: CommandContext, preferences: PreferencesRepository
) -> None:
    """Let what either record prefers hold for both, until the family says it anew."""
    _change(received, context, preferences, merged=True)


def separate_preferences(
    received: Received[FamilyMergeUndone],
    context: CommandContext,
    preferences: PreferencesRepository,
) -> None:
    """Let each record have its own preferences again."""
    _change(received, context, preferences, merged=False)


def _change(
    received: Received[FamiliesMerged] | Received[FamilyMergeUndone],
    context: CommandContext,
    preferences: PreferencesRepository,
    *,
    merged: bool,
) -> None:
    event, at = received.event, received.time
    whole = preferences.of_record(event.family_id)
    part = preferences.of_record(event.merged_family_id)
    if part.pointed_at is not None and part.pointed_at > at:
        if whole.spoke_for(part, at):  # it has moved on to another family since
            preferences.save(context, whole.with_record(part, at, merged=False))
        return
    rows = (whole.with_record(part, at, merged), part.pointing_to(whole, at, merged))
    preferences.store.commit(context, *map(preferences.row, rows))


def forget_person(
    received: Received[Any], context: CommandContext, preferences: PreferencesRepository
) -> None:
    """Keep nothing of what a person preferred."""
    person_id = _PEOPLE[type(received.event)].person_in(received.event.model_dump())
    if person_id is None or not getattr(received.event, "holder_too", True):
        return
    # Also of who has said nothing yet: it might be saying so at this moment, or by a link later.
    preferences.save(context, preferences.of_record(person_id).forget(received.time))


# Who is forgotten after which event.
_PEOPLE: dict[type[Event], Audience] = {
    FamilyErased: Audience.FAMILY,
    CardErased: Audience.HOLDER,
    GuardianContactErased: Audience.GUARDIAN,
    VolunteerLeft: Audience.VOLUNTEER,
}
REACTIONS: dict[type[Event], Callable[..., None]] = {
    FamiliesMerged: merge_preferences,
    FamilyMergeUndone: separate_preferences,
    **dict.fromkeys(_PEOPLE, forget_person),
}
