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
from services.intake.requests.policy import case_of
from services.intake.requests.repository import Requests
from shared.events.base import Event
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.rows import RawWrite, Row


class Asked(NamedTuple):
    """A request with the case and the family that it belongs to, as they are at one moment."""

    request: Request
    case: Case | None
    family: Family | None


def load_asked(request: Request, families: Families, cases: Cases) -> Asked:
    """Return a request with its case and family, as they are now."""
    family = None if request.family_id is None else families.get(request.family_id)
    return Asked(request, case_of(request, cases), family)


def save_asked(
    context: CommandContext,
    before: Asked,
    after: Asked,
    writes: list[RawWrite],
    requests: Requests,
    read: Holders | None = None,
    news: Sequence[Event] = (),
    steps: Sequence[tuple[Case, Case]] = (),
) -> Receipt:
    """Store what changed of a request, its case and its family, in one commit.

    `steps` are those of other cases of the family.
    """
    was, now = before.family, after.family
    if was is None or now is None:  # of who left no contact there is no case
        return requests.save(context, after.request, events=news, writes=writes)
    rows: list[Row] = []
    events = [*news]
    if before.case is not None and after.case is not None and after.case is not before.case:
        steps = ((before.case, after.case), *steps)
    for earlier, later in steps:
        rows.append(Cases(requests.store).row(later))
        events += case_events.of_change(earlier, later, now)
        events += case_events.of_family_change(was, now, earlier, later)
    families, changes = Families(requests.store), family_events.of_change(was, now)
    for known, left in zip(was.records, now.records, strict=True):
        changed = left.model_copy(update={"others": known.others}) != known
        # What a merged record says may change what is true of the family.
        if changed or (left is now and changes):
            rows.append(families.row(left))
            writes = [*writes, *families.contact_rows(known, left, read)]
    events += changes
    return requests.save(context, after.request, *rows, events=events, writes=writes)
