"""The events of a volunteer."""

from services.matching.volunteers.domain import Volunteer


def event_fields(volunteer: Volunteer) -> dict[str, str]:
    """Return what every event about a volunteer says."""
    return {
        "region": volunteer.region,
        "volunteer_id": volunteer.volunteer_id,
        "kind": volunteer.kind,
        "sector": volunteer.sector.value,
        "district_id": volunteer.district,
    }
