"""A family is helped, and says so."""

from collections.abc import Iterator

from services.matching.follow_ups.values import FollowUpStatus
from services.matching.guardians.repository import Guardians
from services.matching.matches.domain import Match
from services.matching.matches.events import event_fields
from services.matching.matches.policy import OWN_SIDES, load_authorised, load_guardian
from services.matching.matches.repository import Matches
from services.matching.matches.values import MatchId, MatchStatus, Need
from services.matching.visits.commands import CorrectHelp, RecordHelp
from services.matching.visits.domain import CareVisit, need_of
from services.matching.visits.repository import Visits
from services.matching.visits.values import VisitId, note_record
from shared import clock, ids
from shared.errors import Invalid
from shared.events.base import Event
from shared.events.matching import CareDelivered, CareStarted
from shared.events.matching_progress import CareDeliveryCorrected, FollowUpPutOff
from shared.privacy.vault import Vault
from shared.reference import calendar, regions
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.rows import Row


def record_help(
    match_id: MatchId,
    body: RecordHelp,
    context: CommandContext,
    matches: Matches,
    visits: Visits,
    guardians: Guardians,
    vault: Vault,
) -> Receipt:
    """Record a help; the first one starts the care and makes the guardian a caring one."""
    match = load_authorised(match_id, "record_help", context.actor, matches)
    now = clock.now()
    helped, need = match.record_help(body.need_id, body.given_at, now, regions.zone(match.region))
    visit = _visit(helped, need, body, context.actor.id)
    rows: list[Row] = [visits.row(visit)]
    events: list[Event] = []
    if match.status is MatchStatus.AGREED:
        guardian = load_guardian(match, context.actor, guardians).activate_place(match_id, now)
        rows.append(guardians.row(guardian))
        events.append(CareStarted(**event_fields(match), started_on=visit.given_on))
    events.append(
        CareDelivered(
            **event_fields(match),
            visit_id=visit.visit_id,
            need_id=visit.need_id,
            category=visit.category,
            given_on=visit.given_on,
        )
    )
    record = note_record(visit.visit_id)
    writes = vault.seal(match.family_id, record, {"note": body.note}) if body.note else []
    return matches.save(context, helped, *rows, events=events, writes=writes)


def _visit(match: Match, need: Need, body: RecordHelp, by: str) -> CareVisit:
    return CareVisit(
        visit_id=ids.new("vis"),
        match_id=match.match_id,
        case_id=match.case_id,
        guardian_id=match.guardian_id,
        region=match.region,
        need_id=need.need_id,
        category=need.category,
        given_on=regions.local_date(match.region, body.given_at),
        recorded_by=by,
        noted=body.note is not None,
    )


def confirm_help(
    visit_id: VisitId, context: CommandContext, visits: Visits, matches: Matches
) -> Receipt:
    """Confirm, for the family, that it got this help."""
    visit = visits.get(visit_id)
    load_authorised(visit.match_id, "confirm_help", context.actor, matches)
    return visits.save(context, visit.confirm(clock.now()))


def correct_help(
    visit_id: VisitId,
    body: CorrectHelp,
    context: CommandContext,
    visits: Visits,
    matches: Matches,
    vault: Vault,
) -> Receipt:
    """Mend what was written down about a help, or take it back; start and calls follow.

    One that the family has confirmed is mended by the headquarters alone.
    """
    visit = visits.get(visit_id)
    match = load_authorised(visit.match_id, "correct_help", context.actor, matches)
    if body.not_given and (body.need_id or body.given_at):
        raise Invalid("help_given_or_not", "/not_given")
    context.reason = body.reason
    now, zone = clock.now(), regions.zone(match.region)
    new_day = calendar.local_date(zone, body.given_at) if body.given_at else visit.given_on
    need = need_of(visit, match, body.need_id, new_day, zone)
    corrected = visit.correct(
        need.need_id,
        need.category,
        new_day,
        given=not body.not_given,
        by_headquarters=context.actor.role not in OWN_SIDES,
    )
    after = match.correct_help(
        visit.given_on,
        None if body.not_given else new_day,
        calendar.local_date(zone, now),
        zone,
        visits.days_beside(visit) if match.visits > len(match.first_days) else None,
    )
    published = [_corrected_event(after, corrected), *_put_off(match, after)]
    no_words = visit.noted and not corrected.noted
    writes = vault.forget(match.family_id, note_record(visit_id)) if no_words else []
    return matches.save(context, after, visits.row(corrected), events=published, writes=writes)


def _put_off(before: Match, after: Match) -> Iterator[Event]:
    """Yield the events of calls that were asked for and are to be made on a later day."""
    for was, call in zip(before.follow_ups, after.follow_ups, strict=True):
        if was.status is FollowUpStatus.DUE and call.status is FollowUpStatus.PLANNED:
            facts = {"kind": call.kind.value, "due_on": call.due_on}
            yield FollowUpPutOff.model_validate(event_fields(after) | facts)


def _corrected_event(match: Match, visit: CareVisit) -> Event:
    return CareDeliveryCorrected(
        **event_fields(match),
        visit_id=visit.visit_id,
        need_id=visit.need_id,
        category=visit.category,
        given_on=visit.given_on,
        given=visit.given,
        started_on=match.started_on,
    )
