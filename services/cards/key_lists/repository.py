"""KEY_LIST#<partner id>: the list of store keys of a partner.

Files       keys/<partner id>/<asked at>/keys.csv; deleted within minutes
"""

from services.cards.key_lists.domain import KeyList
from shared import clock
from shared.storage.repository import Repository
from shared.storage.rows import Row


class KeyLists(Repository[KeyList]):
    """The lists of store keys."""

    model = KeyList
    prefix = "KEY_LIST"

    def row(self, aggregate: KeyList) -> Row:
        """Return a list's row, due when there is something to issue, to write or to delete."""
        return self._row(aggregate, due_at=aggregate.due_at, job=True)


def folder_of(keys: KeyList) -> str:
    """Return the folder of a partner's lists."""
    return f"keys/{keys.id}/"


def file_of(keys: KeyList) -> str:
    """Return the key of the file that is handed out; no link to a list opens the next one."""
    return f"{folder_of(keys)}{clock.iso(keys.asked_at)}/keys.csv"
