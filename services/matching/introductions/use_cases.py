"""Both sides say yes, and meet with the headquarters."""

from services.matching.bonds.repository import Bonds
from services.matching.decisions.domain import Decision
from services.matching.decisions.repository import Decisions
from services.matching.families.repository import Families
from services.matching.guardians.repository import Guardians
from services.matching.headquarters.repository import HeadquartersRepository
from services.matching.introductions.commands import (
    AcceptMatch,
    ExplainDelay,
    HoldIntroduction,
    RecordLateIntroduction,
)
from services.matching.matches.domain import Match
from services.matching.matches.events import caught_up, event_fields, proposed_event
from services.matching.matches.policy import acting_side, load_authorised
from services.matching.matches.repository import Matches
from services.matching.matches.use_cases import bind_both
from services.matching.matches.values import Answer, Delay, Introduction, MatchId
from shared import clock, ids
from shared.errors import IllegalStep, Invalid
from shared.events.base import Event
from shared.events.matching import IntroductionHeld
from shared.events.matching_progress import MatchAccepted
from shared.storage.command_context import CommandContext, Receipt


def accept_match(
    match_id: MatchId, body: AcceptMatch, context: CommandContext, matches: Matches
) -> Receipt:
    """Say yes to the proposal for one side; it binds to nothing yet."""
    match = load_authorised(match_id, "accept", context.actor, matches)
    side = acting_side(body, context, match)
    answer = Answer(side=side, at=clock.now(), by=context.actor.id, evidence=body.evidence)
    accepted = match.accept(answer)
    event = MatchAccepted(
        **event_fields(match),
        by=side.value,
        both=accepted.both_accepted,
        introduction_due_at=match.introduction_due_at,
    )
    return matches.save(context, accepted, events=[event])


def explain_delay(
    match_id: MatchId, body: ExplainDelay, context: CommandContext, matches: Matches
) -> Receipt:
    """Say why family and guardian have not met within 72 hours."""
    match = load_authorised(match_id, "explain_delay", context.actor, matches)
    context.reason = body.reason
    delay = Delay(reason=body.reason, at=clock.now(), by=context.actor.id)
    return matches.save(context, match.explain_delay(delay))


def hold_introduction(
    match_id: MatchId,
    body: HoldIntroduction,
    context: CommandContext,
    matches: Matches,
    headquarters: HeadquartersRepository,
) -> Receipt:
    """Record the first contact with the headquarters; it releases the contacts."""
    match = load_authorised(match_id, "hold_introduction", context.actor, matches)
    _check_attendance(body, context, match, headquarters)
    caught, breaches = caught_up(match, clock.now())
    introduced = caught.hold_introduction(*_meeting(body, context))
    return matches.save(context, introduced, events=[*breaches, *_held_events(introduced)])


def record_late_introduction(
    match_id: MatchId,
    body: RecordLateIntroduction,
    context: CommandContext,
    matches: Matches,
    headquarters: HeadquartersRepository,
    families: Families,
    guardians: Guardians,
    decisions: Decisions,
) -> Receipt:
    """Record a first contact that was written down after the proposal had lapsed.

    It counts by its day. A match of a new id goes on from it, when the family still waits and the
    guardian has a place; else the refusal says so, and the meeting can be noted without (`resume`).
    """
    match = load_authorised(match_id, "record_late_introduction", context.actor, matches)
    _check_attendance(body, context, match, headquarters)
    met = match.record_late_introduction(*_meeting(body, context))
    if not body.resume:
        return matches.save(context, met)
    try:
        return _go_on(met, context, matches, families, guardians, decisions)
    except IllegalStep as refused:
        steps = ("keep_introduction", "view_candidates")
        raise IllegalStep(refused.code, steps, **refused.facts) from refused


def _go_on(
    met: Match,
    context: CommandContext,
    matches: Matches,
    families: Families,
    guardians: Guardians,
    decisions: Decisions,
) -> Receipt:
    """Bind both sides to a match that goes on from the introduction, as a proposal does."""
    match_id = ids.new("mat")
    family, guardian = families.get(met.case_id), guardians.get(met.guardian_id)
    bond = Bonds(families.store).of_family(met.family_id, met.region)
    bound, facts, candidate = bind_both(match_id, family, bond, guardian)
    over, lapsed_no_more = met.go_on(match_id, family, candidate.uncovered)
    match = lapsed_no_more.retitle(guardian.title)
    decision = Decision.of(match_id, facts, candidate, override_reason=met.override_reason)
    rows = (matches.row(over), *bound.rows(families, guardians))
    proposed = proposed_event(match, family.open_categories, met=True)
    events = [proposed, *_held_events(match)]
    return matches.save(context, match, *rows, events=events, parts=[decisions.row(decision)])


def _meeting(body: HoldIntroduction, context: CommandContext) -> tuple[Introduction, Delay | None]:
    """Return the first contact as it is recorded now, and why it came late."""
    now, late = clock.now(), body.late_reason
    meeting = Introduction(
        held_at=body.held_at,
        format=body.format,
        hq_participant=body.hq_participant,
        participants=tuple(body.participants),
        recorded_at=now,
        evidence=body.evidence,
    )
    return meeting, Delay(reason=late, at=now, by=context.actor.id) if late else None


def _held_events(match: Match) -> list[Event]:
    """Return the event of the first contact, when there was one."""
    if match.introduction is None:
        return []
    return [
        IntroductionHeld(
            **event_fields(match),
            held_at=match.introduction.held_at,
            in_time=match.introduction.in_time,
            late_reason=match.delay.reason if match.delay else None,
        )
    ]


def _check_attendance(
    body: HoldIntroduction,
    context: CommandContext,
    match: Match,
    headquarters: HeadquartersRepository,
) -> None:
    """Refuse a first contact that was attended by no coordinator of the region."""
    own = body.hq_participant == context.actor.id
    if not own and body.hq_participant not in headquarters.of(match.region).coordinators:
        raise Invalid("not_of_this_headquarters", "/hq_participant")
