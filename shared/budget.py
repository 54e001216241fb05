"""How long the running invocation may go on: no call begins that could outlast it.

Lambda ends a function at its timeout without an answer. Each call to AWS has a longest time, and is
begun only while that much is left, so that a refusal in words always leaves first. Who is waited
for sets an alarm besides: a part that sends a byte now and then holds no single read for long.
"""

import math
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from shared.errors import Unavailable

# What is kept for saying that time has run out.
ANSWER_SECONDS = 0.5
RINGS_AGAIN_SECONDS = 0.2
# The longest pause after the first lost race.
PAUSE_SECONDS = 0.06

_ends: ContextVar[float] = ContextVar("ends", default=math.inf)


@contextmanager
def of(context: Any) -> Iterator[None]:
    """Whatever runs inside belongs to the invocation of this Lambda context."""
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    seconds = math.inf if remaining is None else remaining() / 1000
    token = _ends.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _ends.reset(token)


class OutOfTime(Unavailable):
    """Something held the invocation until no more than an answer could leave."""


def _ring(*_: object) -> None:
    raise OutOfTime


@contextmanager
def alarm(most: float = math.inf) -> Iterator[None]:
    """Whatever holds up what runs inside, it ends with OutOfTime while an answer can still leave.

    It ends after so many seconds at `most`; an alarm inside of another one would end that, too. It
    rings again: one that comes to another thread, or in a finalizer, where errors end, is lost.
    Consumers do without around their work: a message that kills its worker is counted, and given up
    in the end.
    """
    left = min(_ends.get() - time.monotonic() - ANSWER_SECONDS, most)
    if left == math.inf or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, _ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, max(left, 0.001), RINGS_AGAIN_SECONDS)
        yield
    finally:
        while True:
            try:
                signal.setitimer(signal.ITIMER_REAL, 0)
                signal.signal(signal.SIGALRM, before)
                break
            except OutOfTime:  # it has rung just now
                continue


def allows(seconds: float) -> bool:
    """Whether something that may take so long can begin, and an answer still leave in time."""
    return time.monotonic() + seconds + ANSWER_SECONDS <= _ends.get()


def tries(most: int) -> Iterator[int]:
    """Yield the number of each try, and give way to other workers before each but the first."""
    for lost in range(most):
        if lost:
            give_way(lost)
        yield lost


def give_way(races: int) -> None:
    """Wait after so many lost races, for a time of chance: workers on one row then take turns."""
    time.sleep(random.uniform(0, PAUSE_SECONDS * 2 ** (races - 1)))
