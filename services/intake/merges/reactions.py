"""What intake does about merged records by itself: requests go back, records are forgotten."""

from collections.abc import Iterator, Sequence

from services.intake.calls.domain import separate_case
from services.intake.cases import events as case_events
from services.intake.cases.repository import Cases
from services.intake.families.policy import stamp
from services.intake.families.repository import Families
from services.intake.merges.events import left_event
from services.intake.merges.use_cases import erase_joined
from services.intake.requests.domain import Request
from services.intake.requests.repository import Requests
from services.intake.requests.values import RequestStatus
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
    """Let requests leave the cases of a family that theirs was held for, for one of their own."""
    event = received.event
    records = (event.family_id, event.merged_family_id)
    context.reason = event.reason
    found = [*_astray(records, families, cases, requests)]
    for of_part, (leaving,) in in_parts(context, found, 1):
        _leave(leaving, of_part, cases, requests)


def _astray(
    records: Sequence[str], families: Families, cases: Cases, requests: Requests
) -> Iterator[Sequence[Request]]:
    """Yield the requests that are in another family's case, the latest of a case first."""
    speaks = {
        each: family.family_id
        for family in map(families.get, records)
        for each in family.record_ids
    }
    asked = [each for record in speaks for each in requests.of_family(record)]
    joined = [each for each in asked if each.status is RequestStatus.JOINED and each.case_id]
    held = {each.case_id: each for each in cases.get_many(each.case_id or "" for each in joined)}
    astray: dict[str, list[Request]] = {}
    for each in reversed(joined):
        case = held[each.case_id or ""]
        if speaks.get(case.family_id) != speaks[each.family_id or ""]:
            astray.setdefault(case.case_id, []).append(each)
    for left in astray.values():
        yield from (left[n : n + MOST_LEAVING] for n in range(0, len(left), MOST_LEAVING))


def _leave(
    leaving: Sequence[Request], context: CommandContext, cases: Cases, requests: Requests
) -> None:
    case, family = cases.open_file(leaving[0].case_id or "")
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
    """Forget a family whose purpose has ended, or the next record of one that is forgotten."""
    if families.record(family_id).erased:
        erase_joined(family_id, context, families, vault)
    else:
        forget_due(family_id, context, families, cases, requests, vault)


REACTIONS = {FamilyMergeUndone: separate_requests}
DEADLINES = {Families.prefix: time_is_up}
LOOKS_AGAIN = (separate_requests,)
