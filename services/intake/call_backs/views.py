"""What operators see of call-backs: when to call, and only who calls sees the phone."""

from datetime import datetime
from typing import Self

from services.intake.call_backs.domain import CallBack
from services.intake.call_backs.values import Attempt, CallBackEnd, CallBackStatus, CallResult
from services.intake.codes.fields import StepCode
from shared.api.models import View


class OwnAttempt(View):
    """A call back to a family, as it is shown to the family."""

    at: datetime
    result: CallResult


class CallBackView(View):
    """A call-back without the phone; `known` says that a family has it.

    Who was talked to when the call `broke_off` has rung in vain as often as it was `missed`.
    """

    id: str
    version: int
    status: CallBackStatus
    region: str
    known: bool
    urgent: bool
    missed: int
    broke_off: bool
    missed_at: datetime
    due_at: datetime
    attempts: tuple[Attempt, ...]
    claimed_by: str | None
    end_reason: CallBackEnd | None
    next_steps: tuple[StepCode, ...]

    @classmethod
    def of_call_back(cls, call_back: CallBack) -> Self:
        """Show a call-back."""
        return cls.of(call_back, id=call_back.call_back_id)


class OwnCallBack(View):
    """A family's phone that is to be called back, as it is shown to the family."""

    missed: int
    missed_at: datetime
    due_at: datetime
    attempts: tuple[OwnAttempt, ...]

    @classmethod
    def of_call_back(cls, call_back: CallBack) -> Self:
        """Show a call-back; who of the staff has called is not named."""
        return cls.of(call_back, attempts=tuple(map(OwnAttempt.of, call_back.attempts)))


class PhoneView(View):
    """The phone to be called; each reading is recorded."""

    phone: str
