"""What lending does about events of other services and about its own deadlines."""

from services.lending.loans import events
from services.lending.loans.repository import Loans
from shared import clock
from shared.events.base import Received
from shared.events.intake import CaseClosed
from shared.reference import regions
from shared.storage.command_context import CommandContext


def recall_loan(received: Received[CaseClosed], context: CommandContext, loans: Loans) -> None:
    """Recall the equipment of a family whose case is closed."""
    loan = loans.find(received.event.case_id)
    if loan is not None and "recall" in loan.next_steps:
        loans.save(context, loan.recall())


def loan_due(case_id: str, context: CommandContext, loans: Loans) -> None:
    """Publish the deadlines that have come for a loan, each once."""
    loan = loans.find(case_id)
    if loan is None:
        return
    advanced, names = loan.advance(clock.now(), regions.zone(loan.region))
    if names:
        loans.save(context, advanced, events=events.deadlines_reached(loan, names))


REACTIONS = {CaseClosed: recall_loan}
DEADLINES = {"LOAN": loan_due}
