"""What is done with a guardian before its first family: training, meetings, the agreement."""

from datetime import date
from typing import Any

from services.matching.evidence.domain import oldest_day
from services.matching.evidence.values import Consent, Meeting, Side, Training, TrainingSource
from services.matching.guardians.commands import check_day
from services.matching.guardians.domain import Guardian
from services.matching.guardians.events import event_fields, ready_events, renewed_events
from services.matching.guardians.policy import load_authorised
from services.matching.guardians.repository import Guardians
from services.matching.guardians.values import GuardianId, GuardianStatus
from services.matching.organisations.domain import TRAINING
from services.matching.participation.values import current
from services.matching.preparation import commands
from shared import clock
from shared.errors import Invalid
from shared.events import matching as published
from shared.events.base import Event
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt


def record_training(
    guardian_id: GuardianId,
    body: commands.RecordTraining,
    context: CommandContext,
    guardians: Guardians,
) -> Receipt:
    """Record that the training is done, by the platform's word or by a headquarters' look."""
    return train(guardian_id, body.model_dump(), context, guardians)


def train(
    guardian_id: str, facts: dict[str, Any], context: CommandContext, guardians: Guardians
) -> Receipt:
    """Record a training for a caller who may: one alone, or a row of a table."""
    actor = context.actor
    guardian = load_authorised(guardian_id, "record_training", actor, guardians)
    region, now = guardian.home_region, clock.now()
    first = oldest_day(guardian.legal_form, TRAINING, regions.local_date(region, now))
    check_day(facts["completed_on"], region, "/completed_on", first=first)
    of_platform = actor.kind == "machine"
    source = TrainingSource.PLATFORM if of_platform else TrainingSource.HEADQUARTERS
    training = Training(**facts, source=source, recorded_by=actor.id)
    trained = guardian.record_training(training, now)
    events = [*ready_events(guardian, trained), *renewed_events(guardian, trained)]
    if training.is_news_after(guardian.training):
        events = [published.TrainingCompleted(**event_fields(trained)), *events]
    return guardians.save(context, trained, events=events)


def hold_interview(
    guardian_id: GuardianId,
    body: commands.HoldInterview,
    context: CommandContext,
    guardians: Guardians,
) -> Receipt:
    """Record the obligatory interview; a failed one rejects the organisation."""
    guardian = load_authorised(guardian_id, "hold_interview", context.actor, guardians)
    if body.reason and body.result == "passed":
        raise Invalid("reason_of_no_refusal", "/reason")
    context.reason = body.reason
    interview = Meeting(held_on=body.held_on, by=context.actor.id, result=body.result)
    held = guardian.hold_interview(interview, body.reason, clock.now())
    _check_meeting(body.held_on, guardian)
    fields = event_fields(held)
    events: list[Event] = []
    if guardian.interview is None or held.status is GuardianStatus.REJECTED:
        events = [published.InterviewHeld(**fields, result=body.result)]
    if held.status is GuardianStatus.REJECTED:
        events.append(published.GuardianRejected(**fields, reason=body.reason or ""))
        return guardians.save_out(context, held, events=events)
    return guardians.save(context, held, events=[*events, *ready_events(guardian, held)])


def hold_briefing(
    guardian_id: GuardianId,
    body: commands.HoldBriefing,
    context: CommandContext,
    guardians: Guardians,
) -> Receipt:
    """Record the obligatory briefing."""
    guardian = load_authorised(guardian_id, "hold_briefing", context.actor, guardians)
    briefing = Meeting(held_on=body.held_on, by=context.actor.id)
    held = guardian.hold_briefing(briefing, clock.now())
    _check_meeting(body.held_on, guardian)
    return guardians.save(context, held, events=ready_events(guardian, held))


def _check_meeting(held_on: date, guardian: Guardian) -> None:
    """Refuse a meeting of before the region had the guardian."""
    region = guardian.home_region
    assigned_on = regions.local_date(region, guardian.in_region_since)
    check_day(held_on, region, "/held_on", first=assigned_on)


def sign_participation_agreement(
    guardian_id: GuardianId,
    body: commands.SignParticipation,
    context: CommandContext,
    guardians: Guardians,
) -> Receipt:
    """Sign the agreement on taking part, each side for itself."""
    action, actor = "sign_participation_agreement", context.actor
    guardian = load_authorised(guardian_id, action, actor, guardians)
    text = current()
    if body.template_version != text.template_version or body.text_hash != text.text_hash:
        raise Invalid("text_changed", "/text_hash")
    side = Side.GUARDIAN if actor.org == guardian_id else Side.HEADQUARTERS
    consent = Consent(by=actor.id, at=clock.now())
    signed = guardian.sign_participation_agreement(
        side, consent, text.template_version, text.text_hash
    )
    events: list[Event] = []
    if signed.participation_signed(text.text_hash):
        events.append(published.ParticipationAgreementSigned(**event_fields(signed)))
    return guardians.save(context, signed, events=events)
