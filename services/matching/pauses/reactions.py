"""A guardian that moved to another region rests: where its cares still run hears of it, too."""

from services.matching.guardians.repository import Guardians
from services.matching.guardians.values import GuardianStatus
from services.matching.matches.events import event_fields
from services.matching.matches.repository import Matches
from shared.events.base import Received
from shared.events.matching import GuardianSuspended
from shared.events.matching_progress import MatchGuardianSuspended
from shared.storage.command_context import CommandContext


def on_guardian_suspended(
    received: Received[GuardianSuspended],
    context: CommandContext,
    guardians: Guardians,
    matches: Matches,
) -> None:
    """Tell of each care of other regions; the guardian's own region hears of its guardian."""
    guardian = guardians.find(received.event.guardian_id)
    if guardian is None or guardian.status is not GuardianStatus.PAUSED:
        return
    found = matches.get_many([place.match_id for place in guardian.places if place.active])
    away = [each for each in found if each.region != guardian.home_region]
    if away:
        events = [MatchGuardianSuspended(**event_fields(each)) for each in away]
        guardians.save(context, guardian, events=events)


REACTIONS = {GuardianSuspended: on_guardian_suspended}
