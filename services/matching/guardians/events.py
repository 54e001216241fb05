"""The events of a guardian."""

from services.matching.guardians.domain import Guardian
from services.matching.guardians.values import AT_WORK, GuardianStatus
from shared.events.base import Event
from shared.events.matching import GuardianReady, PossibilitiesChanged


def event_fields(guardian: Guardian) -> dict[str, str]:
    """Return what every event about a guardian says."""
    return {
        "region": guardian.home_region,
        "programme": guardian.programme.value,
        "guardian_id": guardian.guardian_id,
    }


def ready_events(before: Guardian, after: Guardian) -> list[Event]:
    """Return the event that the guardian may be proposed from now on, if a change made it so."""
    began = before.status in (GuardianStatus.ASSIGNED, GuardianStatus.PAUSED)
    return [GuardianReady(**event_fields(after))] if began and after.status in AT_WORK else []


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
    return (guardian.capabilities, guardian.districts, guardian.capacity_families)
