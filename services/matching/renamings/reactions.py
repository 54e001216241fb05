"""The open matches of a guardian that was renamed get its new title, a few at a time."""

from services.matching.guardians.repository import Guardians
from services.matching.matches.events import event_fields
from services.matching.matches.repository import Matches
from services.matching.renamings.domain import Renaming
from services.matching.renamings.repository import Renamings
from shared.events.base import Received
from shared.events.matching_guardians import GuardianRenamed
from shared.events.matching_progress import MatchGuardianRenamed
from shared.storage.command_context import CommandContext

# Each is a row and its line in the audit.
MATCHES_OF_STEP = 5


def on_guardian_renamed(
    received: Received[GuardianRenamed],
    context: CommandContext,
    guardians: Guardians,
    renamings: Renamings,
) -> None:
    """Have the open matches of a guardian follow; each holds one of its places."""
    guardian = guardians.get(received.event.guardian_id)
    if not guardian.places:
        return
    known = renamings.find(guardian.guardian_id) or Renaming(guardian_id=guardian.guardian_id)
    renamings.save(context, known.begin(place.match_id for place in guardian.places))


def rename_matches(
    guardian_id: str,
    context: CommandContext,
    guardians: Guardians,
    matches: Matches,
    renamings: Renamings,
) -> None:
    """Give some matches the title that the guardian has now; families that have met it hear so."""
    renaming, guardian = renamings.get(guardian_id), guardians.get(guardian_id)
    gone_on, next_ones = renaming.go_on(MATCHES_OF_STEP)
    found = [each for each in matches.get_many(next_ones) if each.is_open]
    rows = [matches.row(each.retitle(guardian.title)) for each in found]
    met = [each for each in found if each.introduction is not None]
    events = [MatchGuardianRenamed(**event_fields(each)) for each in met]
    renamings.save(context, gone_on, *rows, events=events)


REACTIONS = {GuardianRenamed: on_guardian_renamed}
DEADLINES = {"RENAMING": rename_matches}
