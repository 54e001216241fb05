"""What is put right about a case, because a request was written down wrongly."""

from services.intake.cases.domain import Case
from services.intake.cases.values import NeedChanges, Status
from services.intake.families.values import Stamp
from shared.errors import IllegalStep


def require_open(case: Case) -> None:
    """Refuse to write down more about what is over: the caller asks anew."""
    if not case.open:
        raise IllegalStep("request_is_over", ("register_again",))


def mend_case(
    case: Case,
    stamp: Stamp,
    request_id: str,
    changes: NeedChanges,
    *,
    district: str | None,
    urgent: bool,
) -> Case:
    """Put right what a request was written down with; only before headquarters takes the case.

    District and urgency are the request's only while the case has no other.
    """
    require_open(case)
    if case.status is not Status.RECEIVED:
        raise IllegalStep("case_is_with_headquarters", ("add", "leave_note"))
    own = case.requests == (request_id,)
    needs = changes.about(case.needs).apply(case.needs, by=stamp.by, at=stamp.at, clarifies=False)
    return case.record(
        stamp,
        "mended",
        ref=request_id,
        needs=needs,
        district=district if own and district else case.district,
        urgent=urgent if own else case.urgent,
    )
