"""What a provider is answered, and what operators see of calls that go on."""

from datetime import datetime
from typing import Self

from services.intake.telephony.domain import PhoneCall
from services.intake.telephony.values import CallState, Direction
from shared.api.models import View


class AcceptedView(View):
    """That an event was taken; nothing of what is known."""

    accepted: bool = True


class LiveCall(View):
    """A call that rings or is talked; the phone is seen by who looks the caller up."""

    id: str
    state: CallState
    extension: str | None
    began_at: datetime

    @classmethod
    def of_call(cls, call: PhoneCall) -> Self:
        """Show a call."""
        return cls.of(call, id=call.call_id)


class OwnCall(View):
    """A call by a family's phone, as it is shown to the family; kept for a week."""

    direction: Direction
    state: CallState
    began_at: datetime
