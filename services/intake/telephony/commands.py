"""What providers send about calls: Mango Office in its own form, others in a neutral one.

A field that is not known here is left alone, and so is a kind of event that says nothing new.
Mango writes extensions as numbers or as text, and phones of its own devices as SIP addresses.
"""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.intake.telephony.values import CallFact, Direction, Heard
from shared.domain import VISIBLE_ASCII, Moment
from shared.privacy.contact import normalise_phone

Name = Annotated[str, Field(min_length=1, max_length=128, pattern=VISIBLE_ASCII)]
Short = Annotated[str, Field(max_length=32)]
# A line may be a SIP address.
Number = Annotated[str, Field(max_length=128)]
Seconds = Annotated[int, Field(ge=0, le=4_102_444_800)]

HOME_DIGITS, WITH_PREFIX = 10, 11
INCOMING, OUTGOING = 1, 2
# The office has put the caller on its black list, or not on its white one.
BARRED = (1151, 1152, 4502)


def _with_plus(phone: str) -> str:
    """Return a phone that a provider writes with its country code and without a plus.

    Ten digits, or eleven from 8 on, are a number of this country without its code.
    """
    at_home = len(phone) == HOME_DIGITS or (len(phone) == WITH_PREFIX and phone.startswith("8"))
    return phone if at_home or not phone.isdecimal() else f"+{phone}"


class _Sent(BaseModel, defer_build=True):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class NeutralKind(_Sent):
    """What kind of event is sent in the neutral form; of one that is not known nothing is read."""

    type: str

    @property
    def known(self) -> bool:
        """Whether events of this kind are listened to."""
        return self.type in tuple(Heard)


class NeutralEvent(_Sent):
    """A fact in the neutral form, signed as Standard Webhooks say."""

    type: Heard
    call_id: Name
    at: Moment
    direction: Direction = Direction.IN
    phone: Short | None = Field(default=None, repr=False)
    line: Short = ""
    operator: Short | None = None
    answered: bool = False

    def fact(self) -> CallFact:
        """Return what it says."""
        return CallFact(
            call=self.call_id,
            heard=self.type,
            at=self.at,
            direction=self.direction,
            phone=self.phone,
            line=self.line,
            extension=self.operator,
            answered=self.answered,
        )


class _Mango(_Sent):
    model_config = ConfigDict(coerce_numbers_to_str=True)


class _Side(_Mango):
    number: Number | None = Field(default=None, repr=False)
    extension: Short | None = None
    line_number: Number | None = None
    taken_from_call_id: Number | None = None


class MangoCall(_Mango):
    """Mango's `events/call`: one leg of a call; the menu's own legs are not answered by people."""

    entry_id: Name
    call_state: str
    timestamp: Seconds
    location: str = ""
    caller: _Side = Field(default=_Side(), alias="from")
    called: _Side = Field(default=_Side(), alias="to")
    callback_initiator: str | None = None
    task_id: str | None = None
    command_id: str | None = None

    @property
    def ordered(self) -> bool:
        """Whether Mango itself rings both sides, the operator first: it looks like a call to us.

        A call that is moved on by a command says from which one it was taken.
        """
        commanded = self.command_id and not self.caller.taken_from_call_id
        return bool(self.callback_initiator or self.task_id or commanded)

    def fact(self) -> CallFact | None:
        """Return that it rings, or that an operator has answered; the end is in the summary.

        A leg between two operators, or of a call that Mango was ordered to make, says nothing of
        the caller.
        """
        answered = self.call_state == "Connected" and self.location == "abonent"
        if (not answered and self.call_state != "Appeared") or self.ordered:
            return None
        outgoing = bool(self.caller.extension)
        if outgoing == bool(self.called.extension or self.called.line_number):
            return None
        return CallFact(
            call=self.entry_id,
            heard=Heard.ANSWERED if answered else Heard.RINGING,
            at=datetime.fromtimestamp(self.timestamp, UTC),
            direction=Direction.OUT if outgoing else Direction.IN,
            phone=self.called.number if outgoing else self.caller.number,
            line=self.called.line_number or self.caller.line_number or "",
            extension=self.caller.extension if outgoing else self.called.extension,
        )


class MangoSummary(_Mango):
    """Mango's `events/summary`: how a call has ended; 0 is a call inside of the office."""

    entry_id: Name
    call_direction: int
    entry_result: int
    create_time: Seconds
    disconnect_reason: int = 0
    line_number: Number = ""
    caller: _Side = Field(default=_Side(), alias="from")
    called: _Side = Field(default=_Side(), alias="to")

    def fact(self) -> CallFact | None:
        """Return how the call ended; None for one inside of the office, or that was barred."""
        barred = self.disconnect_reason in BARRED
        if barred or self.call_direction not in (INCOMING, OUTGOING):
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


def phone_of(fact: CallFact) -> str | None:
    """Return the caller's phone in one spelling; None for a hidden or a strange one."""
    return None if fact.phone is None else _in_one_spelling(fact.phone)


def line_of(number: str) -> str:
    """Return the number of a line in one spelling, or the address that it has instead."""
    return _in_one_spelling(number) or number.strip().casefold()


def _in_one_spelling(phone: str) -> str | None:
    try:
        return normalise_phone(_with_plus(phone))
    except ValueError:
        return None
