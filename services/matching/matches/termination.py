"""How care ends: notices of the sides, the decision of the headquarters, the closing of a case."""

from dataclasses import dataclass, field

from services.matching.matches import commands
from services.matching.matches.domain import Match
from services.matching.matches.policy import match_resource
from services.matching.matches.repository import Desk
from services.matching.matches.use_cases import allowed, cancellation, freed, side_of, who
from services.matching.matches.values import Party, TerminationReason
from services.matching.matches.views import NotesView, NoteView
from services.matching.policy import POLICY
from shared import clock
from shared.events import matching as events
from shared.events.base import Event
from shared.principal import Principal
from shared.privacy.vault import RecordFields
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.rows import Row

CONFLICT_NOTE = "conflict"


def notify_termination(
    match_id: str, body: commands.NotifyTermination, context: CommandContext, desk: Desk
) -> Receipt:
    """One side says that it stops; the headquarters is told at once."""
    match = allowed(match_id, "notify_termination", context, desk)
    side = side_of(body, context, match)
    context.reason = body.reason.value
    ending = match.notify_termination(side, body.reason, clock.now())
    told = _notified(ending, side, body.reason)
    return desk.matches.save(context, ending, events=[told])


def _notified(ending: Match, by: Party, reason: TerminationReason) -> Event:
    asked = None if ending.asked is None else ending.asked.value
    return events.TerminationNotified(**who(ending), by=by.value, reason=reason.value, asked=asked)


def withdraw_notice(
    match_id: str, body: commands.WithdrawNotice, context: CommandContext, desk: Desk
) -> Receipt:
    """The side that wanted to stop goes on after all."""
    match = allowed(match_id, "withdraw_notice", context, desk)
    side = side_of(body, context, match)
    return desk.matches.save(context, match.withdraw_notice(side))


def end_care(match_id: str, body: commands.EndCare, context: CommandContext, desk: Desk) -> Receipt:
    """The headquarters confirms the end; after a conflict the pair is never proposed again."""
    match = allowed(match_id, "end", context, desk)
    context.reason = body.reason.value
    family = desk.families.get(match.case_id)
    ended = match.end(
        body.reason,
        open_categories=family.open_categories,
        effective_on=body.effective_on,
        at=clock.now(),
    )
    writes = []
    if body.conflict_note:
        record = f"{CONFLICT_NOTE}#{match_id}"
        ended = ended.noted(record)
        writes = desk.vault.seal(match.case_id, record, {"note": body.conflict_note})
    told = events.CareEnded(
        **who(match),
        reason=body.reason.value,
        open_need_categories=family.open_categories,
        waits=family.release(match_id).waiting,
    )
    conflict = body.reason is TerminationReason.CONFLICT
    rows = freed(ended, desk, exclude=conflict)
    return desk.matches.save(context, ended, *rows, events=[told], writes=writes)


def view_notes(match_id: str, caller: Principal, desk: Desk) -> NotesView:
    """What the headquarters wrote down about calls and conflicts, for itself alone."""
    match = desk.matches.get(match_id)
    POLICY.require(caller, "view_notes", match_resource(match))
    if not match.notes:
        return NotesView(items=[])
    wanted = [RecordFields(match.case_id, record, ("note",)) for record in match.notes]
    opened = desk.vault.open_many(wanted, caller, "match_notes")
    return NotesView(
        items=[
            NoteView(record=record, note=fields["note"])
            for record, fields in zip(match.notes, opened, strict=True)
            if fields and "note" in fields
        ]
    )


@dataclass(frozen=True, slots=True)
class ReleasedFamily:
    """What the end of a family's wish changes; `released` is the match it is free of."""

    rows: list[Row] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    released: str | None = None


def family_is_out(match_id: str, reason: str, closed: bool, desk: Desk) -> ReleasedFamily:
    """What becomes of an open match when its family needs no guardian any more.

    Before care the match is cancelled. Care that has begun is ended by the headquarters only: the
    closing of the case counts as the family's notice.
    """
    match = desk.matches.get(match_id)
    now = clock.now()
    if not match.is_open or (match.in_care and not closed):
        return ReleasedFamily()
    if not match.in_care:
        cancelled = match.cancel("system", reason, now)
        guardian = desk.guardians.get(match.guardian_id).release_place(match_id, now)
        rows = [desk.matches.row(cancelled), desk.guardians.row(guardian)]
        return ReleasedFamily(rows, [cancellation(cancelled)], match_id)
    if any(notice.by is Party.FAMILY for notice in match.notices):
        return ReleasedFamily()
    why = _as_termination(reason)
    ending = match.notify_termination(Party.FAMILY, why, now)
    return ReleasedFamily([desk.matches.row(ending)], [_notified(ending, Party.FAMILY, why)])


def _as_termination(reason: str) -> TerminationReason:
    if reason == TerminationReason.ALL_NEEDS_MET:
        return TerminationReason.ALL_NEEDS_MET
    return TerminationReason.NEEDS_CANNOT_BE_MET
