"""Loans as `policy.cedar` sees them."""

from services.lending.loans.domain import Loan
from services.lending.loans.repository import Loans
from services.lending.policy import POLICY
from shared.identity.policy import Resource
from shared.principal import Principal


def resource(loan: Loan) -> Resource:
    """Return a loan as a resource."""
    return Resource("Loan", loan.case_id, region=loan.region, status=loan.status)


def new_resource(region: str) -> Resource:
    """Return a loan that is about to be made."""
    return Resource("Loan", "new", region=region)


def load_authorised(case_id: str, action: str, principal: Principal, loans: Loans) -> Loan:
    """Load a loan for an action; raises NotFound or Forbidden."""
    loan = loans.get(case_id)
    POLICY.require(principal, action, resource(loan))
    return loan
