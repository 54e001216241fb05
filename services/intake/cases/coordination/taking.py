"""Who works on a case: it is taken, taken over from a colleague, or waits and is reminded of."""

from typing import Any

from services.intake.cases.domain import TAKE_ESCALATION, TAKE_REMINDER, Case
from services.intake.cases.values import Status
from services.intake.families.values import Stamp
from shared.errors import IllegalStep

ALREADY_TAKEN = "case_already_taken"
OF_COLLEAGUE = "case_of_colleague"
TAKEN_OVER, HANDED_OVER = "taken_over", "handed_over"


def take(case: Case, stamp: Stamp) -> Case:
    """Make a case one coordinator's own; taking it twice changes nothing."""
    if case.open and not case.untaken:
        return _own(case, stamp)
    case._require("take")
    return case.record(stamp, "taken", status=Status.IN_REVIEW, **_by(stamp))


def take_over(case: Case, stamp: Stamp, taken_from: str, reason: str) -> Case:
    """Go on with the case of a colleague, who must have it still; its limits run on."""
    case._require("take_over")
    if case.taken_by != taken_from or taken_from == stamp.by:
        return _own(case, stamp)
    return case.record(stamp, TAKEN_OVER, reason, taken_from, **_by(stamp))


def hand_over(case: Case, stamp: Stamp, taken_by: str, reason: str) -> Case:
    """Let a colleague of the same role go on with a case, on another's word; its limits run on."""
    case._require("take_over")
    new = {"taken_by": taken_by, "taken_at": stamp.at}
    return case.record(stamp, HANDED_OVER, reason, taken_by, **new)


def of_colleague(case: Case, code: str = OF_COLLEAGUE) -> IllegalStep:
    """Return the refusal of what only the coordinator of this case does."""
    return case._refusal(code)


def tell_untaken(case: Case, stamp: Stamp, *rungs: str) -> Case:
    """Note that a case still waits for a coordinator, and who is reminded of it."""
    for rung in (TAKE_REMINDER, TAKE_ESCALATION):
        if rung in rungs:
            case = case._fire(rung).record(stamp, rung)
    return case


def _by(stamp: Stamp) -> dict[str, Any]:
    return {"taken_by": stamp.by, "taken_as": stamp.role, "taken_at": stamp.at}


def _own(case: Case, stamp: Stamp) -> Case:
    if case.taken_by != stamp.by:
        raise of_colleague(case, ALREADY_TAKEN)
    return case
