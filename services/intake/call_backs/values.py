"""What a call-back is made of, and its clocks."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from shared.domain import CodeEnum, Moment, ValueObject
from shared.ids import pattern

CallBackId = Annotated[str, Field(pattern=pattern("cbk"))]

FIRST, FIRST_URGENT = timedelta(minutes=30), timedelta(minutes=10)
# After a call in vain the next one is due later, and then none any more.
INTERVALS = (timedelta(minutes=30), timedelta(hours=3))
MOST_ATTEMPTS = len(INTERVALS) + 1
# Who claims a call-back and does not call gives it back.
CLAIM = timedelta(minutes=15)
# So long after a call is due and was not made, headquarters sees to it.
LATE, LATE_URGENT = timedelta(hours=4), timedelta(minutes=30)
# As long as the phone of a call is kept; then it can be called no more.
PHONE_KEPT = timedelta(days=7)
# Who rings so often cannot wait.
URGENT_FROM = 3


class CallBackStatus(CodeEnum, of="call_back_status"):
    """Whether the caller still waits to be called."""

    OPEN = "open"
    CLAIMED = "claimed"
    ENDED = "ended"


class CallResult(CodeEnum, of="call_result"):
    """What an attempt to call back has led to."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    WRONG_NUMBER = "wrong_number"


class CallBackEnd(CodeEnum, of="call_back_end"):
    """Why no call is due any more."""

    REACHED = "reached"
    CALLED_AGAIN = "called_again"
    WRONG_NUMBER = "wrong_number"
    NOT_REACHED = "not_reached"
    EXPIRED = "expired"
    FORGOTTEN = "forgotten"


class Attempt(ValueObject):
    """One call to the caller."""

    at: Moment
    by: str
    result: CallResult
