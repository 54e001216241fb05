"""How care ends: notices of the sides, and the decision of the headquarters."""

from services.matching.bonds.repository import Bonds
from services.matching.families.repository import Families
from services.matching.guardians.repository import Guardians
from services.matching.matches.events import caught_up, event_fields
from services.matching.matches.policy import acting_side, load_authorised
from services.matching.matches.repository import Matches
from services.matching.matches.use_cases import free_both, seal_note
from services.matching.matches.values import (
    Ending,
    Hearing,
    MatchId,
    Party,
    TerminationReason,
)
from services.matching.termination import domain
from services.matching.termination.commands import (
    EndCare,
    HearSide,
    LiftExclusion,
    NotifyTermination,
    WithdrawNotice,
)
from services.matching.termination.events import notified_event, withdrawn_event
from shared import clock
from shared.errors import IllegalStep
from shared.events.matching import CareEnded
from shared.events.matching_progress import ExclusionLifted
from shared.privacy.vault import Vault
from shared.reference import calendar, regions
from shared.storage.command_context import CommandContext, Receipt


def notify_termination(
    match_id: MatchId, body: NotifyTermination, context: CommandContext, matches: Matches
) -> Receipt:
    """Give the notice of one side; the headquarters hears of it at once."""
    match = load_authorised(match_id, "notify_termination", context.actor, matches)
    side = acting_side(body, context, match)
    context.reason = body.reason.value
    caught, breaches = caught_up(match, clock.now())
    ending = caught.notify_termination(side, body.reason, clock.now())
    return matches.save(context, ending, events=[*breaches, notified_event(ending, side)])


def withdraw_notice(
    match_id: MatchId,
    body: WithdrawNotice,
    context: CommandContext,
    matches: Matches,
    families: Families,
) -> Receipt:
    """Take the notice of one side back; that of a family, while its case is open: it goes on."""
    match = load_authorised(match_id, "withdraw_notice", context.actor, matches)
    side = acting_side(body, context, match)
    if side is Party.FAMILY and families.get(match.case_id).closed:
        raise IllegalStep("case_is_closed", match.of_next("end"))
    left = match.withdraw_notice(side, regions.local_date(match.region, clock.now()))
    return matches.save(context, left, events=[withdrawn_event(left, side)])


def hear_side(
    match_id: MatchId, body: HearSide, context: CommandContext, matches: Matches, vault: Vault
) -> Receipt:
    """Record what the headquarters asked one side about a conflict."""
    match = load_authorised(match_id, "hear_side", context.actor, matches)
    now = clock.now()
    heard = match.hear_side(
        Hearing(side=body.side, at=now, by=context.actor.id, result=body.result)
    )
    record = f"hearing#{match_id}#{body.side}#{clock.iso(now)}"
    noted, writes = seal_note(heard, record, body.note, vault)
    return matches.save(context, noted, writes=writes)


def end_care(
    match_id: MatchId,
    body: EndCare,
    context: CommandContext,
    matches: Matches,
    families: Families,
    guardians: Guardians,
    vault: Vault,
) -> Receipt:
    """Confirm the end of care; after a conflict the pair is not proposed again."""
    match = load_authorised(match_id, "end", context.actor, matches)
    context.reason = body.reason.value
    family = families.get(match.case_id)
    now, zone = clock.now(), regions.zone(match.region)
    ending = Ending(
        reason=body.reason,
        at=now,
        effective_on=body.effective_on or calendar.local_date(zone, now),
        open_categories=family.open_categories,
    )
    caught, breaches = caught_up(match, now)
    ended, writes = seal_note(
        caught.end(ending, zone), f"conflict#{match_id}", body.conflict_note, vault
    )
    conflict = body.reason is TerminationReason.CONFLICT
    freed = free_both(ended, family, guardians, exclude=conflict)
    event = CareEnded(
        **event_fields(match),
        reason=body.reason.value,
        open_need_categories=family.open_categories,
        waits=freed.family.waiting,
    )
    rows = freed.rows(families, guardians)
    return matches.save(context, ended, *rows, events=[*breaches, event], writes=writes)


def lift_exclusion(
    match_id: MatchId,
    body: LiftExclusion,
    context: CommandContext,
    matches: Matches,
    guardians: Guardians,
    bonds: Bonds,
) -> Receipt:
    """Let family and guardian be proposed to each other again, after a conflict that was none."""
    match = load_authorised(match_id, "lift_exclusion", context.actor, matches)
    context.reason = body.reason
    after = domain.lift_exclusion(match, body.reason, body.ended_for, clock.now())
    bond = bonds.of_family(match.family_id, match.region)
    readmitting = bond.readmit(guardians.get(match.guardian_id), match.family_id)
    event = ExclusionLifted(**event_fields(match), ended_for=body.ended_for)
    return matches.save(context, after, bonds.row(readmitting), events=[event])
