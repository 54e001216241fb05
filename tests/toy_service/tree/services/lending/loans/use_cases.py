"""What headquarters do with loans."""

from services.lending.loans import events
from services.lending.loans.commands import LendEquipment
from services.lending.loans.domain import Loan
from services.lending.loans.policy import load_authorised, new_resource
from services.lending.loans.repository import Loans
from services.lending.loans.values import CaseId
from services.lending.policy import POLICY
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt


def lend_equipment(body: LendEquipment, context: CommandContext, loans: Loans) -> Receipt:
    """Lend a family a piece of equipment until the end of a day."""
    regions.region(body.region)
    POLICY.require_create(context.actor, "lend_equipment", new_resource(body.region))
    if loans.find(body.case_id) is None:
        loan = Loan.model_validate(body.model_dump())
    else:
        found = load_authorised(body.case_id, "lend_equipment", context.actor, loans)
        loan = found.lend(body.item, body.due_on)
    return loans.save(context, loan, events=[events.equipment_lent(loan)])


def return_equipment(case_id: CaseId, context: CommandContext, loans: Loans) -> Receipt:
    """Record that a family has returned its equipment."""
    loan = load_authorised(case_id, "return_equipment", context.actor, loans)
    return loans.save(context, loan.take_back())
