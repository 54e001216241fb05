"""A fact about a call, whichever provider says it, and the states that facts add up to."""

from typing import Annotated

from pydantic import Field

from shared.domain import CodeEnum, Moment, ValueObject
from shared.ids import pattern

CallId = Annotated[str, Field(pattern=pattern("cll"))]
ProviderName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,31}$")]
EventName = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,32}$")]


class Direction(CodeEnum, of="phone_call_direction"):
    """Who calls."""

    IN = "in"
    OUT = "out"


class CallState(CodeEnum, of="phone_call_state"):
    """How far a call is."""

    RINGING = "ringing"
    TALKING = "talking"
    MISSED = "missed"
    OVER = "over"


class Heard(CodeEnum, of="phone_call_event"):
    """What a provider says has happened."""

    RINGING = "ringing"
    ANSWERED = "answered"
    ENDED = "ended"


class CallFact(ValueObject):
    """One fact about a call; an end may say that the call had been answered."""

    call: str
    heard: Heard
    at: Moment
    direction: Direction = Direction.IN
    phone: str | None = Field(default=None, repr=False)
    line: str = ""
    extension: str | None = None
    answered: bool = False
