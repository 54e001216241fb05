"""What goes out about a waiting family."""

from datetime import datetime

from services.matching.families.domain import Family
from shared import clock
from shared.api.models import View
from shared.domain import AidCategory


class WaitingView(View):
    """A family that waits for a guardian: what is read aloud of it, district and needs."""

    case_id: str
    number: str
    district_id: str | None
    categories: tuple[AidCategory, ...]
    flagged_at: datetime | None
    waiting_hours: int
    urgent: bool


def waiting_view(family: Family) -> WaitingView:
    """Return the family and its age on the list, in full hours."""
    return WaitingView.of(
        family,
        district_id=family.district,
        categories=family.open_categories,
        waiting_hours=family.waited_hours(clock.now()),
        urgent=family.profile.urgent,
    )
