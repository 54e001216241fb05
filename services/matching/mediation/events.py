"""The events of a mediation."""

from services.matching.mediation.domain import Mediation
from shared.events.base import Event
from shared.events.matching_progress import ConcernRaised, MediationEnded


def _fields(mediation: Mediation) -> dict[str, str]:
    wanted = ("region", "programme", "mediation_id", "match_id", "case_id", "family_id")
    return {name: getattr(mediation, name) for name in (*wanted, "guardian_id")}


def raised_event(mediation: Mediation) -> Event:
    """Return the event of the latest concern."""
    latest = mediation.concerns[-1]
    return ConcernRaised(**_fields(mediation), concern=latest.concern, by=latest.by)


def ended_event(mediation: Mediation) -> Event:
    """Return the event that the mediation has a result."""
    return MediationEnded(**_fields(mediation), result=mediation.results[-1].result)
