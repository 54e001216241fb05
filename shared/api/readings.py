"""Who has read what about a person, as it is shown to that person and to a headquarters."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from shared.api.models import Paging, View
from shared.domain import CodeOf
from shared.principal import Principal
from shared.privacy.access_log import AccessLog
from shared.storage import cursors
from shared.storage.repository import Page

SHOW_LOG = "show_access_log"


class ReadingView(View):
    """Who read something about a person: when, in which role, what, by which right.

    A `record` that has no code is shown by its id.
    """

    at: datetime
    role: Annotated[str, CodeOf("acting_role")]
    purpose: Annotated[str, CodeOf("reading_purpose")]
    record: Annotated[str, CodeOf("read_record")] | str
    fields: tuple[Annotated[str, CodeOf("read_field")] | str, ...]
    evidence: str | None


def note_look(subject: str, caller: Principal, log: AccessLog) -> None:
    """Write down that somebody is about to see who has read what about another person."""
    log.note(subject, "access_log", tuple(ReadingView.model_fields), caller, SHOW_LOG)


def page_of_readings(
    subjects: Sequence[str], query: Paging, caller: Principal, log: AccessLog
) -> Page[ReadingView]:
    """Return a page of the readings about a person, by whichever of its records."""
    scope = f"access_log|{'|'.join(subjects)}"
    found = log.page(subjects, query.limit, query.begins(caller.id, scope).get("before", ""))
    last = found.next_key
    return Page[ReadingView](
        items=[ReadingView.of(each) for each in found.shown],
        next_cursor=cursors.seal({"before": last}, caller.id, scope) if last else None,
    )
