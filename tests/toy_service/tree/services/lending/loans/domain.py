"""The rules of lending: one loan per family, which ends when the equipment is back."""

from datetime import date, datetime
from typing import ClassVar, Self
from zoneinfo import ZoneInfo

from services.lending.loans.values import LoanStatus
from shared.domain import Deadline, TimedAggregate
from shared.reference import calendar


class Loan(TimedAggregate):
    """Equipment that a family has borrowed."""

    STEPS: ClassVar = {
        LoanStatus.LENT: {"recall": LoanStatus.RECALLED, "take_back": LoanStatus.RETURNED},
        LoanStatus.RECALLED: {"take_back": LoanStatus.RETURNED},
        LoanStatus.RETURNED: {"lend": LoanStatus.LENT},
    }
    REFUSAL: ClassVar = "loan_is_{status}"
    DEADLINES: ClassVar = (Deadline("overdue", lambda loan, zone: loan.overdue_at(zone)),)

    case_id: str
    region: str
    item: str
    due_on: date
    status: LoanStatus = LoanStatus.LENT

    def lend(self, item: str, due_on: date) -> Self:
        """Lend the family something else after it has returned the last piece."""
        self._require("lend")
        lent = self._with(item=item, due_on=due_on, status=LoanStatus.LENT)
        return lent._rearm("overdue")

    def recall(self) -> Self:
        """Ask for the equipment before its day."""
        self._require("recall")
        return self._with(status=LoanStatus.RECALLED)

    def take_back(self) -> Self:
        """Record that the equipment is back."""
        self._require("take_back")
        return self._with(status=LoanStatus.RETURNED)

    def overdue_at(self, zone: ZoneInfo) -> datetime | None:
        """Return when the loan is overdue; None once the equipment is back."""
        if self.status == LoanStatus.RETURNED:
            return None
        return calendar.end_of_day(zone, self.due_on)

    def advance(self, now: datetime, zone: ZoneInfo) -> tuple[Self, tuple[str, ...]]:
        """Return the loan after the deadlines that have come, and their names."""
        come = self.due(now, zone)
        return self._fire(*come), come
