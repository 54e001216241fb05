"""Runs the stock emulator, out of reach of web pages, and notes when all of its state is saved.

`emulator.py` starts this file with the interpreter of the emulator's own environment, in the state
folder. The stock one answers any page that a browser shows, could be emptied by it and made to run
its code, and ends as if all was well when the disk was too full to save.
"""

import importlib
import logging
import os
import re
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

PID_FILE = Path("emulator.pid")
PARENT = "RYADOM_PARENT"
# What only the proxy says, which judges pages itself; a browser names the port.
PROXY = "127.0.0.1"
LOOPBACK = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?", re.ASCII | re.IGNORECASE)

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Coroutine[Any, Any, None]]


def on_loopback(host: str) -> bool:
    """Whether a name is of this machine; a foreign one may lead here as well."""
    return LOOPBACK.fullmatch(host) is not None


def from_foreign_page(headers: Mapping[str, str]) -> bool:
    """Whether a page of another machine may have caused a request; names are in small letters."""
    host = headers.get("host", "")
    if host == PROXY:
        return False
    if not on_loopback(host):
        return True
    # A developer's page may take and leave files here; no page can name another page's origin.
    if (page := headers.get("origin") or headers.get("referer")) is not None:
        return not on_loopback(urlsplit(page).netloc)
    return headers.get("sec-fetch-site", "none") not in ("none", "same-origin")


def guarded(app: App) -> App:
    """Let nothing through that a foreign page may have caused."""

    async def asked(scope: Message, receive: Receive, send: Send) -> None:
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in scope.get("headers", ())
        }
        if scope["type"] == "lifespan" or not from_foreign_page(headers):
            await app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await send({"type": "http.response.start", "status": 403, "headers": []})
            await send({"type": "http.response.body", "body": b"Only from this machine."})

    return asked


class NotSaved(logging.Handler):
    """Whether anything was not saved: the stock emulator says so in its log only."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said = False

    def emit(self, record: logging.LogRecord) -> None:
        """Remember that there was such a line."""
        self.said = True


def end_with(parent: int) -> None:
    """End in order when that process has gone: after its kill -9 no one else would end this."""
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Serve until SIGTERM; the pid file goes when everything is saved."""
    Thread(target=end_with, args=[int(os.environ.pop(PARENT))], daemon=True).start()
    not_saved = NotSaved()
    logging.getLogger("persistence").addHandler(not_saved)
    stock: Any = importlib.import_module("ministack.app")
    stock.app = guarded(stock.app)
    try:
        stock.main()
    except SystemExit as end:  # asked a second time, when all is saved
        not_saved.said |= bool(end.code)
    if not_saved.said:
        sys.exit(1)
    PID_FILE.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
