"""Messages and deadlines in whose middle the worker dies."""

import os
import signal
import sys
from collections.abc import Callable
from typing import NoReturn

from shared.events.base import Received
from shared.messaging.subscriptions import Subscriptions
from shared.storage.command_context import CommandContext
from shared.storage.store import Store
from tests.simulation.sample_service import Ledger, Mirror, StepTaken
from tests.support.killable_lambda import KillableLambda, run_out_of_time

Way = Callable[[], object]


class Panic(BaseException):
    """What a library in Rust raises."""


def _panic() -> NoReturn:
    raise Panic


WAYS: dict[str, Way] = {
    "exits": lambda: os._exit(1),
    "is killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "runs out of time": run_out_of_time,
    "calls exit": sys.exit,
    "panics": _panic,
}


def deadly(tokens: set[str], way: Way) -> Callable[[Store], Subscriptions]:
    """A listener that adds up tokens; its worker dies in the middle of some."""

    def offer(store: Store) -> Subscriptions:
        mirror = Mirror(store)

        def add_up(received: Received[StepTaken], context: CommandContext) -> None:
            if received.event.token in tokens:
                way()
            mirror.add_up(received, context)

        ledger = Ledger(store)

        def remind(case_id: str, context: CommandContext) -> None:
            if case_id in tokens:
                way()
            ledger.remind(case_id, context)

        return Subscriptions("mirror", {StepTaken: add_up}, {"CASE": remind})

    return offer


def tokens_of(world: KillableLambda) -> list[str]:
    found = Mirror(world.store).sums.find("steps")
    return sorted(found.tokens, key=lambda token: int(token[1:])) if found else []
