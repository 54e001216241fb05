"""Both sides say yes, and meet with the headquarters."""

from services.matching.headquarters.repository import HeadquartersRepository
from services.matching.introductions.commands import AcceptMatch, ExplainDelay, HoldIntroduction
from services.matching.matches.events import event_fields
from services.matching.matches.policy import acting_side, load_authorised
from services.matching.matches.repository import Matches
from services.matching.matches.values import Answer, Delay, MatchId
from shared import clock
from shared.errors import Invalid
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
    if not _works_here(body.hq_participant, context, match.region, headquarters):
        raise Invalid("not_of_this_headquarters", "/hq_participant")
    now, reason = clock.now(), body.late_reason
    introduced, introduction = match.hold_introduction(
        body.held_at,
        tuple(body.participants),
        now,
        Delay(reason=reason, at=now, by=context.actor.id) if reason else None,
        format=body.format,
        hq_participant=body.hq_participant,
    )
    event = IntroductionHeld(
        **event_fields(match),
        held_at=introduction.held_at,
        in_time=introduction.in_time,
        late_reason=introduced.delay.reason if introduced.delay else None,
    )
    return matches.save(context, introduced, events=[event])


def _works_here(
    user: str, context: CommandContext, region: str, headquarters: HeadquartersRepository
) -> bool:
    if user == context.actor.id:
        return context.actor.role == "regional_hq" and context.actor.covers(region)
    return user in headquarters.of(region).coordinators
