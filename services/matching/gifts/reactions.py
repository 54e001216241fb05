"""What intake says of families' cases: who is being helped gives nothing and is not asked."""

from services.matching.gifts.repository import Graduates
from services.matching.gifts.values import KnownPart
from shared.events.base import Received
from shared.events.intake import (
    CaseClosed,
    CaseReopened,
    FamiliesMerged,
    FamilyMergeUndone,
    RequestJoined,
    RequestReceived,
)
from shared.storage.command_context import CommandContext


def note_case_opened(
    received: Received[RequestReceived] | Received[RequestJoined],
    context: CommandContext,
    graduates: Graduates,
) -> None:
    """Note that a family has a case; an anonymous request has no family."""
    event = received.event
    if event.family_id is None or event.case_id is None:
        return
    known = graduates.of(event.family_id, event.region)
    noted = known.opened(event.case_id)
    if noted != known:
        graduates.save(context, noted)


def note_case_closed(
    received: Received[CaseClosed], context: CommandContext, graduates: Graduates
) -> None:
    """Note that a case is over."""
    event = received.event
    known = graduates.of(event.family_id, event.region)
    noted = known.closed(event.case_id, received.sequence, received.time)
    if noted != known:
        graduates.save(context, noted)


def note_case_reopened(
    received: Received[CaseReopened], context: CommandContext, graduates: Graduates
) -> None:
    """Note that a case is open again."""
    event = received.event
    known = graduates.of(event.family_id, event.region)
    noted = known.reopened(event.case_id, received.sequence)
    if noted != known:
        graduates.save(context, noted)


def note_families_merged(
    received: Received[FamiliesMerged], context: CommandContext, graduates: Graduates
) -> None:
    """Let the cases of both records count for the family."""
    _note_part(received, context, graduates, merged=True)


def note_merge_undone(
    received: Received[FamilyMergeUndone], context: CommandContext, graduates: Graduates
) -> None:
    """Let each record have its own cases alone again."""
    _note_part(received, context, graduates, merged=False)


def _note_part(
    received: Received[FamiliesMerged] | Received[FamilyMergeUndone],
    context: CommandContext,
    graduates: Graduates,
    *,
    merged: bool,
) -> None:
    event = received.event
    known = graduates.of(event.family_id, event.region)
    part = KnownPart(family_id=event.merged_family_id, merged=merged, at=received.time)
    noted = known.joined_by(part)
    if noted != known:
        graduates.save(context, noted)


REACTIONS = {
    RequestReceived: note_case_opened,
    RequestJoined: note_case_opened,
    CaseClosed: note_case_closed,
    CaseReopened: note_case_reopened,
    FamiliesMerged: note_families_merged,
    FamilyMergeUndone: note_merge_undone,
}
