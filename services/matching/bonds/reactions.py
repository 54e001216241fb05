"""What matching hears of a family's records: merged, separated again, signed out everywhere."""

from collections.abc import Callable

from services.matching.bonds.domain import moved
from services.matching.bonds.repository import Bonds
from shared.events.base import Event, Received
from shared.events.intake import FamiliesMerged, FamilyMergeUndone
from shared.events.intake_rights import FamilySignedOut
from shared.storage.command_context import CommandContext


def on_families_merged(
    received: Received[FamiliesMerged], context: CommandContext, bonds: Bonds
) -> None:
    """Let one bond hold for both records; a later separation that is known already wins."""
    _change(received, context, bonds, merged=True)


def on_family_merge_undone(
    received: Received[FamilyMergeUndone], context: CommandContext, bonds: Bonds
) -> None:
    """Let each record have a bond of its own again."""
    _change(received, context, bonds, merged=False)


def on_family_signed_out(
    received: Received[FamilySignedOut], context: CommandContext, bonds: Bonds
) -> None:
    """Let links that a record was given before sign nothing: its phone may be in other hands."""
    event = received.event
    bond = bonds.of_record(event.record_id or event.family_id, event.region)
    after = bond.sign_out(event.at)
    if after is not bond:
        bonds.save(context, after)


def _change(
    received: Received[FamiliesMerged] | Received[FamilyMergeUndone],
    context: CommandContext,
    bonds: Bonds,
    *,
    merged: bool,
) -> None:
    event = received.event
    part = bonds.of_record(event.merged_family_id, event.region)
    if part.knows_later(received.time):
        return
    whole = event.family_id if merged else None
    named = dict.fromkeys((part.family_id, part.part_of, whole))
    found = {each: bonds.of_record(each, event.region) for each in named if each is not None}
    changed = moved(found, part.family_id, whole, received.time)
    bonds.store.commit(context, *(bonds.row(each) for each in changed.values()))


REACTIONS: dict[type[Event], Callable[..., None]] = {
    FamiliesMerged: on_families_merged,
    FamilyMergeUndone: on_family_merge_undone,
    FamilySignedOut: on_family_signed_out,
}
