"""Rows of loans: `LOAN#<case id>`, due at the end of the last day."""

from services.lending.loans.domain import Loan
from shared.reference import regions
from shared.storage.repository import Repository
from shared.storage.rows import Row


class Loans(Repository[Loan]):
    """All loans, one per family."""

    model = Loan
    prefix = "LOAN"
    id_field = "case_id"

    def row(self, aggregate: Loan) -> Row:
        """Return a loan with its next deadline."""
        zone = regions.zone(aggregate.region)
        return self._row(aggregate, due_at=aggregate.next_deadline(zone))
