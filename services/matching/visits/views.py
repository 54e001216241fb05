"""What goes out about a care visit."""

from datetime import date, datetime

from shared.api.models import View
from shared.domain import AidCategory


class VisitView(View):
    """A help without the person who recorded it; one that was taken back is not `given`."""

    visit_id: str
    match_id: str
    need_id: str
    category: AidCategory
    given_on: date
    noted: bool
    confirmed_at: datetime | None
    corrections: int
    given: bool
    version: int


class VisitNote(View):
    """What was written down about a help."""

    visit_id: str
    note: str
