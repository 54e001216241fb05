"""From the proposal to the introduction, or to a refusal on the way; and the calls during care."""

from services.matching.bonds.repository import Bonds
from services.matching.bonds.values import Refusal, facts_of
from services.matching.decisions.domain import Decision
from services.matching.decisions.repository import Decisions
from services.matching.families.domain import Family
from services.matching.families.policy import load_authorised as load_authorised_family
from services.matching.families.repository import Families
from services.matching.follow_ups.values import FollowUpStatus
from services.matching.guardians.domain import Guardian
from services.matching.guardians.repository import Guardians
from services.matching.headquarters.repository import HeadquartersRepository
from services.matching.matches import commands
from services.matching.matches.domain import Match
from services.matching.matches.events import cancelled_event, event_fields
from services.matching.matches.policy import acting_side, load_authorised
from services.matching.matches.repository import Matches
from services.matching.matches.values import MatchId, MatchStatus
from services.matching.ranking.domain import Pairing
from services.matching.ranking.queries import pairing_of
from services.matching.ranking.values import Candidate
from shared import clock, ids
from shared.errors import IllegalStep, Invalid, NotFound
from shared.events import matching as published
from shared.privacy.vault import Vault
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.rows import Row

# proposing ---------------------------------------------------------------------------------


def propose_match(
    body: commands.ProposeMatch,
    context: CommandContext,
    families: Families,
    guardians: Guardians,
    matches: Matches,
    bonds: Bonds,
    decisions: Decisions,
) -> Receipt:
    """Propose a guardian to a family: both are bound, and the guardian's place is taken.

    What was judged is kept beside the proposal, with the standby, who holds no place.
    """
    family = load_authorised_family(body.case_id, "propose_match", context.actor, families)
    guardian = guardians.get(body.guardian_id)
    if guardian.region != family.region:
        raise NotFound("guardian", body.guardian_id)
    match_id = ids.new("mat")
    bound = family.bind(match_id)
    bond = bonds.of_family(family.family_id, family.region)
    pairing = pairing_of(family, bond)
    facts, candidate = pairing.require_suitable(guardian)
    _check_coverage(candidate, body.override)
    _check_standby(body, pairing, guardians)
    reason = body.override.reason if body.override else None
    match = Match.propose(match_id, family, candidate, reason, context.actor.id, clock.now())
    taken = guardian.take_place(match_id, candidate.covered)
    held = bond.bind(match_id, family, guardian.guardian_id)
    context.reason = match.override_reason
    event = published.MatchProposed(
        **event_fields(match),
        introduction_due_at=match.introduction_due_at,
        categories=family.open_categories,
        uncovered=match.uncovered,
    )
    decision = Decision.of(
        match_id,
        facts,
        candidate,
        override_reason=match.override_reason,
        standby_id=body.standby_id,
    )
    also = (families.row(bound), guardians.row(taken), bonds.row(held))
    return matches.save(context, match, *also, events=[event], parts=[decisions.row(decision)])


def _check_standby(body: commands.ProposeMatch, pairing: Pairing, guardians: Guardians) -> None:
    if body.standby_id is None:
        return
    if body.standby_id == body.guardian_id:
        raise Invalid("standby_is_proposed", "/standby_id")
    standby = guardians.find(body.standby_id)
    if standby is None or standby.region != pairing.family.region:
        raise NotFound("guardian", body.standby_id)
    pairing.require_suitable(standby)


def _check_coverage(candidate: Candidate, override: commands.Override | None) -> None:
    if override is None:
        if candidate.uncovered:
            raise IllegalStep(
                "needs_not_covered",
                ("propose_with_override", "view_candidates"),
                uncovered=", ".join(candidate.uncovered),
            )
        return
    if set(override.uncovered) != set(candidate.uncovered):
        raise Invalid("uncovered_differs", "/override/uncovered")


# refusing ----------------------------------------------------------------------------------


