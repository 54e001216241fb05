"""What is kept of a case in which very much is asked: strangers push out no one but strangers."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from services.intake.cases.values import HistoryEntry
from services.intake.codes.values import HEARD_BY

T = TypeVar("T")

RECEIVED, ASKED_AGAIN = "received", "asked_again"
LONGEST_HISTORY = 300
# The latest requests of a case; all of them are in the list of its requests.
MOST_REQUESTS = 100


def with_line(history: Sequence[HistoryEntry], line: HistoryEntry) -> tuple[HistoryEntry, ...]:
    """Return a history with one more line."""
    return _with_last(history, line, LONGEST_HISTORY, _by_stranger)


def with_request(
    requests: Sequence[str], request_id: str, history: Sequence[HistoryEntry]
) -> tuple[str, ...]:
    """Return the requests of a case with one that is the latest now."""
    others = [each for each in requests if each != request_id]
    sent = {line.ref for line in history if _by_stranger(line)}
    return _with_last(others, request_id, MOST_REQUESTS, sent.__contains__)


def heard(history: Sequence[HistoryEntry]) -> set[str | None]:
    """Return the requests of a case that the staff has heard, or heard more of, as is kept."""
    asked = (line for line in history if line.what in (RECEIVED, ASKED_AGAIN))
    return {line.ref for line in asked if line.role in HEARD_BY}


def _by_stranger(line: HistoryEntry) -> bool:
    """Whether anyone may have sent what a line is about: it came by a form or a bot."""
    return line.what == ASKED_AGAIN and line.role not in HEARD_BY


def _with_last(
    known: Sequence[T], last: T, most: int, by_stranger: Callable[[T], bool]
) -> tuple[T, ...]:
    """Return what is kept with one more: what is oldest goes, first what strangers sent."""
    if len(known) < most:
        return (*known, last)
    gone = next(filter(by_stranger, known), known[0])
    return (*(each for each in known if each is not gone), last)
