"""A call in vain, or cut off, asks for a call back: tried a few times, ended when people talk."""

from datetime import datetime
from typing import Any, ClassVar, Self

from services.intake.call_backs.values import (
    CLAIM,
    FIRST,
    FIRST_URGENT,
    INTERVALS,
    LATE,
    LATE_URGENT,
    MOST_ATTEMPTS,
    PHONE_KEPT,
    URGENT_FROM,
    Attempt,
    CallBackEnd,
    CallBackStatus,
    CallResult,
)
from services.intake.families.values import Stamp
from shared.domain import Deadline, Moment, TimedAggregate
from shared.errors import IllegalStep

CLAIM_OVER, OVERDUE, PHONE_GOES = "claim_over", "overdue", "phone_goes"
_ENDS = {
    CallResult.REACHED: CallBackEnd.REACHED,
    CallResult.WRONG_NUMBER: CallBackEnd.WRONG_NUMBER,
}


class CallBack(TimedAggregate):
    """One caller who rang in vain, the last time in the call whose record has the phone.

    So does one who was talked to when the call `broke_off`; who was cut off cannot wait.
    Telephony may say so late: the phone is kept since that call was `heard_at`.

    `index` is the phone's keyed blind index: one call-back is open per phone and region. One that
    has ended keeps none.
    """

    REFUSAL: ClassVar = "call_back_is_{status}"
    STEPS: ClassVar = {
        CallBackStatus.OPEN: {"claim": CallBackStatus.CLAIMED, "end": CallBackStatus.ENDED},
        CallBackStatus.CLAIMED: {
            "record_attempt": (CallBackStatus.OPEN, CallBackStatus.ENDED),
            "release": CallBackStatus.OPEN,
            "end": CallBackStatus.ENDED,
        },
        CallBackStatus.ENDED: {},
    }
    DEADLINES: ClassVar = (
        Deadline(CLAIM_OVER, lambda call_back, zone: call_back.claim_ends_at),
        Deadline(OVERDUE, lambda call_back, zone: call_back.overdue_at),
        Deadline(PHONE_GOES, lambda call_back, zone: call_back.phone_goes_at),
    )

    call_back_id: str
    region: str
    index: str
    call_id: str
    known: bool
    urgent: bool
    missed: int
    broke_off: bool = False
    missed_at: Moment
    heard_at: Moment
    due_at: Moment
    attempts: tuple[Attempt, ...] = ()
    status: CallBackStatus = CallBackStatus.OPEN
    claimed_by: str | None = None
    claimed_at: Moment | None = None
    end_reason: CallBackEnd | None = None
    ended_at: Moment | None = None

    @property
    def claim_ends_at(self) -> datetime | None:
        """When an operator who claimed it and did not call loses it."""
        return None if self.claimed_at is None else self.claimed_at + CLAIM

    @property
    def overdue_at(self) -> datetime | None:
        """When headquarters hears that no operator has called, once for each call that is due."""
        return None if self.ended_at else self.due_at + (LATE_URGENT if self.urgent else LATE)

    @property
    def phone_goes_at(self) -> datetime | None:
        """When the phone is kept no longer, so that an open call-back ends without a call."""
        return None if self.ended_at else self.heard_at + PHONE_KEPT

    @classmethod
    def ask(cls, now: Moment, *, urgent: bool, broke_off: bool = False, **facts: Any) -> Self:
        """Return a call-back for a call that was missed, or that broke off."""
        urgent, missed = urgent or broke_off, 0 if broke_off else 1
        due = now + (FIRST_URGENT if urgent else FIRST)
        return cls(urgent=urgent, due_at=due, missed=missed, broke_off=broke_off, **facts)

    def miss_again(
        self,
        now: Moment,
        *,
        missed_at: Moment,
        heard_at: Moment,
        call_id: str,
        broke_off: bool = False,
    ) -> Self:
        """Count one more missed call, or note one that broke off; who rings often cannot wait."""
        missed, is_latest = self.missed + (not broke_off), missed_at > self.missed_at
        news = {"call_id": call_id, "missed_at": missed_at, "heard_at": heard_at}
        latest = news if is_latest else {}
        urgent = self.urgent or broke_off or missed >= URGENT_FROM
        broken = self.broke_off or broke_off
        sooner = now + (FIRST_URGENT if urgent else FIRST)
        due = min(self.due_at, sooner)
        return self._with(missed=missed, urgent=urgent, broke_off=broken, due_at=due, **latest)

    def claim(self, stamp: Stamp) -> Self:
        """Make the call one operator's own; of two at once one wins."""
        if self.claimed_by == stamp.by:
            return self
        self._require("claim")
        return self._with(status=CallBackStatus.CLAIMED, claimed_by=stamp.by, claimed_at=stamp.at)

    def not_claimed(self) -> IllegalStep:
        """Return the refusal of what only the operator does who has claimed it."""
        return self._refusal(self.REFUSAL.format(status=self.status))

    def release(self) -> Self:
        """Give the call back to all operators."""
        self._require("release")
        return self._with(status=CallBackStatus.OPEN, claimed_by=None, claimed_at=None)

    def record_attempt(self, stamp: Stamp, result: CallResult) -> Self:
        """Note a call: it ends the matter, or the next one is due later, a few times."""
        self._require("record_attempt")
        attempt = Attempt(at=stamp.at, by=stamp.by, result=result)
        tried = self.release()._with(attempts=(*self.attempts, attempt))
        if result in _ENDS:
            return tried.end(stamp.at, _ENDS[result])
        if len(tried.attempts) >= MOST_ATTEMPTS:
            return tried.end(stamp.at, CallBackEnd.NOT_REACHED)
        later = tried._with(due_at=stamp.at + INTERVALS[len(tried.attempts) - 1])
        return later._rearm(OVERDUE)

    def tell_overdue(self) -> Self:
        """Note that headquarters hears of the call that is due."""
        return self._fire(OVERDUE)

    def end(self, at: Moment, reason: CallBackEnd) -> Self:
        """End it: no call is due any more."""
        self._require("end")
        return self._with(
            status=CallBackStatus.ENDED,
            claimed_by=None,
            claimed_at=None,
            end_reason=reason,
            ended_at=at,
            index="",
        )
