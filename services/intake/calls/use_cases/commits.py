"""A request with its case and its family, before and after: stored in one commit."""

from collections.abc import Sequence
from typing import NamedTuple

from services.intake.cases import events as case_events
from services.intake.cases.domain import Case
from services.intake.cases.repository import Cases
from services.intake.families import events as family_events
from services.intake.families.domain import Family
from services.intake.families.repository import Families, Holders
from services.intake.requests.domain import Request
from services.intake.requests.repository import Requests
from shared.events.base import Event
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.rows import RawWrite, Row

# Records of words that a request has beside its own.
OF_REQUEST = "wrd"


class Asked(NamedTuple):
    """A request with the case and the family that it belongs to, as they are at one moment."""

    request: Request
    case: Case | None
    family: Family | None


def load_asked(request: Request, families: Families, cases: Cases) -> Asked:
    """Return a request with its case and family, as they are now."""
    family = None if request.family_id is None else families.get(request.family_id)
    case = None if request.case_id is None else cases.find(request.case_id)
    return Asked(request, case, family)


def save_asked(
    context: CommandContext,
    before: Asked,
    after: Asked,
    writes: list[RawWrite],
    requests: Requests,
    read: Holders | None = None,
    news: Sequence[Event] = (),
) -> Receipt:
    """Store what changed of a request, its case and its family, in one commit."""
    rows: list[Row] = []
    events: list[Event] = []
    if after.case is not None and before.case is not None and after.case is not before.case:
        rows.append(Cases(requests.store).row(after.case))
        if after.family is not None:
            was, now = before.family or after.family, after.family
            events = case_events.of_change(before.case, after.case, now)
            events += case_events.of_family_change(was, now, before.case, after.case)
    if before.family is not None and after.family is not None:
        families = Families(requests.store)
        for was, now in zip(before.family.records, after.family.records, strict=True):
            if now.model_copy(update={"others": was.others}) != was:
                rows.append(families.row(now))
                writes = [*writes, *families.contact_rows(was, now, read)]
        events += family_events.of_change(before.family, after.family)
    return requests.save(context, after.request, *rows, events=[*news, *events], writes=writes)
