"""A guardian that moved rests, or fails a check: where its cares still run hears of it, too.

What ends that is said of all cares: a region that has heard of it may have the guardian again.
"""

from collections.abc import Callable
from typing import Any

from services.matching.guardians.domain import Guardian
from services.matching.guardians.repository import Guardians
from services.matching.guardians.values import GuardianStatus
from services.matching.matches.domain import Match
from services.matching.matches.events import event_fields
from services.matching.matches.repository import Matches
from shared.events.base import Event, Received
from shared.events.matching import GuardianReady, GuardianSuspended
from shared.events.matching_guardians import CheckFailed, RequirementRenewed
from shared.events.matching_progress import (
    MatchGuardianFailedCheck,
    MatchGuardianResumed,
    MatchGuardianSuspended,
    MatchRequirementRenewed,
)
from shared.storage.command_context import CommandContext


def tell_of_cares(
    received: Received[Any], context: CommandContext, guardians: Guardians, matches: Matches
) -> None:
    """Tell where a guardian helps what has become of it, as far as that still holds."""
    guardian = guardians.get(received.event.guardian_id)
    cares = matches.get_many([place.match_id for place in guardian.places if place.active])
    found = (_event_of(received.event, guardian, each) for each in cares)
    events = [each for each in found if each is not None]
    if events:
        guardians.save(context, guardian, events=events)


def _event_of(event: Event, guardian: Guardian, care: Match) -> Event | None:
    """Return the event about one care; the guardian's own region hears of its guardian."""
    away, rests = care.region != guardian.home_region, guardian.status is GuardianStatus.PAUSED
    proved = {proof.code for proof in guardian.proofs if proof.valid_until is not None}
    match event:
        case GuardianSuspended() if away and rests:
            return MatchGuardianSuspended(**event_fields(care))
        case GuardianReady() if not rests:
            return MatchGuardianResumed(**event_fields(care))
        case CheckFailed(code=code) if away and code not in proved:
            return MatchGuardianFailedCheck(**event_fields(care), code=code)
        case RequirementRenewed(code=code) if code in proved:
            return MatchRequirementRenewed(**event_fields(care), code=code)
    return None


REACTIONS: dict[type[Event], Callable[..., None]] = dict.fromkeys(
    (GuardianSuspended, GuardianReady, CheckFailed, RequirementRenewed), tell_of_cares
)
