"""What hands messages over, what settles calls, and which events make news untrue."""

from collections.abc import Callable

from services.notifications.sendings.calls import settle_calls
from services.notifications.sendings.outdating import outdate
from services.notifications.sendings.use_cases import deliver
from services.notifications.templates.repository import outdating_events
from shared.events.base import Event

REACTIONS: dict[type[Event], Callable[..., None]] = dict.fromkeys(outdating_events(), outdate)
DEADLINES = {"MESSAGE": deliver, "WORK_ITEM": settle_calls}
