"""What the headquarters may have to do next about a match."""

from datetime import datetime

from shared.domain import CodeEnum, ValueObject


class WorkKind(CodeEnum, of="match_work"):
    """The next piece of work about an open match."""

    HOLD_INTRODUCTION = "hold_introduction"
    GET_AGREEMENT_SIGNED = "get_agreement_signed"
    GET_HELP_STARTED = "get_help_started"
    MAKE_TWO_WEEK_CALL = "make_two_week_call"
    MAKE_ONE_MONTH_CALL = "make_one_month_call"
    ASK_FOR_REPORT = "ask_for_report"
    SETTLE_WITHOUT_NEEDS = "settle_without_needs"
    DECIDE_ENDING = "decide_ending"


class Work(ValueObject):
    """One piece of work, and the moment by which it should be done."""

    kind: WorkKind
    due_at: datetime
