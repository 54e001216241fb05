"""Events of lending: equipment that families have borrowed."""

from datetime import date

from shared.events.base import Event


class _OfLoan(Event):
    """What every event of a loan says."""

    case_id: str
    item: str


class EquipmentLent(_OfLoan):
    """A family has borrowed a piece of equipment."""

    due_on: date


class LoanOverdue(_OfLoan):
    """The last day of a loan has passed and the equipment is not back."""
