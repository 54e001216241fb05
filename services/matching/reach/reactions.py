"""Keeps the lists of who helps where: after each change of a guardian, in steps of a few rows."""

from typing import get_args

from services.matching.guardians.repository import Guardians
from services.matching.reach.domain import Listing, entries_of
from services.matching.reach.queries import ground_of
from services.matching.reach.repository import Listings, add_entry, remove_entry
from shared.events.base import Received
from shared.events.matching import (
    CareEnded,
    CareStarted,
    ClarificationClosed,
    ClarificationRequested,
    GuardianAssigned,
    GuardianReady,
    GuardianRejected,
    GuardianSuspended,
    GuardianWithdrawn,
)
from shared.events.matching_guardians import PossibilitiesChanged
from shared.storage.command_context import CommandContext

# With the inbox, the listing and its audit far below what a commit may have.
ROWS_OF_STEP = 10

Moved = (
    GuardianAssigned
    | GuardianReady
    | GuardianRejected
    | GuardianSuspended
    | GuardianWithdrawn
    | PossibilitiesChanged
    | ClarificationRequested
    | ClarificationClosed
    | CareStarted
    | CareEnded
)


def on_guardian_moved(
    received: Received[Moved], context: CommandContext, guardians: Guardians, listings: Listings
) -> None:
    """List a guardian where it helps now."""
    keep_listing(received.event.guardian_id, context, guardians, listings)


def keep_listing(
    guardian_id: str, context: CommandContext, guardians: Guardians, listings: Listings
) -> None:
    """Write the next rows of a guardian's listing; its row is due again while more are left."""
    before = listings.find(guardian_id) or Listing(guardian_id=guardian_id)
    guardian = guardians.get(guardian_id)
    ground = ground_of(guardian.home_region)
    after, added, removed = before.follow(entries_of(guardian, ground), ROWS_OF_STEP)
    writes = [add_entry(each, guardian_id) for each in added]
    writes += [remove_entry(each, guardian_id) for each in removed]
    # Read before the guardian and saved even unchanged: who still writes by an older guardian has
    # to look again.
    listings.save(context, after, writes=writes)


REACTIONS = dict.fromkeys(get_args(Moved), on_guardian_moved)
DEADLINES = {"LISTING": keep_listing}
