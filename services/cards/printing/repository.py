"""PRINT#<print id>: an order for printed cards; it and its file are gone after a day."""

from datetime import timedelta

from services.cards.printing.domain import Print
from shared import clock
from shared.storage.repository import Repository
from shared.storage.rows import Row

RETENTION = timedelta(days=1)


class Prints(Repository[Print]):
    """The orders for printed cards."""

    model = Print
    prefix = "PRINT"

    def row(self, aggregate: Print) -> Row:
        """Return an order's row, due at once."""
        return self._row(
            aggregate, due_at=aggregate.due_at, job=True, expires_at=clock.wall() + RETENTION
        )


def file_of(order: Print) -> str:
    """Return the key of the PDF."""
    return f"prints/{order.id}.pdf"
