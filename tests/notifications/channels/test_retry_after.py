"""For how long a provider wants to be left alone: a header in either form, or Telegram's body."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from services.notifications.channels.retry_after import seconds_to_wait

SAID: list[tuple[str | None, Any, int | None]] = [
    ("7", {}, 7),
    (" 7 ", {}, 7),
    ("Mon, 14 Sep 2026 07:00:30 GMT", {}, 30),
    ("Mon, 14 Sep 2026 06:00:00 -0000", {}, 0),
    ("999999999999", {}, 3600),
    ("Fri, 31 Dec 9999 23:59:59 GMT", {}, 3600),
    ("-5", {}, None),
    ("soon", {}, None),
    ("9" * 5000, {}, None),
    ("Mon, 99 Sep 99999 06:00:00 GMT", {}, None),
    ("Fri, 31 Dec 999999999999 23:59:59 GMT", {}, None),
    ("7.5", {}, None),
    ("٧", {}, None),
    (None, {}, None),
    (None, {"parameters": {"retry_after": 9}}, 9),
    ("7", {"parameters": {"retry_after": 0}}, 0),
    ("7", {"parameters": []}, 7),
]


def test_a_wait_is_read_in_every_form_and_is_never_longer_than_an_hour(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = datetime(2026, 9, 14, 7, tzinfo=UTC).timestamp()
    monkeypatch.setattr(time, "time", lambda: now)
    for header, fields, seconds in SAID:
        headers = {} if header is None else {"Retry-After": header}
        assert seconds_to_wait(headers, fields) == seconds, (header, fields)
