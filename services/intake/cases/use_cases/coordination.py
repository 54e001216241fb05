"""Who works on a case, and what time alone does to one that is untaken."""

from services.intake.cases import care_track
from services.intake.cases.commands import TakeOver
from services.intake.cases.coordination import taking
from services.intake.cases.domain import OUTCOME_MISSING
from services.intake.cases.policy import load_authorised
from services.intake.cases.repository import Cases
from services.intake.cases.values import CaseId
from services.intake.families.policy import stamp
from shared.domain import NO_CALENDAR
from shared.storage.command_context import CommandContext, Receipt


def take_case(case_id: CaseId, context: CommandContext, cases: Cases) -> Receipt:
    """Make a waiting case yours."""
    file = load_authorised(case_id, "take_case", context.actor, cases)
    return cases.save_change(context, file, taking.take(file.case, stamp(context)))


def take_over_case(
    case_id: CaseId, body: TakeOver, context: CommandContext, cases: Cases
) -> Receipt:
    """Go on with the case of a colleague, who gets a message."""
    file = load_authorised(case_id, "take_over_case", context.actor, cases)
    context.reason = body.reason
    after = taking.take_over(file.case, stamp(context), body.taken_from, body.reason)
    return cases.save_change(context, file, after)


def time_is_up(case_id: str, context: CommandContext, cases: Cases) -> None:
    """Remind of an untaken case, or note that care has had no outcome for 31 days."""
    file, now = cases.open_file(case_id), stamp(context)
    due = file.case.due(now.at, NO_CALENDAR)
    after = taking.tell_untaken(file.case, now, *due)
    if OUTCOME_MISSING in due:
        after = care_track.miss_outcome(after, now)
    if due:
        cases.save_change(context, file, after)
