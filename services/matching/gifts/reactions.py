"""What intake says of families' cases: who is being helped gives nothing and is not asked."""

from services.matching.gifts.repository import Graduates
from shared.events.base import Received
from shared.events.intake import (
    CaseClosed,
    CaseReopened,
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


REACTIONS = {
    RequestReceived: note_case_opened,
    RequestJoined: note_case_opened,
    CaseClosed: note_case_closed,
    CaseReopened: note_case_reopened,
}
