"""A guardian is proposed, or a proposal comes to no care."""

from dataclasses import dataclass

from services.matching.bonds.domain import FamilyBond
from services.matching.bonds.repository import Bonds
from services.matching.bonds.values import Refusal, facts_of
from services.matching.decisions.domain import Decision
from services.matching.decisions.repository import Decisions
from services.matching.families.domain import Family
from services.matching.families.policy import load_authorised as load_authorised_family
from services.matching.families.repository import Families
from services.matching.guardians.domain import Guardian
from services.matching.guardians.repository import Guardians
from services.matching.matches import commands
from services.matching.matches.domain import Match
from services.matching.matches.events import (
    cancelled_event,
    caught_up,
    event_fields,
    next_of,
    proposed_event,
)
from services.matching.matches.policy import acting_side, load_authorised, load_proposed
from services.matching.matches.repository import Matches
from services.matching.matches.values import MatchId, MatchStatus, Party
from services.matching.next_candidates.queries import NextGuardians
from services.matching.ranking.domain import Pairing
from services.matching.ranking.judging.facts import Facts
from services.matching.ranking.queries import pairing_of
from services.matching.ranking.values import Candidate
from shared import clock, ids
from shared.errors import IllegalStep, Invalid, Labels
from shared.events import matching as published
from shared.privacy.vault import Vault
from shared.reference import code_lists
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.rows import RawWrite, Row


@dataclass(frozen=True, slots=True)
class Sides:
    """Family, guardian and bond as a match binds them, or without it when it is over."""

    family: Family
    guardian: Guardian
    bond: FamilyBond

    def rows(self, families: Families, guardians: Guardians) -> list[Row]:
        """Return what is stored of them."""
        bonds = Bonds(families.store)
        return [families.row(self.family), guardians.row(self.guardian), bonds.row(self.bond)]


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
    guardian = load_proposed(body.guardian_id, family, context.actor, guardians)
    match_id, bond = ids.new("mat"), bonds.of_family(family.family_id, family.region)
    bound, facts, candidate = bind_both(match_id, family, bond, guardian)
    _check_coverage(candidate, body.override)
    _check_standby(body, pairing_of(family, bond), context, guardians)
    reason = body.override.reason if body.override else None
    match = Match.propose(
        match_id, family, candidate, reason, context.actor.id, clock.now(), guardian.title
    )
    context.reason = reason
    event = proposed_event(match, family.open_categories)
    decision = Decision.of(
        match_id, facts, candidate, override_reason=reason, standby_id=body.standby_id
    )
    rows = bound.rows(families, guardians)
    return matches.save(context, match, *rows, events=[event], parts=[decisions.row(decision)])


def bind_both(
    match_id: str, family: Family, bond: FamilyBond, guardian: Guardian
) -> tuple[Sides, Facts, Candidate]:
    """Return family and guardian bound to a new match, and how the pair was judged."""
    waits_no_more = family.bind(match_id)
    facts, candidate = pairing_of(family, bond).require_suitable(guardian)
    bound = Sides(
        waits_no_more,
        guardian.take_place(match_id, candidate.covered),
        bond.bind(match_id, family.family_id),
    )
    return bound, facts, candidate


def _check_standby(
    body: commands.ProposeMatch, pairing: Pairing, context: CommandContext, guardians: Guardians
) -> None:
    if body.standby_id is None:
        return
    if body.standby_id == body.guardian_id:
        raise Invalid("standby_is_proposed", "/standby_id")
    # It leads the line if the first one says no, so it is no more one's own than that one.
    standby = load_proposed(body.standby_id, pairing.family, context.actor, guardians)
    pairing.require_suitable(standby)


def _check_coverage(candidate: Candidate, override: commands.Override | None) -> None:
    left = Labels("aid_category", candidate.uncovered)
    if override is None:
        if candidate.uncovered:
            steps = ("propose_with_override", "view_candidates")
            raise IllegalStep("needs_not_covered", steps, uncovered=left)
        return
    if set(override.uncovered) != set(candidate.uncovered):
        raise Invalid("uncovered_differs", "/override/uncovered", uncovered=left)


