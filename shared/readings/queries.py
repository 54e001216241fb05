"""Who has read what about a person, as it is shown to that person and to a headquarters."""

from collections.abc import Sequence

from shared.api.models import Paging
from shared.principal import Principal
from shared.privacy.access_log import AccessLog
from shared.readings.views import ReadingView
from shared.storage import cursors
from shared.storage.repository import Page

SHOW_LOG = "show_access_log"


def note_look(subject: str, caller: Principal, log: AccessLog) -> None:
    """Write down that the staff is about to see who has read what about a person."""
    log.note(subject, "access_log", tuple(ReadingView.model_fields), caller, SHOW_LOG)


def page_of_readings(
    asked: str, subjects: Sequence[str], query: Paging, caller: Principal, log: AccessLog
) -> Page[ReadingView]:
    """Return a page of the readings about who is asked for, by whichever of its records.

    A record may join while the pages are read; the list goes on at its moment all the same.
    """
    scope = f"access_log|{asked}"
    found = log.page(subjects, query.limit, query.begins(caller.id, scope).get("before", ""))
    last = found.next_key
    return Page[ReadingView](
        items=[ReadingView.of(each) for each in found.shown],
        next_cursor=cursors.seal({"before": last}, caller.id, scope) if last else None,
    )
