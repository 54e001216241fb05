"""How far a request has come, as far as it may be said without a name or a need."""

from collections.abc import Mapping

from services.intake.cases.values import Status
from shared.domain import CodeEnum


class Progress(CodeEnum, of="request_progress"):
    """How far a request has come, in steps that a family can follow."""

    RECEIVED = "received"
    IN_REVIEW = "in_review"
    ONE_TIME_HELP = "one_time_help"
    SEARCH = "search"
    INTRODUCTION = "introduction"
    IN_CARE = "in_care"
    ELSEWHERE = "elsewhere"
    REDIRECTED = "redirected"
    CLOSED = "closed"


OF_CASE: Mapping[Status, Progress] = {
    Status.RECEIVED: Progress.RECEIVED,
    Status.IN_REVIEW: Progress.IN_REVIEW,
    Status.ONE_TIME_HELP: Progress.ONE_TIME_HELP,
    Status.CARE_REQUIRED: Progress.SEARCH,
    Status.MATCHED: Progress.INTRODUCTION,
    Status.IN_CARE: Progress.IN_CARE,
    Status.CLOSED: Progress.CLOSED,
}
