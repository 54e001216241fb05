"""What goes out about a waiting family."""

from datetime import datetime

from services.matching.families.domain import Family
from shared import clock
from shared.api.models import View


class WaitingView(View):
    """A family that waits for a guardian: district and needs, nothing else."""

    case_id: str
    district: str | None
    categories: tuple[str, ...]
    flagged_at: datetime | None
    waiting_hours: int


def waiting_view(family: Family) -> WaitingView:
    """Return the family and its age on the list, in full hours."""
    since = family.flagged_at or clock.now()
    hours = int((clock.now() - since).total_seconds() // 3600)
    return WaitingView.of(family, categories=family.open_categories, waiting_hours=hours)
