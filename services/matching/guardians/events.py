"""The events of a guardian."""

from services.matching.evidence.domain import latest
from services.matching.evidence.values import Check
from services.matching.guardians.domain import Guardian
from services.matching.guardians.values import AT_WORK, GuardianStatus
from shared.events.base import Event
from shared.events.matching import GuardianReady, GuardianSuspended
from shared.events.matching_guardians import CheckFailed, PossibilitiesChanged, RequirementRenewed


def event_fields(guardian: Guardian) -> dict[str, str]:
    """Return what every event about a guardian says."""
    return {
        "region": guardian.home_region,
        "programme": guardian.programme.value,
        "guardian_id": guardian.guardian_id,
    }


def ready_events(before: Guardian, after: Guardian) -> list[Event]:
    """Return the event that the guardian may be proposed from now on, or rests once prepared."""
    fields, was_at_work = event_fields(after), before.status in AT_WORK
    if after.status in AT_WORK and not was_at_work:
        return [GuardianReady(**fields, again=before.status is GuardianStatus.PAUSED)]
    if after.status is GuardianStatus.PAUSED and before.status is GuardianStatus.ASSIGNED:
        reason, helps = after.decision_reason or "", bool(after.places)
        return [GuardianSuspended(**fields, reason=reason, has_families=helps)]
    return []


def renewed_events(before: Guardian, after: Guardian) -> list[Event]:
    """Return the event of each requirement of an approved guardian that is proved for longer."""
    if before.approved_by is None:
        return []
    known = {proof.code: proof for proof in before.proofs}
    fields = event_fields(after)
    return [
        RequirementRenewed(**fields, code=proof.code, valid_until=proof.valid_until)
        for proof in after.proofs
        if proof.valid_until is not None and proof != known[proof.code]
    ]


def failed_events(guardian: Guardian, check: Check) -> list[Event]:
    """Return the event that an approved guardian has failed a check."""
    if check.passed or guardian.approved_by is None:
        return []
    fields = event_fields(guardian)
    return [CheckFailed(**fields, code=check.code.value, assigned=guardian.region is not None)]


def still_failed_events(guardian: Guardian) -> list[Event]:
    """Return for the region that gets a guardian which checks it has failed and not passed since.

    The guardian itself has heard of each when it failed it.
    """
    fields, checks = event_fields(guardian), latest(guardian.checks).values()
    failed = (each.code.value for each in checks if not each.passed)
    return [CheckFailed(**fields, code=code, known=True) for code in failed]


def possibility_events(before: Guardian, after: Guardian) -> list[Event]:
    """Return the event that a guardian can do something else from now on, if it can."""
    if _possible(before) == _possible(after):
        return []
    offered = tuple(sorted(each.category for each in after.capabilities))
    return [
        PossibilitiesChanged(
            **event_fields(after), categories=offered, free_capacity=after.free_capacity
        )
    ]


def _possible(guardian: Guardian) -> tuple[object, ...]:
    return (
        guardian.capabilities, guardian.district_ids, guardian.capacity_families, guardian.terms,
    )  # fmt: skip