# refusing ----------------------------------------------------------------------------------


def decline_match(
    match_id: MatchId,
    body: commands.DeclineMatch,
    context: CommandContext,
    matches: Matches,
    families: Families,
    next_guardians: NextGuardians,
) -> Receipt:
    """Decline a match for one side, without blame; who is next in line is looked up at once."""
    match = load_authorised(match_id, "decline", context.actor, matches)
    side = acting_side(body, context, match)
    _check_reason(side, body.reason)
    context.reason = body.reason
    caught, breaches = caught_up(match, clock.now())
    over = caught.decline(side, body.reason, clock.now())
    declined, released = search_on(over, families, next_guardians)
    event = published.MatchDeclined(
        **event_fields(match),
        by=side.value,
        reason=body.reason,
        introduction_due_at=match.introduction_due_at,
        met=match.contacts_released,
        next_guardian_ids=next_of(declined),
    )
    return matches.save(context, declined, *released, events=[*breaches, event])


def _check_reason(side: Party, reason: str) -> None:
    """Refuse a reason that is the other side's alone; a code of the stage is either's."""
    other = Party.GUARDIAN if side is Party.FAMILY else Party.FAMILY
    own = f"{side}_decline_reason"
    others = code_lists.find(f"{other}_decline_reason").codes
    if reason in others and reason not in code_lists.find(own).codes:
        raise Invalid("other_side_s_reason", "/reason", known=code_lists.choices_in_words(own))


def cancel_match(
    match_id: MatchId,
    body: commands.CancelMatch,
    context: CommandContext,
    matches: Matches,
    families: Families,
    next_guardians: NextGuardians,
) -> Receipt:
    """Take the proposal back, for the headquarters."""
    match = load_authorised(match_id, "cancel", context.actor, matches)
    context.reason = body.reason
    caught, breaches = caught_up(match, clock.now())
    over = caught.cancel("regional_hq", body.reason, clock.now())
    cancelled, released = search_on(over, families, next_guardians)
    events = [*breaches, cancelled_event(cancelled)]
    return matches.save(context, cancelled, *released, events=events)


def free_both(
    match: Match, family: Family, guardians: Guardians, *, exclude: bool = False
) -> Sides:
    """Return family and guardian without this match: the one waits again, the other has a place."""
    guardian, bonds = guardians.get(match.guardian_id), Bonds(guardians.store)
    bond = bonds.of_family(match.family_id, match.region)
    excluded = guardian if exclude else None
    freed = bond.release(match.match_id, match.family_id, exclude=excluded)
    if match.status is MatchStatus.DECLINED:
        freed = freed.refuse(_refusal(match, family, guardian))
    return Sides(
        family.release(match.match_id),
        guardian.release_place(match.match_id, clock.now()),
        freed,
    )


def search_on(
    match: Match, families: Families, next_guardians: NextGuardians
) -> tuple[Match, list[Row]]:
    """Return a match that came to no care with who is next in line, and both sides without it."""
    freed = free_both(match, families.get(match.case_id), next_guardians.guardians)
    found = next_guardians.next_in_line(freed.family, freed.bond, match.match_id, match.guardian_id)
    return match.prepare_next(found), freed.rows(families, next_guardians.guardians)


def _refusal(declined: Match, family: Family, guardian: Guardian) -> Refusal:
    return Refusal(
        guardian_id=declined.guardian_id,
        family_id=declined.family_id,
        by=declined.over_by or "",
        reason=declined.over_reason or "",
        at=declined.over_at or clock.now(),
        facts=facts_of(family, guardian),
        organisation=guardian.inn_index,
    )


def seal_note(
    match: Match, record: str, note: str | None, vault: Vault
) -> tuple[Match, list[RawWrite]]:
    """Return the match with a note for the headquarters alone, and what seals its words."""
    if note is None:
        return match, []
    return match.with_note(record), vault.seal(match.family_id, record, {"note": note})
