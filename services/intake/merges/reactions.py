"""What intake does about merged records by itself: requests go back, records are forgotten."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from operator import itemgetter

from services.intake.calls.domain import separate_case
from services.intake.cases import events as case_events
from services.intake.cases.repository import Cases
from services.intake.codes.values import ClosedReason, ReopenReason
from services.intake.families.policy import stamp
from services.intake.families.repository import Families
from services.intake.merges.events import left_event
from services.intake.merges.use_cases import erase_joined
from services.intake.requests.domain import Request
from services.intake.requests.repository import Requests
from services.intake.requests.values import RequestStatus
from services.intake.rights.use_cases.forgotten_calls import forget_calls
from services.intake.rights.use_cases.retention import forget_due
from shared.events.base import Received
from shared.events.intake import FamilyMergeUndone
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext, in_parts

# As many requests leave a case in one commit.
MOST_LEAVING = 5


def separate_requests(
    received: Received[FamilyMergeUndone],
    context: CommandContext,
    families: Families,
    cases: Cases,
    requests: Requests,
) -> None:
    """Let requests leave the cases of a family that theirs was held for, for one of their own.

    A case that was closed for that other family's goes on: its own family is not helped by it.
    """
    event = received.event
    records = (event.family_id, event.merged_family_id)
    context.reason = event.reason
    steps: list[Callable[[CommandContext], None]] = [
        *(
            partial(_reopen, each, cases=cases)
            for each in _duplicates(records, received.time, families, cases)
        ),
        *(
            partial(_leave, *each, cases=cases, requests=requests)
            for each in _astray(records, families, cases, requests)
        ),
    ]
    for of_part, (step,) in in_parts(context, steps, 1):
        step(of_part)


def _duplicates(
    records: Sequence[str], before: datetime, families: Families, cases: Cases
) -> Iterator[str]:
    """Yield the cases that were duplicates before, where none of the programme ended since."""
    for family in map(families.get, records):
        had = cases.of_family(family.record_ids)
        ended = [(each.closed_at, each) for each in had if each.closed_at is not None]
        last = {case.programme: (at, case) for at, case in sorted(ended, key=itemgetter(0))}
        yield from (
            case.case_id
            for at, case in last.values()
            if case.closed_reason is ClosedReason.DUPLICATE and at <= before
        )


def _reopen(case_id: str, context: CommandContext, cases: Cases) -> None:
    """Let a case go on, unless its family is forgotten by now or has another open one."""
    file = cases.open_file(case_id)
    if file.family.erased or file.family.open_case_of(file.case.programme):
        return
    reopened = file.case.reopen(stamp(context), ReopenReason.CLOSED_BY_MISTAKE, None)
    cases.save_change(context, file, reopened)


def _astray(
    records: Sequence[str], families: Families, cases: Cases, requests: Requests
) -> Iterator[tuple[str, Sequence[Request]]]:
    """Yield the requests that are in the case of another family, the latest of a case first."""
    found = map(families.get, records)
    speaks = {each: family.family_id for family in found for each in family.record_ids}
    asked = requests.of_family(speaks)
    joined: dict[str | None, list[Request]] = {}
    for each in sorted(asked, key=lambda each: each.received_at, reverse=True):
        if each.status is RequestStatus.JOINED:
            joined.setdefault(each.case_id, []).append(each)
    for case in cases.get_many(filter(None, joined)):
        own = [each for each in speaks if speaks[each] == speaks.get(case.family_id)]
        left = [each for each in joined[case.case_id] if each.family_id not in own]
        for start in range(0, len(left), MOST_LEAVING):
            yield case.case_id, left[start : start + MOST_LEAVING]


def _leave(
    case_id: str,
    leaving: Sequence[Request],
    context: CommandContext,
    *,
    cases: Cases,
    requests: Requests,
) -> None:
    case, family = cases.open_file(case_id)
    gone = {each.request_id for each in leaving}
    others = requests.get_many(each for each in case.requests if each not in gone)
    after = separate_case(case, stamp(context), leaving, others)
    changes = case_events.of_change(case, after, family)
    changes += case_events.of_family_change(family, family, case, after)
    first, *more = (each.leave_case() for each in leaving)
    requests.save(
        context,
        first,
        *map(requests.row, more),
        cases.row(after),
        events=[*(left_event(each, after) for each in leaving), *changes],
    )


def time_is_up(
    family_id: str,
    context: CommandContext,
    families: Families,
    cases: Cases,
    requests: Requests,
    vault: Vault,
) -> None:
    """Forget a family whose purpose has ended, or what is left of one that is forgotten."""
    family = families.record(family_id)
    if family.calls_to_forget:
        forget_calls(family_id, context, families, vault)
    elif family.erased:
        erase_joined(family_id, context, families, vault)
    else:
        forget_due(family_id, context, families, cases, requests, vault)


REACTIONS = {FamilyMergeUndone: separate_requests}
DEADLINES = {Families.prefix: time_is_up}
LOOKS_AGAIN = (separate_requests,)
