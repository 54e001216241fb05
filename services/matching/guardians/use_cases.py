"""What people do with a guardian's record, from vetting to the register."""

from services.matching.forms import Paging
from services.matching.guardians import commands
from services.matching.guardians.domain import Guardian
from services.matching.guardians.repository import LIST_PREFIX, Guardians
from services.matching.guardians.values import GuardianStatus, Meeting, Training
from services.matching.guardians.views import GuardianView
from services.matching.headquarters.repository import HeadquartersRepository
from services.matching.policy import POLICY, guardian_resource
from shared import clock
from shared.errors import IllegalStep, Invalid
from shared.events import matching as events
from shared.events.base import Event
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.privacy.vault import Vault
from shared.reference import calendar, regions
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.repository import Page


def _allowed(
    guardian_id: str, action: str, context: CommandContext, guardians: Guardians
) -> Guardian:
    guardian = guardians.get(guardian_id)
    POLICY.require(context.actor, action, guardian_resource(guardian))
    return guardian


def _who(guardian: Guardian) -> dict[str, str]:
    """What every event about this guardian says."""
    return {
        "region": guardian.region or guardian.requested_region,
        "programme": guardian.programme.value,
        "guardian_id": guardian.guardian_id,
    }


def _ready(before: Guardian, after: Guardian) -> list[Event]:
    """The news that the guardian may be proposed from now on."""
    began = before.status in (GuardianStatus.ASSIGNED, GuardianStatus.PAUSED)
    now_ready = began and after.status in (GuardianStatus.READY, GuardianStatus.CARING)
    return [events.GuardianReady(**_who(after))] if now_ready else []


def _not_in_future(day: object, region: str | None, pointer: str) -> None:
    today = calendar.local_date(regions.zone(region), clock.now()) if region else clock.now().date()
    if day > today:  # type: ignore[operator]
        raise Invalid("in_the_future", pointer)


# vetting at the federal headquarters ---------------------------------------------------------


def take_into_vetting(guardian_id: str, context: CommandContext, guardians: Guardians) -> Receipt:
    """Begin to look at an application."""
    guardian = _allowed(guardian_id, "take_into_vetting", context, guardians)
    return guardians.save(context, guardian.take_into_vetting(clock.now()))


def record_check(
    guardian_id: str, body: commands.RecordCheck, context: CommandContext, guardians: Guardians
) -> Receipt:
    """Write down one check of the vetting."""
    guardian = _allowed(guardian_id, "record_check", context, guardians)
    return guardians.save(context, guardian.record_check(body.code, body.passed))


def open_clarification(
    guardian_id: str,
    body: commands.OpenClarification,
    context: CommandContext,
    guardians: Guardians,
    vault: Vault,
) -> Receipt:
    """Invite the organisation to a talk; the question is for the people who hold it."""
    guardian = _allowed(guardian_id, "open_clarification", context, guardians)
    opened = guardian.open_clarification(body.invited_role, clock.now())
    invited = events.ClarificationRequested(**_who(opened), invited_role=body.invited_role.value)
    question = vault.seal(guardian_id, _talk(opened), {"question": body.question})
    return guardians.save(context, opened, events=[invited], writes=question)


def close_clarification(
    guardian_id: str,
    body: commands.CloseClarification,
    context: CommandContext,
    guardians: Guardians,
    vault: Vault,
) -> Receipt:
    """Write down what came of the talk."""
    guardian = _allowed(guardian_id, "close_clarification", context, guardians)
    _not_in_future(body.held_on, guardian.visible_region, "/held_on")
    closed = guardian.close_clarification(body.held_on, body.result, clock.now())
    note = {"note": body.note} if body.note else {}
    writes = vault.seal(guardian_id, f"{_talk(closed)}_result", note) if note else []
    return guardians.save(context, closed, writes=writes)


def _talk(guardian: Guardian) -> str:
    return f"talk_{len(guardian.talks)}"


def approve_guardian(guardian_id: str, context: CommandContext, guardians: Guardians) -> Receipt:
    """Decide that the organisation may become a guardian."""
    guardian = _allowed(guardian_id, "approve", context, guardians)
    approved = guardian.approve(clock.now())
    return guardians.save(context, approved, events=[events.GuardianApproved(**_who(approved))])


def reject_guardian(
    guardian_id: str, body: commands.Reason, context: CommandContext, guardians: Guardians
) -> Receipt:
    """Decide that it may not, and say why."""
    guardian = _allowed(guardian_id, "reject", context, guardians)
    context.reason = body.reason
    rejected = guardian.reject(body.reason, clock.now())
    told = events.GuardianRejected(**_who(rejected), reason=body.reason)
    return guardians.save(context, rejected, events=[told])


def assign_guardian(
    guardian_id: str,
    body: commands.AssignGuardian,
    context: CommandContext,
    guardians: Guardians,
    headquarters: HeadquartersRepository,
) -> Receipt:
    """Give the guardian to the headquarters of a region."""
    guardian = _allowed(guardian_id, "assign", context, guardians)
    regions.region(body.region)
    for place, district in enumerate(body.districts):
        regions.check_district(body.region, district, f"/districts/{place}")
    found = headquarters.find(body.region)
    if found is None or not found.coordinators:
        raise IllegalStep("region_without_headquarters", ("staff_headquarters",))
    assigned = guardian.assign(body.region, tuple(body.districts), clock.now())
    return guardians.save(context, assigned, events=[events.GuardianAssigned(**_who(assigned))])


# the checklist at the regional headquarters --------------------------------------------------


