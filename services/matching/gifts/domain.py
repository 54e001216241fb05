"""A gift of a graduate family, and what is known of the family's cases."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, ClassVar, Self

from services.matching.gifts.values import STEPS, GiftStatus, KnownCase
from shared.domain import Aggregate, CodeOf, StatefulAggregate
from shared.errors import IllegalStep, Invalid

# A family is a graduate a day after its case was closed.
GRADUATE_AFTER = timedelta(days=1)
A_YEAR = timedelta(days=366)
# More cases than a family has; the latest ones count.
MOST_CASES = 50


class Graduate(Aggregate):
    """The cases of one record of a family, as intake reports them."""

    family_id: str
    region: str
    cases: tuple[KnownCase, ...] = ()

    def opened(self, case_id: str) -> Self:
        """Note a new case; one that is known already may be further."""
        if any(each.case_id == case_id for each in self.cases):
            return self
        return self._noted(KnownCase(case_id=case_id, open=True, sequence=0))

    def closed(self, case_id: str, sequence: int, at: datetime) -> Self:
        """Note that a case was closed, unless something later is known of it."""
        return self._followed(
            KnownCase(case_id=case_id, open=False, sequence=sequence, closed_at=at)
        )

    def reopened(self, case_id: str, sequence: int) -> Self:
        """Note that a case is open again, unless something later is known of it."""
        return self._followed(KnownCase(case_id=case_id, open=True, sequence=sequence))

    def _followed(self, case: KnownCase) -> Self:
        known = next((each for each in self.cases if each.case_id == case.case_id), None)
        return self if known and known.sequence >= case.sequence else self._noted(case)

    def _noted(self, case: KnownCase) -> Self:
        others = [each for each in self.cases if each.case_id != case.case_id]
        # What is open is never forgotten.
        spare = len(others) + 1 - MOST_CASES
        if spare > 0:
            closed = [each for each in others if not each.open][:spare]
            others = [each for each in others if each not in closed]
        return self._with(cases=(*others, case))


def require_graduate(cases: Sequence[KnownCase], now: datetime) -> None:
    """Refuse a gift of a family that is being helped, or was until a day ago."""
    if any(case.open for case in cases):
        raise IllegalStep("case_still_open")
    closed = [case.closed_at for case in cases if case.closed_at is not None]
    if not closed:
        raise IllegalStep("family_has_no_closed_case")
    if now < max(closed) + GRADUATE_AFTER:
        raise IllegalStep("case_closed_today")


def check_day(on: date, today: date) -> None:
    """Refuse a day that is no plan of today's: it was mistyped."""
    if abs(on - today) > A_YEAR:
        raise Invalid("gift_day_out_of_reach", "/on")


class Gift(StatefulAggregate):
    """What a graduate family wants to give, and from which day; `resource_id` is the offer."""

    STEPS: ClassVar = STEPS
    REFUSAL: ClassVar = "gift_is_{status}"

    gift_id: str
    family_id: str
    region: str
    kind: Annotated[str, CodeOf("gift_kind")]
    on: date
    resource_id: str
    offered_at: datetime
    status: GiftStatus = GiftStatus.OFFERED

    def withdraw(self) -> Self:
        """Take the gift back: the family has thought again."""
        self._require("withdraw_gift")
        return self._with(status=GiftStatus.WITHDRAWN)
