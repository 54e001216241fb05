"""Which change of a loan publishes which event."""

from collections.abc import Iterable, Mapping
from typing import Any

from services.lending.loans.domain import Loan
from shared.events.base import Event
from shared.events.lending import EquipmentLent, LoanOverdue

OF_DEADLINE: Mapping[str, type[Event]] = {"overdue": LoanOverdue}


def event_fields(loan: Loan) -> dict[str, Any]:
    """Return what every event of a loan says."""
    return {"region": loan.region, "case_id": loan.case_id, "item": loan.item}


def equipment_lent(loan: Loan) -> EquipmentLent:
    """Return the event of a new loan."""
    return EquipmentLent(**event_fields(loan), due_on=loan.due_on)


def deadlines_reached(loan: Loan, names: Iterable[str]) -> list[Event]:
    """Return one event per deadline that has come."""
    return [OF_DEADLINE[name](**event_fields(loan)) for name in names]
