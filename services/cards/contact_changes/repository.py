"""CONTACT_CHANGE#<id>: a change of a holder's phone; gone after a day."""

from collections.abc import Sequence
from typing import Any

from services.cards.cards.repository import read_again
from services.cards.contact_changes.domain import ContactChange
from services.cards.holders.values import HolderChange
from shared import clock
from shared.events.base import Event
from shared.sign_in.values import CONTACT_CHANGE_KEPT
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.repository import Repository
from shared.storage.rows import RawWrite, Row


class ContactChanges(Repository[ContactChange]):
    """Changes of contacts of the last day."""

    model = ContactChange
    prefix = "CONTACT_CHANGE"

    def row(self, aggregate: ContactChange) -> Row:
        """Return the row of a change."""
        return self._row(aggregate, expires_at=clock.wall() + CONTACT_CHANGE_KEPT)

    def save_done(
        self,
        context: CommandContext,
        change: ContactChange,
        holder: HolderChange[Any],
        *also: Row,
        events: Sequence[Event],
        writes: Sequence[RawWrite],
    ) -> Receipt:
        """Store a change that is done, with the people whose phones it touches."""
        with read_again():
            return self.save(
                context,
                change,
                *holder.rows,
                *also,
                events=events,
                unique=holder.unique,
                release=holder.release,
                writes=writes,
            )
