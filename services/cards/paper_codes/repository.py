"""PAPER_CODES#<batch id>: the list of codes of a table; gone after 30 days, as the table is.

Files       paper/<batch id>/{part-<n>.csv, bundle-<n>.csv, codes.csv}; deleted within minutes
"""

from datetime import timedelta

from services.cards.paper_codes.domain import PaperCodes
from shared import clock
from shared.storage.repository import Repository
from shared.storage.rows import Row

RETENTION = timedelta(days=30)
LIST = "codes.csv"


class PaperLists(Repository[PaperCodes]):
    """The lists of codes."""

    model = PaperCodes
    prefix = "PAPER_CODES"

    def row(self, aggregate: PaperCodes) -> Row:
        """Return a list's row, due when there is something to write or to delete."""
        expires = clock.wall() + RETENTION
        return self._row(aggregate, due_at=aggregate.due_at, job=True, expires_at=expires)


def folder_of(codes: PaperCodes) -> str:
    """Return the folder of a list's files."""
    return f"paper/{codes.id}"


def codes_of(codes: PaperCodes) -> str:
    """Return the key of the file that is handed out."""
    return f"{folder_of(codes)}/{LIST}"
