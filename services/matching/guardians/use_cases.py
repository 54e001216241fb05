"""What people do with a guardian's record, from vetting to the register."""

from datetime import date

from services.matching.guardians import commands
from services.matching.guardians.domain import Guardian
from services.matching.guardians.events import event_fields, possibility_events, ready_events
from services.matching.guardians.policy import load_authorised
from services.matching.guardians.repository import Guardians
from services.matching.guardians.values import GuardianId, GuardianStatus, Meeting, Training
from services.matching.headquarters.repository import HeadquartersRepository
from shared import clock
from shared.errors import IllegalStep, Invalid
from shared.events import matching as published
from shared.events.base import Event
from shared.privacy.vault import Vault
from shared.reference import calendar, regions
from shared.storage.command_context import CommandContext, Receipt

# vetting at the federal headquarters ---------------------------------------------------------


def take_into_vetting(
    guardian_id: GuardianId, context: CommandContext, guardians: Guardians
) -> Receipt:
    """Begin to look at an application."""
    guardian = load_authorised(guardian_id, "take_into_vetting", context.actor, guardians)
    return guardians.save(context, guardian.take_into_vetting(clock.now()))


def record_check(
    guardian_id: GuardianId,
    body: commands.RecordCheck,
    context: CommandContext,
    guardians: Guardians,
) -> Receipt:
    """Record one check of the vetting."""
    guardian = load_authorised(guardian_id, "record_check", context.actor, guardians)
    return guardians.save(context, guardian.record_check(body.code, body.passed))


def open_clarification(
    guardian_id: GuardianId,
    body: commands.OpenClarification,
    context: CommandContext,
    guardians: Guardians,
    vault: Vault,
) -> Receipt:
    """Invite the organisation to a talk."""
    guardian = load_authorised(guardian_id, "open_clarification", context.actor, guardians)
    opened = guardian.open_clarification(body.invited_role, clock.now())
    invited = published.ClarificationRequested(
        **event_fields(opened), invited_role=body.invited_role.value
    )
    question = vault.seal(guardian_id, _talk_record(opened), {"question": body.question})
    return guardians.save(context, opened, events=[invited], writes=question)


def close_clarification(
    guardian_id: GuardianId,
    body: commands.CloseClarification,
    context: CommandContext,
    guardians: Guardians,
    vault: Vault,
) -> Receipt:
    """Record the result of the talk."""
    guardian = load_authorised(guardian_id, "close_clarification", context.actor, guardians)
    _require_past(body.held_on, guardian.visible_region, "/held_on")
    closed = guardian.close_clarification(body.held_on, body.result, clock.now())
    record = f"{_talk_record(closed)}_result"
    writes = vault.seal(guardian_id, record, {"note": body.note}) if body.note else []
    held = published.ClarificationHeld(**event_fields(closed), result=body.result)
    return guardians.save(context, closed, events=[held], writes=writes)


def _talk_record(guardian: Guardian) -> str:
    return f"talk_{len(guardian.talks)}"


def approve_guardian(
    guardian_id: GuardianId, context: CommandContext, guardians: Guardians
) -> Receipt:
    """Decide that the organisation may become a guardian."""
    guardian = load_authorised(guardian_id, "approve", context.actor, guardians)
    approved = guardian.approve(clock.now())
    event = published.GuardianApproved(**event_fields(approved))
    return guardians.save(context, approved, events=[event])


def reject_guardian(
    guardian_id: GuardianId,
    body: commands.RejectGuardian,
    context: CommandContext,
    guardians: Guardians,
) -> Receipt:
    """Decide that the organisation may not become a guardian, with a reason."""
    guardian = load_authorised(guardian_id, "reject", context.actor, guardians)
    context.reason = body.reason
    rejected = guardian.reject(body.reason, clock.now())
    event = published.GuardianRejected(**event_fields(rejected), reason=body.reason)
    return guardians.save(context, rejected, events=[event])


