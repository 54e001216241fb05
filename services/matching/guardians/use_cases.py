"""What people do with a guardian in the register."""

from services.matching.guardians import commands
from services.matching.guardians.events import event_fields, possibility_events, ready_events
from services.matching.guardians.policy import load_authorised
from services.matching.guardians.repository import Guardians
from services.matching.guardians.values import GuardianId
from shared import clock
from shared.events import matching as published
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt


def change_possibilities(
    guardian_id: GuardianId,
    body: commands.Possibilities,
    context: CommandContext,
    guardians: Guardians,
) -> Receipt:
    """Say what the guardian can do now, where and for how many families."""
    guardian = load_authorised(guardian_id, "change_possibilities", context.actor, guardians)
    terms, helps = guardian.terms, (each.category for each in guardian.capabilities)
    body.check_new({*helps, *terms.preferences, *terms.exclusions})
    body.check_districts(guardian.home_region)
    changed = guardian.change_possibilities(
        body.offered(), tuple(body.district_ids), body.capacity_families, body.terms()
    )
    return guardians.save(context, changed, events=possibility_events(guardian, changed))


def pause_guardian(
    guardian_id: GuardianId,
    body: commands.PauseGuardian,
    context: CommandContext,
    guardians: Guardians,
) -> Receipt:
    """Give the guardian no new families for now."""
    guardian = load_authorised(guardian_id, "pause", context.actor, guardians)
    context.reason = body.reason
    paused = guardian.pause(body.reason, body.keep_families, clock.now())
    event = published.GuardianSuspended(
        **event_fields(paused), reason=body.reason, has_families=bool(paused.places)
    )
    return guardians.save(context, paused, events=[event])


def resume_guardian(
    guardian_id: GuardianId, context: CommandContext, guardians: Guardians
) -> Receipt:
    """Give the guardian new families again."""
    guardian = load_authorised(guardian_id, "resume", context.actor, guardians)
    now = clock.now()
    resumed = guardian.resume(regions.local_date(guardian.home_region, now), now)
    return guardians.save(context, resumed, events=ready_events(guardian, resumed))


def withdraw_guardian(
    guardian_id: GuardianId,
    body: commands.WithdrawGuardian,
    context: CommandContext,
    guardians: Guardians,
) -> Receipt:
    """Take the guardian out of the programme."""
    guardian = load_authorised(guardian_id, "withdraw", context.actor, guardians)
    context.reason = body.reason
    gone = guardian.withdraw(body.reason, clock.now())
    event = published.GuardianWithdrawn(
        **event_fields(gone), reason=body.reason, assigned=gone.region is not None
    )
    return guardians.save_out(context, gone, events=[event])
