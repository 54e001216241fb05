"""CONTACT_CHANGE#<id>: a change of a contact; gone after a day."""

from typing import ClassVar

from services.matching.contact_changes.domain import ContactChange
from shared import clock
from shared.sign_in.values import CONTACT_CHANGE_KEPT
from shared.storage.repository import Repository
from shared.storage.rows import Row


class ContactChanges(Repository[ContactChange]):
    """Changes of contacts of the last day."""

    model: ClassVar[type[ContactChange]] = ContactChange
    prefix: ClassVar[str] = "CONTACT_CHANGE"

    def row(self, aggregate: ContactChange) -> Row:
        """Return the row of a change."""
        return self._row(aggregate, expires_at=clock.wall() + CONTACT_CHANGE_KEPT)
