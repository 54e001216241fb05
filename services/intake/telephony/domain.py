"""A call as its provider's events add up to it, in whatever order and however often they come."""

from typing import Self

from services.intake.telephony.values import CallFact, CallState, Direction, Heard
from shared.domain import Aggregate, Moment


class PhoneCall(Aggregate):
    """One call; the phone is in the vault under the call's own id, for a week since `heard_at`.

    Facts only add up: that a call was answered, or is over, is never taken back.
    """

    call_id: str
    region: str
    index: str
    direction: Direction
    began_at: Moment
    heard_at: Moment
    extension: str | None = None
    answered: bool = False
    ended: bool = False
    broke_off: bool = False

    @property
    def state(self) -> CallState:
        """How far the call is."""
        if self.ended:
            return CallState.OVER if self.answered else CallState.MISSED
        return CallState.TALKING if self.answered else CallState.RINGING

    @property
    def missed(self) -> bool:
        """Whether a caller rang in vain."""
        return self.direction is Direction.IN and self.state is CallState.MISSED

    def hear(self, fact: CallFact) -> Self:
        """Add a fact; one that is known already changes nothing.

        A phone that only rang did not take a call which another one has answered.
        """
        only_rang = self.answered and fact.heard is Heard.RINGING
        said, before = fact.extension, self.extension
        known = self._with(
            began_at=min(self.began_at, fact.at),
            extension=before or said if only_rang else said or before,
            answered=self.answered or fact.answered or fact.heard is Heard.ANSWERED,
            ended=self.ended or fact.heard is Heard.ENDED,
        )
        return self if known == self else known

    def break_off(self) -> Self:
        """Note that it broke off while people talked, which telephony may say later or never."""
        return self._with(answered=True, ended=True, broke_off=True)
