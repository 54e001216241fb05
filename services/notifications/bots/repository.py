"""Rows of bots: `BOT#<name>`."""

from services.notifications.bots.domain import Bot
from shared.storage.repository import Repository
from shared.storage.rows import Row


class Bots(Repository[Bot]):
    """Bots by the name of their provider."""

    model = Bot
    prefix = "BOT"
    id_field = "name"

    def row(self, aggregate: Bot) -> Row:
        """Return the bot with the time of its next check."""
        return self._row(aggregate, due_at=aggregate.due_at)
