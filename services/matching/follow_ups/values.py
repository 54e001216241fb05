"""Codes of follow-up calls."""

from shared.domain import CodeEnum, KnownCodes


class FollowUpKind(CodeEnum, of="follow_up_kind"):
    """The two calls that the programme promises a family."""

    TWO_WEEKS = "two_weeks"
    ONE_MONTH = "one_month"


class FollowUpResult(KnownCodes, of="follow_up_result"):
    """What the family said on the phone: those after which something follows."""

    PROBLEM = "problem"
    UNREACHABLE = "unreachable"


class FollowUpStatus(CodeEnum, of="follow_up_status"):
    """How far a call has come."""

    PLANNED = "planned"
    DUE = "due"
    DONE = "done"
    MISSED = "missed"
    CANCELLED = "cancelled"
