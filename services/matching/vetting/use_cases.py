"""What the federal headquarters decides about an organisation, and on what evidence."""

from services.matching.evidence.domain import oldest_day
from services.matching.evidence.values import Check
from services.matching.guardians.commands import check_day, check_districts
from services.matching.guardians.events import (
    event_fields,
    failed_events,
    possibility_events,
    renewed_events,
    still_failed_events,
)
from services.matching.guardians.policy import load_authorised, today
from services.matching.guardians.repository import Guardians, inn_name
from services.matching.guardians.values import GuardianId
from services.matching.headquarters.repository import HeadquartersRepository
from services.matching.vetting import commands
from services.matching.vetting.vault_records import answer_record, question_record
from shared import clock
from shared.errors import IllegalStep
from shared.events import matching as published
from shared.privacy.vault import Vault
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.transaction import NameTaken


def take_into_vetting(
    guardian_id: GuardianId, context: CommandContext, guardians: Guardians
) -> Receipt:
    """Begin to look at an application; one that came twice is looked at once."""
    guardian = load_authorised(guardian_id, "take_into_vetting", context.actor, guardians)
    taken = guardian.take_into_vetting(clock.now())
    claimed = inn_name(guardian) if guardian.duplicate_of else None
    try:
        return guardians.save(context, taken, unique=[claimed] if claimed else [])
    except NameTaken:
        raise IllegalStep("organisation_known", ("reject",)) from None


def record_check(
    guardian_id: GuardianId,
    body: commands.RecordCheck,
    context: CommandContext,
    guardians: Guardians,
) -> Receipt:
    """Record one check of the vetting, or its repetition."""
    guardian = load_authorised(guardian_id, "record_check", context.actor, guardians)
    first = oldest_day(guardian.legal_form, body.code.value, today(guardian))
    check_day(body.checked_on, guardian.home_region, "/checked_on", first=first)
    check = Check(**body.model_dump(), recorded_by=context.actor.id, recorded_at=clock.now())
    checked = guardian.record_check(check)
    events = [*renewed_events(guardian, checked), *failed_events(checked, check)]
    return guardians.save(context, checked, events=events)


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
    record = question_record(len(opened.talks))
    question = vault.seal(guardian_id, record, {"question": body.question})
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
    closed = guardian.close_clarification(body.held_on, body.result, clock.now())
    region = guardian.home_region
    invited_on = regions.local_date(region, guardian.talks[-1].opened_at)
    check_day(body.held_on, region, "/held_on", first=invited_on)
    record = answer_record(len(closed.talks))
    writes = vault.seal(guardian_id, record, {"note": body.note}) if body.note else []
    held = published.ClarificationClosed(**event_fields(closed), result=body.result)
    return guardians.save(context, closed, events=[held], writes=writes)


def approve_guardian(
    guardian_id: GuardianId, context: CommandContext, guardians: Guardians
) -> Receipt:
    """Decide that the organisation may become a guardian, on what others have checked."""
    guardian = load_authorised(guardian_id, "approve", context.actor, guardians)
    approved = guardian.approve(context.actor.id, today(guardian), clock.now())
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
    return guardians.save_out(context, rejected, events=[event])


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
    check_districts(body.district_ids, body.region, "/district_ids")
    if not headquarters.of(body.region).coordinators:
        raise IllegalStep("region_without_headquarters", ("staff_headquarters",))
    by = context.actor.id
    assigned = guardian.assign(body.region, tuple(body.district_ids), by, clock.now())
    events = possibility_events(guardian, assigned)
    if assigned.region != guardian.region:
        arrived = published.GuardianAssigned(**event_fields(assigned))
        events = [arrived, *events, *still_failed_events(assigned)]
    return guardians.save(context, assigned, events=events)