def assign_guardian(
    guardian_id: GuardianId,
    body: commands.AssignGuardian,
    context: CommandContext,
    guardians: Guardians,
    headquarters: HeadquartersRepository,
) -> Receipt:
    """Give the guardian to the headquarters of a region."""
    guardian = load_authorised(guardian_id, "assign", context.actor, guardians)
    regions.region(body.region)
    commands.check_districts(body.districts, body.region, "/districts")
    if not headquarters.of(body.region).coordinators:
        raise IllegalStep("region_without_headquarters", ("staff_headquarters",))
    assigned = guardian.assign(body.region, tuple(body.districts), clock.now())
    event = published.GuardianAssigned(**event_fields(assigned))
    return guardians.save(context, assigned, events=[event])


# the checklist at the regional headquarters --------------------------------------------------


def record_training(
    guardian_id: GuardianId,
    body: commands.RecordTraining,
    context: CommandContext,
    guardians: Guardians,
) -> Receipt:
    """Record that the training is done, with its certificate."""
    guardian = load_authorised(guardian_id, "record_training", context.actor, guardians)
    _require_past(body.completed_on, guardian.region, "/completed_on")
    trained = guardian.record_training(Training(**body.model_dump()), clock.now())
    completed = published.TrainingCompleted(**event_fields(trained))
    return guardians.save(context, trained, events=[completed, *ready_events(guardian, trained)])


def hold_interview(
    guardian_id: GuardianId,
    body: commands.HoldInterview,
    context: CommandContext,
    guardians: Guardians,
) -> Receipt:
    """Record the obligatory interview; a failed one rejects the organisation."""
    guardian = load_authorised(guardian_id, "hold_interview", context.actor, guardians)
    _require_past(body.held_on, guardian.region, "/held_on")
    context.reason = body.reason
    interview = Meeting(held_on=body.held_on, by=context.actor.id, result=body.result)
    held = guardian.hold_interview(interview, body.reason, clock.now())
    fields = event_fields(held)
    events: list[Event] = [published.InterviewHeld(**fields, result=body.result)]
    if held.status is GuardianStatus.REJECTED:
        events.append(published.GuardianRejected(**fields, reason=body.reason or ""))
    return guardians.save(context, held, events=[*events, *ready_events(guardian, held)])


def hold_briefing(
    guardian_id: GuardianId,
    body: commands.HoldBriefing,
    context: CommandContext,
    guardians: Guardians,
) -> Receipt:
    """Record the obligatory briefing."""
    guardian = load_authorised(guardian_id, "hold_briefing", context.actor, guardians)
    _require_past(body.held_on, guardian.region, "/held_on")
    briefing = Meeting(held_on=body.held_on, by=context.actor.id)
    held = guardian.hold_briefing(briefing, clock.now())
    return guardians.save(context, held, events=ready_events(guardian, held))


def sign_participation_agreement(
    guardian_id: GuardianId,
    body: commands.SignParticipation,
    context: CommandContext,
    guardians: Guardians,
) -> Receipt:
    """Record that guardian and headquarters agree on taking part in the programme."""
    action = "sign_participation_agreement"
    guardian = load_authorised(guardian_id, action, context.actor, guardians)
    signed = guardian.sign_participation_agreement(body.template_version, clock.now())
    event = published.ParticipationAgreementSigned(**event_fields(signed))
    return guardians.save(context, signed, events=[event])


# the register ----------------------------------------------------------------------------------


def change_possibilities(
    guardian_id: GuardianId,
    body: commands.Possibilities,
    context: CommandContext,
    guardians: Guardians,
) -> Receipt:
    """Say what the guardian can do now, where and for how many families."""
    guardian = load_authorised(guardian_id, "change_possibilities", context.actor, guardians)
    body.check_districts(guardian.home_region)
    changed = guardian.change_possibilities(
        body.offered(), tuple(body.districts), body.capacity_families
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
    event = published.GuardianSuspended(**event_fields(paused), reason=body.reason)
    return guardians.save(context, paused, events=[event])


def resume_guardian(
    guardian_id: GuardianId, context: CommandContext, guardians: Guardians
) -> Receipt:
    """Give the guardian new families again."""
    guardian = load_authorised(guardian_id, "resume", context.actor, guardians)
    resumed = guardian.resume(clock.now())
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
    event = published.GuardianWithdrawn(**event_fields(gone), reason=body.reason)
    return guardians.save(context, gone, events=[event])


def _require_past(day: date, region: str | None, pointer: str) -> None:
    today = calendar.local_date(regions.zone(region), clock.now()) if region else clock.now().date()
    if day > today:
        raise Invalid("in_the_future", pointer)