def record_training(
    guardian_id: str, body: commands.RecordTraining, context: CommandContext, guardians: Guardians
) -> Receipt:
    """The training is done; its platform or the headquarters says so."""
    guardian = _allowed(guardian_id, "record_training", context, guardians)
    _not_in_future(body.completed_on, guardian.region, "/completed_on")
    training = Training(**body.model_dump())
    trained = guardian.record_training(training, clock.now())
    told = events.TrainingCompleted(**_who(trained))
    return guardians.save(context, trained, events=[told, *_ready(guardian, trained)])


def hold_interview(
    guardian_id: str, body: commands.HoldInterview, context: CommandContext, guardians: Guardians
) -> Receipt:
    """The obligatory interview was held; a failed one rejects the organisation."""
    guardian = _allowed(guardian_id, "hold_interview", context, guardians)
    _not_in_future(body.held_on, guardian.region, "/held_on")
    context.reason = body.reason
    interview = Meeting(held_on=body.held_on, by=context.actor.id, result=body.result)
    held = guardian.hold_interview(interview, body.reason, clock.now())
    told: list[Event] = [events.InterviewHeld(**_who(held), result=body.result)]
    if held.status is GuardianStatus.REJECTED:
        told.append(events.GuardianRejected(**_who(held), reason=body.reason or ""))
    return guardians.save(context, held, events=[*told, *_ready(guardian, held)])


def hold_briefing(
    guardian_id: str, body: commands.HoldBriefing, context: CommandContext, guardians: Guardians
) -> Receipt:
    """The obligatory briefing was held."""
    guardian = _allowed(guardian_id, "hold_briefing", context, guardians)
    _not_in_future(body.held_on, guardian.region, "/held_on")
    briefing = Meeting(held_on=body.held_on, by=context.actor.id)
    held = guardian.hold_briefing(briefing, clock.now())
    return guardians.save(context, held, events=_ready(guardian, held))


def sign_participation_agreement(
    guardian_id: str,
    body: commands.SignParticipation,
    context: CommandContext,
    guardians: Guardians,
) -> Receipt:
    """Guardian and headquarters agree on taking part in the programme."""
    guardian = _allowed(guardian_id, "sign_participation_agreement", context, guardians)
    signed = guardian.sign_participation_agreement(body.template_version, clock.now())
    told = events.ParticipationAgreementSigned(**_who(signed))
    return guardians.save(context, signed, events=[told])


# the register ----------------------------------------------------------------------------------


def change_possibilities(
    guardian_id: str, body: commands.Possibilities, context: CommandContext, guardians: Guardians
) -> Receipt:
    """The guardian can do more or less than before."""
    guardian = _allowed(guardian_id, "change_possibilities", context, guardians)
    body.check_districts(guardian.region or guardian.requested_region)
    changed = guardian.change_possibilities(
        body.facts(), tuple(body.districts), body.capacity_families
    )
    return guardians.save(context, changed)


def pause_guardian(
    guardian_id: str, body: commands.PauseGuardian, context: CommandContext, guardians: Guardians
) -> Receipt:
    """No new families for this guardian for now."""
    guardian = _allowed(guardian_id, "pause", context, guardians)
    context.reason = body.reason
    paused = guardian.pause(body.reason, body.keep_families, clock.now())
    told = events.GuardianSuspended(**_who(paused), reason=body.reason)
    return guardians.save(context, paused, events=[told])


def resume_guardian(guardian_id: str, context: CommandContext, guardians: Guardians) -> Receipt:
    """New families are welcome again."""
    guardian = _allowed(guardian_id, "resume", context, guardians)
    resumed = guardian.resume(clock.now())
    return guardians.save(context, resumed, events=_ready(guardian, resumed))


def withdraw_guardian(
    guardian_id: str, body: commands.Reason, context: CommandContext, guardians: Guardians
) -> Receipt:
    """The guardian leaves the programme."""
    guardian = _allowed(guardian_id, "withdraw", context, guardians)
    context.reason = body.reason
    gone = guardian.withdraw(body.reason, clock.now())
    told = events.GuardianWithdrawn(**_who(gone), reason=body.reason)
    return guardians.save(context, gone, events=[told])


def view_guardian(guardian_id: str, caller: Principal, guardians: Guardians) -> GuardianView:
    """One guardian, without its contact."""
    guardian = guardians.get(guardian_id)
    POLICY.require(caller, "view", guardian_resource(guardian))
    return GuardianView.of(guardian)


def list_applications(query: Paging, caller: Principal, guardians: Guardians) -> Page[GuardianView]:
    """Everybody whom no region has yet, for the federal headquarters."""
    partition = POLICY.require_list(caller, "list", "Guardian", Partition.unassigned(caller))
    return guardians.page(
        "by_ref",
        partition,
        GuardianView.of,
        caller=caller,
        limit=query.limit,
        cursor=query.cursor,
        prefix=LIST_PREFIX,
    )


def list_guardians(
    query: commands.RegisterQuery, caller: Principal, guardians: Guardians
) -> Page[GuardianView]:
    """The register of a region, narrowed by kind of help, district and status."""
    partition = POLICY.require_list(
        caller, "list", "Guardian", Partition.of_region(caller, query.region)
    )
    found = [each for each in guardians.of_region(partition) if _wanted(each, query)]
    return Page[GuardianView](items=[GuardianView.of(each) for each in found])


def _wanted(guardian: Guardian, query: commands.RegisterQuery) -> bool:
    if query.status is not None and guardian.status is not query.status:
        return False
    offers = [c for c in guardian.capabilities if query.category in (None, c.category)]
    served = [c for c in offers if query.district in (None, *(c.districts or guardian.districts))]
    return bool(served)
