"""From the proposal to the introduction, or to a refusal on the way."""

from services.matching.families.domain import Family
from services.matching.families.policy import family_resource
from services.matching.guardians.domain import Guardian
from services.matching.matches import commands
from services.matching.matches.domain import Match
from services.matching.matches.policy import match_resource
from services.matching.matches.repository import Desk
from services.matching.matches.values import Need, Party
from services.matching.policy import POLICY
from services.matching.ranking.domain import Candidate, Unsuitable, judge
from shared import clock, ids
from shared.errors import IllegalStep, Invalid, NotFound
from shared.events import matching as events
from shared.events.base import Event
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.rows import Row


def allowed(match_id: str, action: str, context: CommandContext, desk: Desk) -> Match:
    """The match, when the caller may do this to it."""
    match = desk.matches.get(match_id)
    POLICY.require(context.actor, action, match_resource(match))
    return match


def who(match: Match) -> dict[str, str]:
    """What every event about this match says."""
    return {
        "region": match.region,
        "programme": match.programme.value,
        "match_id": match.match_id,
        "case_id": match.case_id,
        "guardian_id": match.guardian_id,
    }


def side_of(asked: commands.ActingForSide, context: CommandContext, match: Match) -> Party:
    """Which side acts: its own people, or the headquarters for it, with evidence."""
    own = {"guardian_rep": Party.GUARDIAN, "family": Party.FAMILY}.get(context.actor.role)
    if own is not None:
        if asked.by not in (None, own):
            raise Invalid("not_your_side", "/by")
        return own
    if asked.by is None:
        raise Invalid("side_missing", "/by")
    if asked.evidence is None:
        raise Invalid("evidence_missing", "/evidence")
    represented = match.case_id if asked.by is Party.FAMILY else match.guardian_id
    context.actor = context.actor.acting_for(represented, asked.evidence)
    return asked.by


# proposing ---------------------------------------------------------------------------------


def propose_match(body: commands.ProposeMatch, context: CommandContext, desk: Desk) -> Receipt:
    """Propose a guardian to a family: both are bound, and the guardian's place is taken."""
    family = desk.families.get(body.case_id)
    POLICY.require(context.actor, "propose_match", family_resource(family))
    guardian = desk.guardians.get(body.guardian_id)
    if guardian.region != family.region:
        raise NotFound("guardian", body.guardian_id)
    match_id = ids.new("mat")
    bound = family.bind(match_id)
    candidate = _suitable(family, guardian)
    _check_coverage(candidate, body.override)
    match = _proposed(match_id, family, candidate, body.override, context.actor.id)
    taken = guardian.take_place(match_id, candidate.covered)
    context.reason = match.override_reason
    told = events.MatchProposed(
        **who(match),
        introduction_due_at=match.introduction_due_at,
        categories=family.open_categories,
        uncovered=match.uncovered,
    )
    return desk.matches.save(
        context, match, desk.families.row(bound), desk.guardians.row(taken), events=[told]
    )


def _suitable(family: Family, guardian: Guardian) -> Candidate:
    judged = judge(family, guardian)
    if isinstance(judged, Unsuitable):
        raise IllegalStep(f"candidate_{judged.rule}", ("view_candidates",))
    return judged


def _check_coverage(candidate: Candidate, override: commands.Override | None) -> None:
    if override is None:
        if candidate.uncovered:
            raise IllegalStep(
                "needs_not_covered",
                ("propose_with_override", "view_candidates"),
                uncovered=", ".join(candidate.uncovered),
            )
        return
    if {category.value for category in override.uncovered} != set(candidate.uncovered):
        raise Invalid("uncovered_differs", "/override/uncovered")


def _proposed(
    match_id: str,
    family: Family,
    candidate: Candidate,
    override: commands.Override | None,
    by: str,
) -> Match:
    needs = tuple(Need(need_id=n.need_id, category=n.category) for n in family.open_needs)
    return Match(
        match_id=match_id,
        case_id=family.case_id,
        guardian_id=candidate.guardian_id,
        programme=family.programme,
        region=family.region,
        district=family.district or "",
        proposed_at=clock.now().replace(microsecond=0),
        proposed_by=by,
        needs=needs,
        uncovered=candidate.uncovered,
        override_reason=override.reason if override else None,
    )


# refusing ----------------------------------------------------------------------------------


def decline_match(
    match_id: str, body: commands.DeclineMatch, context: CommandContext, desk: Desk
) -> Receipt:
    """The family or the guardian does not want this."""
    match = allowed(match_id, "decline", context, desk)
    side = side_of(body, context, match)
    context.reason = body.reason
    declined = match.decline(side, body.reason, clock.now())
    told = events.MatchDeclined(
        **who(match),
        by=side.value,
        reason=body.reason,
        introduction_due_at=match.introduction_due_at,
    )
    return desk.matches.save(context, declined, *freed(declined, desk), events=[told])


def cancel_match(
    match_id: str, body: commands.CancelMatch, context: CommandContext, desk: Desk
) -> Receipt:
    """The headquarters takes the proposal back."""
    match = allowed(match_id, "cancel", context, desk)
    context.reason = body.reason
    cancelled = match.cancel("regional_hq", body.reason, clock.now())
    told = cancellation(cancelled)
    return desk.matches.save(context, cancelled, *freed(cancelled, desk), events=[told])


def cancellation(cancelled: Match) -> Event:
    """The news that a match was cancelled, why and by whom."""
    return events.MatchCancelled(
        **who(cancelled),
        reason=cancelled.over_reason or "",
        by=cancelled.over_by or "",
        introduction_due_at=cancelled.introduction_due_at,
    )


def freed(match: Match, desk: Desk, *, exclude: bool = False) -> list[Row]:
    """Family and guardian without this match: the one waits again, the other has a place."""
    family = desk.families.get(match.case_id)
    guardian = desk.guardians.get(match.guardian_id)
    excluded = match.guardian_id if exclude else None
    return [
        desk.families.row(family.release(match.match_id, exclude=excluded)),
        desk.guardians.row(guardian.release_place(match.match_id, clock.now())),
    ]


# meeting -----------------------------------------------------------------------------------


def hold_introduction(
    match_id: str, body: commands.HoldIntroduction, context: CommandContext, desk: Desk
) -> Receipt:
    """The first contact was held with the headquarters; contacts are released by it."""
    match = allowed(match_id, "hold_introduction", context, desk)
    if not _works_here(body.hq_participant, context, match.region, desk):
        raise Invalid("not_of_this_headquarters", "/hq_participant")
    introduced = match.hold_introduction(
        held_at=body.held_at,
        form=body.format,
        hq_participant=body.hq_participant,
        participants=tuple(body.participants),
        now=clock.now(),
    )
    assert introduced.introduction is not None
    told = events.IntroductionHeld(
        **who(match), held_at=body.held_at, in_time=introduced.introduction.in_time
    )
    return desk.matches.save(context, introduced, events=[told])


def _works_here(user: str, context: CommandContext, region: str, desk: Desk) -> bool:
    if user == context.actor.id:
        return context.actor.role == "regional_hq" and context.actor.covers(region)
    return user in desk.headquarters.of(region).coordinators