def decline_match(
    match_id: MatchId,
    body: commands.DeclineMatch,
    context: CommandContext,
    matches: Matches,
    families: Families,
    guardians: Guardians,
) -> Receipt:
    """Decline a match for one side, without blame."""
    match = load_authorised(match_id, "decline", context.actor, matches)
    side = acting_side(body, context, match)
    context.reason = body.reason
    declined = match.decline(side, body.reason, clock.now())
    event = published.MatchDeclined(
        **event_fields(match),
        by=side.value,
        reason=body.reason,
        introduction_due_at=match.introduction_due_at,
    )
    released = release_both(declined, families, guardians)
    return matches.save(context, declined, *released, events=[event])


def cancel_match(
    match_id: MatchId,
    body: commands.CancelMatch,
    context: CommandContext,
    matches: Matches,
    families: Families,
    guardians: Guardians,
) -> Receipt:
    """Take the proposal back, for the headquarters."""
    match = load_authorised(match_id, "cancel", context.actor, matches)
    context.reason = body.reason
    cancelled = match.cancel("regional_hq", body.reason, clock.now())
    released = release_both(cancelled, families, guardians)
    return matches.save(context, cancelled, *released, events=[cancelled_event(cancelled)])


def release_both(
    match: Match, families: Families, guardians: Guardians, *, exclude: bool = False
) -> list[Row]:
    """Return family and guardian without this match: the one waits again, the other has a place."""
    family = families.get(match.case_id)
    guardian, bonds = guardians.get(match.guardian_id), Bonds(families.store)
    bond = bonds.of_family(match.family_id, match.region)
    excluded = match.guardian_id if exclude else None
    freed = bond.release(match.match_id, match.family_id, exclude=excluded)
    if match.status is MatchStatus.DECLINED:
        freed = freed.refuse(_refusal(match, family, guardian))
    return [
        families.row(family.release(match.match_id, exclude=excluded)),
        guardians.row(guardian.release_place(match.match_id, clock.now())),
        bonds.row(freed),
    ]


def _refusal(declined: Match, family: Family, guardian: Guardian) -> Refusal:
    return Refusal(
        guardian_id=declined.guardian_id,
        family_id=declined.family_id,
        by=declined.over_by or "",
        reason=declined.over_reason or "",
        at=declined.over_at or clock.now(),
        facts=facts_of(family, guardian),
    )


# meeting -----------------------------------------------------------------------------------


def hold_introduction(
    match_id: MatchId,
    body: commands.HoldIntroduction,
    context: CommandContext,
    matches: Matches,
    headquarters: HeadquartersRepository,
) -> Receipt:
    """Record the first contact with the headquarters; it releases the contacts."""
    match = load_authorised(match_id, "hold_introduction", context.actor, matches)
    if not _works_here(body.hq_participant, context, match.region, headquarters):
        raise Invalid("not_of_this_headquarters", "/hq_participant")
    introduced, introduction = match.hold_introduction(
        body.held_at,
        tuple(body.participants),
        clock.now(),
        format=body.format,
        hq_participant=body.hq_participant,
    )
    event = published.IntroductionHeld(
        **event_fields(match), held_at=introduction.held_at, in_time=introduction.in_time
    )
    return matches.save(context, introduced, events=[event])


def _works_here(
    user: str, context: CommandContext, region: str, headquarters: HeadquartersRepository
) -> bool:
    if user == context.actor.id:
        return context.actor.role == "regional_hq" and context.actor.covers(region)
    return user in headquarters.of(region).coordinators


# calling -----------------------------------------------------------------------------------


def record_call(
    match_id: MatchId,
    body: commands.RecordCall,
    context: CommandContext,
    matches: Matches,
    vault: Vault,
) -> Receipt:
    """Record a call of the headquarters to the family, and its result."""
    match = load_authorised(match_id, "record_call", context.actor, matches)
    zone = regions.zone(match.region)
    called, call = match.record_call(
        body.kind, body.result, context.actor.id, clock.now(), zone, body.called_at
    )
    event = published.FollowUpDone(
        **event_fields(match),
        kind=call.kind.value,
        due_on=call.due_on,
        result=body.result,
        attempt=len(call.attempts),
        final=call.status is FollowUpStatus.DONE,
        on_time=call.on_time is not False,
    )
    writes = []
    if body.note:
        record = f"call#{match_id}#{call.kind}#{len(call.attempts)}"
        called = called.with_note(record)
        writes = vault.seal(match.family_id, record, {"note": body.note})
    return matches.save(context, called, events=[event], writes=writes)
