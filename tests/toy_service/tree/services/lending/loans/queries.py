"""What headquarters look up about loans."""

from services.lending.loans.policy import load_authorised
from services.lending.loans.repository import Loans
from services.lending.loans.values import CaseId
from services.lending.loans.views import LoanView
from shared.principal import Principal


def view_loan(case_id: CaseId, caller: Principal, loans: Loans) -> LoanView:
    """View a family's loan."""
    return LoanView.of(load_authorised(case_id, "view", caller, loans))
