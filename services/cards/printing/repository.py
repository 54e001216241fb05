"""PRINT#<print id>: an order for printed cards; it is gone after a day, its file after an hour.

by_region   REGION#<region>   PRINT#<ordered at>#<print id>
by_owner    PERSON#<person>   PRINT#<ordered at>#<print id>   the person's own
"""

from datetime import timedelta

from services.cards.printing.domain import Print
from services.cards.printing.values import PrintStatus
from shared import clock
from shared.storage.list_keys import person_key, region_key
from shared.storage.repository import Repository
from shared.storage.rows import Row

RETENTION = timedelta(days=1)
PLACE = "PRINT#"


class Prints(Repository[Print]):
    """The orders for printed cards."""

    model = Print
    prefix = "PRINT"

    def row(self, aggregate: Print) -> Row:
        """Return an order's row, due at once."""
        place = f"{PLACE}{clock.iso(aggregate.ordered_at)}#{aggregate.id}"
        return self._row(
            aggregate,
            due_at=aggregate.due_at,
            job=True,
            lists={
                "by_region": (region_key(aggregate.region), place),
                "by_owner": (person_key(aggregate.ordered_by), place),
            },
            expires_at=clock.wall() + RETENTION,
        )

    def list_ready(self, region: str, card_id: str) -> list[Print]:
        """Return the orders of today whose files show a card."""
        today = self.list_all(
            "by_region", region_key(region), prefix=PLACE, newest_first=True, latest=True
        )
        shown = [order for order in today if card_id in order.on_paper]
        return [order for order in shown if order.status is PrintStatus.READY]


def file_of(order: Print) -> str:
    """Return the key of the PDF."""
    return f"prints/{order.id}.pdf"
