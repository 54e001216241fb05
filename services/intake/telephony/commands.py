"""What providers send about calls: Mango Office in its own form, others in a neutral one.

A field that is not known here is left alone, and so is a kind of event that says nothing new.
"""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.intake.telephony.values import CallFact, Direction, Heard
from shared.domain import Moment
from shared.privacy.contact import normalise_phone

Name = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[\x21-\x7e]+$")]
Seconds = Annotated[int, Field(ge=0, le=4_102_444_800)]


def _with_plus(phone: str) -> str:
    """Return a phone that a provider writes with its country code and without a plus."""
    return f"+{phone}" if phone.isdecimal() and not phone.startswith("8") else phone


class _Sent(BaseModel, defer_build=True):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class NeutralEvent(_Sent):
    """A fact in the neutral form, signed as Standard Webhooks say."""

    type: Annotated[str, Field(max_length=64)]
    call_id: Name
    at: Moment
    direction: Direction = Direction.IN
    phone: Annotated[str, Field(max_length=32)] | None = Field(default=None, repr=False)
    line: Annotated[str, Field(max_length=32)] = ""
    operator: Annotated[str, Field(max_length=32)] | None = None
    answered: bool = False

    def fact(self) -> CallFact | None:
        """Return what it says; None for a kind that is not known."""
        if self.type not in tuple(Heard):
            return None
        return CallFact(
            call=self.call_id,
            heard=Heard(self.type),
            at=self.at,
            direction=self.direction,
            phone=self.phone,
            line=self.line,
            extension=self.operator,
            answered=self.answered,
        )


class _Side(_Sent):
    number: Annotated[str, Field(max_length=64)] | None = Field(default=None, repr=False)
    extension: Annotated[str, Field(max_length=32)] | None = None
    line_number: Annotated[str, Field(max_length=32)] | None = None


class MangoCall(_Sent):
    """Mango's `events/call`: one leg of a call; the menu's own legs are not answered by people."""

    entry_id: Name
    call_state: str
    timestamp: Seconds
    location: str = ""
    caller: _Side = Field(default=_Side(), alias="from")
    called: _Side = Field(default=_Side(), alias="to")

    def fact(self) -> CallFact | None:
        """Return that it rings, or that an operator has answered; the end is in the summary."""
        answered = self.call_state == "Connected" and self.location == "abonent"
        if not answered and self.call_state != "Appeared":
            return None
        outgoing = bool(self.caller.extension)
        return CallFact(
            call=self.entry_id,
            heard=Heard.ANSWERED if answered else Heard.RINGING,
            at=datetime.fromtimestamp(self.timestamp, UTC),
            direction=Direction.OUT if outgoing else Direction.IN,
            phone=self.called.number if outgoing else self.caller.number,
            line=self.called.line_number or self.caller.line_number or "",
            extension=self.caller.extension if outgoing else self.called.extension,
        )


class MangoSummary(_Sent):
    """Mango's `events/summary`: how a call has ended."""

    entry_id: Name
    call_direction: int
    entry_result: int
    create_time: Seconds
    end_time: Seconds = 0
    line_number: Annotated[str, Field(max_length=32)] = ""
    caller: _Side = Field(default=_Side(), alias="from")
    called: _Side = Field(default=_Side(), alias="to")

    def fact(self) -> CallFact | None:
        """Return how the call ended; None for one inside of the office."""
        if self.call_direction not in (INCOMING, OUTGOING):
            return None
        outgoing = self.call_direction == OUTGOING
        return CallFact(
            call=self.entry_id,
            heard=Heard.ENDED,
            at=datetime.fromtimestamp(self.create_time, UTC),
            direction=Direction.OUT if outgoing else Direction.IN,
            phone=self.called.number if outgoing else self.caller.number,
            line=self.line_number,
            extension=self.caller.extension if outgoing else self.called.extension,
            answered=self.entry_result == 1,
        )


INCOMING, OUTGOING = 1, 2


def phone_of(fact: CallFact) -> str | None:
    """Return the caller's phone in one spelling; None for a hidden or a strange one."""
    if fact.phone is None:
        return None
    try:
        return normalise_phone(_with_plus(fact.phone))
    except ValueError:
        return None
