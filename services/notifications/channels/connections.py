"""Connections of channels: what was never sent is not taken for what fell silent.

Guarantees
* What fails before a request leaves (name, port, handshake, certificate, our own roots) is
  `NotConnected`: the other side has nothing.
* A server that sends a byte now and then holds no worker: its connection is cut when time is over.
* A connection that has rested is not used again. Lambda freezes a container between invocations, so
  what the other side has closed meanwhile looks open: a message would be sent into nothing, and it
  would never be known whether it had arrived.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import datetime, timedelta
from threading import Event, Timer
from typing import Any
from weakref import WeakKeyDictionary

from pydantic import BaseModel, TypeAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from shared import clock, parameters
from shared.errors import Unavailable
from shared.observability import count

# Both directions of a socket.
_BOTH = 2
# No message of a batch waits longer for the one before it, and no server closes sooner.
RESTED = timedelta(seconds=1)
_last_used: WeakKeyDictionary[Any, datetime] = WeakKeyDictionary()
# The connections of the request that is under way, and whether its time is over.
_under_way: ContextVar[tuple[list[Any], Event] | None] = ContextVar("under_way", default=None)


class NotConnected(HTTPError):
    """A connection that was not made, so that nothing was sent."""


class TooSlow(HTTPError):
    """An answer that was not whole when its time was over."""


def let_go_of_rested(user: Any, let_go: Callable[[], object]) -> None:
    """Let a pool or client close its connections unless it was used a moment ago.

    By the wall clock: another one may stop while the container is frozen.
    """
    now, before = clock.wall(), _last_used.get(user)
    if before is not None and not timedelta() <= now - before < RESTED:
        let_go()
    _last_used[user] = now


@contextmanager
def ends_after(seconds: float) -> Iterator[None]:
    """Cut a request that is still under way after so many seconds; raises TooSlow."""
    used: list[Any] = []
    over = Event()
    timer = Timer(seconds, _cut, (used, over))
    timer.daemon = True
    token = _under_way.set((used, over))
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        _under_way.reset(token)
    # What was cut can look like a whole answer without headers or body.
    if over.is_set():
        raise TooSlow


def _cut(connections: list[Any], over: Event) -> None:
    over.set()
    for each in connections:
        # A socket that another thread closes would go on waiting; one that is shut does not.
        with suppress(OSError, AttributeError):
            each.sock.shutdown(_BOTH)


class _Watched(HTTPConnection):
    """A connection that says when it was not made, and that `ends_after` can cut."""

    def connect(self) -> None:
        try:
            super().connect()
        except (OSError, HTTPError, ValueError) as error:
            raise NotConnected from error
        under_way = _under_way.get()
        if under_way is not None and under_way[1].is_set():  # a name may take long to be found
            self.close()
            raise NotConnected

    def request(self, *given: Any, **named: Any) -> None:
        under_way = _under_way.get()
        if under_way is not None:
            under_way[0].append(self)
        super().request(*given, **named)


class WatchedHttps(_Watched, HTTPSConnection):
    """A watched connection with TLS."""


class WatchedHttpPool(HTTPConnectionPool):
    """Watched connections without TLS."""

    ConnectionCls = _Watched


class WatchedHttpsPool(HTTPSConnectionPool):
    """Watched connections with TLS."""

    ConnectionCls = WatchedHttps


POOLS = {"http": WatchedHttpPool, "https": WatchedHttpsPool}


class Roots(BaseModel, defer_build=True):
    """The certificates by which the server of one provider is trusted instead of the usual."""

    pem: str


_ROOTS = TypeAdapter(Roots)


def roots_of(parameter: str) -> str | None:
    """Return the certificates that an encrypted parameter holds, in PEM; None without one."""
    if not parameter:
        return None
    try:
        return parameters.secret(parameter, _ROOTS).pem
    except Unavailable:
        count("provider_roots_missing")
        raise NotConnected from None
