"""The subscription of a bot to its messenger's updates."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from services.notifications.bots.values import BotState
from shared.domain import StatefulAggregate

# MAX unsubscribes a bot whose address was silent for eight hours.
CHECKED_EVERY = timedelta(hours=1)


class Bot(StatefulAggregate):
    """A bot of the stage, by the name of its provider; it is looked at each hour.

    `updates` are the kinds that it was subscribed to: a release may read more of them.
    """

    STEPS: ClassVar = {
        BotState.ASKED: {
            "ask": None,
            "find_receiving": BotState.RECEIVING,
            "lose": BotState.LOST,
            "lack": BotState.ABSENT,
        },
        BotState.RECEIVING: {
            "ask": BotState.ASKED,
            "find_receiving": None,
            "lose": BotState.LOST,
            "lack": BotState.ABSENT,
        },
        BotState.LOST: {
            "ask": BotState.ASKED,
            "find_receiving": BotState.RECEIVING,
            "lose": None,
            "lack": BotState.ABSENT,
        },
        BotState.ABSENT: {"ask": BotState.ASKED},
    }

    name: str
    status: BotState = BotState.ASKED
    checked_at: datetime | None = None
    updates: tuple[str, ...] = ()
    due_at: datetime | None = None

    def ask(self, now: datetime) -> Self:
        """Ask for updates to be sent to us, at once."""
        self._require("ask")
        return self._with(status=BotState.ASKED, due_at=now)

    def find_receiving(self, now: datetime, updates: tuple[str, ...]) -> Self:
        """Record that updates of these kinds are sent to us."""
        self._require("find_receiving")
        return self._checked(BotState.RECEIVING, now)._with(updates=updates)

    def lose(self, now: datetime) -> Self:
        """Record that updates are not sent to us any more."""
        self._require("lose")
        return self._checked(BotState.LOST, now)

    def lack(self, now: datetime) -> Self:
        """Record that the stage has no bot of this name, so that nothing is left to look at."""
        self._require("lack")
        return self._checked(BotState.ABSENT, now)._with(due_at=None)

    def look_again(self, now: datetime) -> Self:
        """Keep what is known, since the messenger did not say."""
        return self._with(due_at=now + CHECKED_EVERY)

    def _checked(self, status: BotState, now: datetime) -> Self:
        return self._with(status=status, checked_at=now, due_at=now + CHECKED_EVERY)
