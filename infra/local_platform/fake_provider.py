"""The local substitute for the companies that carry messages: what people would have received.

It keeps every message in a file of the state folder, once per message id and carrier, and can be
set to fail the ways real carriers do: refuse, break, or accept and never answer.
"""

import json
import sqlite3
import threading
from pathlib import Path
from typing import Any

Message = dict[str, Any]

# `half` and `nonsense` have the message and say so unreadably; `error_body` says no under 200.
MODES = (
    "none", "error", "refuse", "too_many", "late", "accept_then_timeout", "half", "nonsense",
    "error_body", "bad_gateway", "unavailable", "come_again", "gateway_timeout",
)  # fmt: skip
MOST_FAULTS = 10_000
FIELDS = (
    "carrier",
    "channel",
    "to",
    "text",
    "title",
    "template",
    "recipient_role",
    "event_id",
    "region",
    "reference",
    "correlation_id",
)


class ProviderFailure(Exception):
    """The carrier answers with a failure; `status` 0 means that it does not answer at all."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class FakeProvider:
    """Messages by id, and the fault that is switched on."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._kept = sqlite3.connect(folder / "messages.db", check_same_thread=False)
        # What the system has is safe from a kill; waiting for the disk takes 11 ms a message.
        self._kept.execute("PRAGMA synchronous = OFF")
        self._kept.execute(
            "CREATE TABLE IF NOT EXISTS arrivals"
            " (place INTEGER PRIMARY KEY, id TEXT, carrier TEXT, at TEXT, body TEXT,"
            " attempts INTEGER, UNIQUE (id, carrier))"
        )
        self._faults: dict[str, list[str]] = {}

    def put(self, identifier: str, message: Message, at: str) -> Message:
        """Accept a message; the same id again changes nothing but the count of attempts."""
        mode = self.next_fault()
        if mode == "error":
            raise ProviderFailure(500)
        if mode == "too_many":
            raise ProviderFailure(429)
        if mode == "refuse":
            raise ProviderFailure(422)
        self.keep(identifier, message, at)
        if mode == "accept_then_timeout":
            raise ProviderFailure(0)
        return {"message_id": identifier, "status": "accepted"}

    def keep(self, identifier: str, message: Message, at: str) -> None:
        """Keep a message as one that a person gets; `attempts` counts its copies at a carrier."""
        body = json.dumps({name: message.get(name) for name in FIELDS}, ensure_ascii=False)
        with self._lock, self._kept:
            self._kept.execute(
                "INSERT INTO arrivals (id, carrier, at, body, attempts) VALUES (?, ?, ?, ?, 1)"
                " ON CONFLICT (id, carrier) DO UPDATE SET attempts = attempts + 1",
                (identifier, message.get("carrier", ""), at, body),
            )

    def get(self, identifier: str) -> Message | None:
        """Return the status of a message; None when the carrier never had it."""
        with self._lock:
            found = self._kept.execute(
                "SELECT id FROM arrivals WHERE id = ?", (identifier,)
            ).fetchone()
        return {"message_id": identifier, "status": "delivered"} if found else None

    def messages(self) -> list[Message]:
        """Every message in the order of its coming."""
        with self._lock:
            rows = self._kept.execute(
                "SELECT id, at, body, attempts FROM arrivals ORDER BY place"
            ).fetchall()
        return [
            {"message_id": identifier, "at": at, "attempts": attempts} | json.loads(body)
            for identifier, at, body, attempts in rows
        ]

    def fail(self, mode: str, times: int = 1, carrier: str = "") -> None:
        """Let the next calls of a carrier fail in one of MODES; no name is the regional gateway."""
        if mode not in MODES:
            raise ValueError(f"mode is one of {', '.join(MODES)}")
        if not 0 <= times <= MOST_FAULTS:
            raise ValueError(f"times is from 0 to {MOST_FAULTS}")
        with self._lock:
            self._faults[carrier] = [mode] * times

    def next_fault(self, carrier: str = "") -> str:
        """Use up one fault of a carrier."""
        with self._lock:
            waiting = self._faults.get(carrier)
            return waiting.pop(0) if waiting else "none"

    def forget(self) -> None:
        """Forget every message and every fault."""
        with self._lock, self._kept:
            self._kept.execute("DELETE FROM arrivals")
            self._faults.clear()

    def close(self) -> None:
        """Let the file go."""
        self._kept.close()
