"""What goes out about a care visit."""

from datetime import date, datetime

from shared.api.models import View


class VisitView(View):
    """A help given, without the person who recorded it."""

    visit_id: str
    match_id: str
    need_id: str
    category: str
    given_on: date
    noted: bool
    confirmed_at: datetime | None
    version: int


class VisitNote(View):
    """What was written down about a help."""

    visit_id: str
    note: str
