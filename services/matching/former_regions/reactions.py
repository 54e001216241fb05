"""A guardian that moved rests, or fails a check: where its cares still run hears of it, too."""

from collections.abc import Callable

from services.matching.guardians.domain import Guardian
from services.matching.guardians.repository import Guardians
from services.matching.guardians.values import GuardianStatus
from services.matching.matches.domain import Match
from services.matching.matches.events import event_fields
from services.matching.matches.repository import Matches
from shared.events.base import Event, Received
from shared.events.matching import GuardianSuspended
from shared.events.matching_guardians import CheckFailed
from shared.events.matching_progress import MatchGuardianFailedCheck, MatchGuardianSuspended
from shared.storage.command_context import CommandContext


def on_guardian_suspended(
    received: Received[GuardianSuspended],
    context: CommandContext,
    guardians: Guardians,
    matches: Matches,
) -> None:
    """Tell each region that the guardian has left that it takes no new families now."""
    guardian = guardians.find(received.event.guardian_id)
    if guardian is not None and guardian.status is GuardianStatus.PAUSED:
        _tell(
            guardian,
            lambda care: MatchGuardianSuspended(**event_fields(care)),
            context,
            guardians,
            matches,
        )


def on_check_failed(
    received: Received[CheckFailed],
    context: CommandContext,
    guardians: Guardians,
    matches: Matches,
) -> None:
    """Tell each region that the guardian has left which check it has failed."""
    guardian, code = guardians.find(received.event.guardian_id), received.event.code
    if guardian is not None:
        _tell(
            guardian,
            lambda care: MatchGuardianFailedCheck(**event_fields(care), code=code),
            context,
            guardians,
            matches,
        )


def _tell(
    guardian: Guardian,
    event_of: Callable[[Match], Event],
    context: CommandContext,
    guardians: Guardians,
    matches: Matches,
) -> None:
    """Tell of each care of other regions; the guardian's own region hears of its guardian."""
    found = matches.get_many([place.match_id for place in guardian.places if place.active])
    away = [each for each in found if each.region != guardian.home_region]
    if away:
        guardians.save(context, guardian, events=[event_of(each) for each in away])


REACTIONS: dict[type[Event], Callable[..., None]] = {
    GuardianSuspended: on_guardian_suspended,
    CheckFailed: on_check_failed,
}
