"""Opening hours as shops write them: «пн-пт 9:00-21:00, сб 10-18», «ежедневно 9-21»."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from services.cards.outlets.values import DAYS
from shared.errors import Invalid

_TIMES = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*[-–—]\s*(\d{1,2})(?:[:.](\d{2}))?")
_SPAN = re.compile(r"\s*[-–—]\s*")


def read_hours(text: str, words: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the hours of each day; raises Invalid for what is not surely hours."""
    plain = _with_dashes(" ".join(text.casefold().split()), words)
    if not plain:
        return []
    if plain in words["always"]:
        return _on(DAYS, "00:00", "24:00")
    found: list[dict[str, str]] = []
    rest = 0
    for times in _TIMES.finditer(plain):
        days = _days(plain[rest : times.start()].strip(" ,;:."), words)
        found += _on(days, _clock(times[1], times[2]), _clock(times[3], times[4]))
        rest = times.end()
    if not found or plain[rest:].strip(" ,;."):
        raise _unread()
    return found


def _with_dashes(text: str, words: Mapping[str, Any]) -> str:
    """Return «from 9 till 21» as «9 - 21»."""
    (since,), (until,) = words["since"], words["until"]
    return re.sub(rf"\b{until}\b", "-", re.sub(rf"\b{since}\s+(?=\d)", "", text))


def _days(text: str, words: Mapping[str, Any]) -> Sequence[str]:
    if not text or text in words["every_day"]:
        return DAYS
    if text in words["working_days"]:
        return DAYS[:5]
    days: list[str] = []
    for part in filter(None, (each.strip() for each in text.split(","))):
        ends = [_day(end, words) for end in _SPAN.split(part)]
        if len(ends) > 2 or ends[0] > ends[-1]:
            raise _unread()
        days += DAYS[ends[0] : ends[-1] + 1]
    return days


def _day(text: str, words: Mapping[str, Any]) -> int:
    named = [text.strip(" .") in names for names in words["weekdays"]]
    if True not in named:
        raise _unread()
    return named.index(True)


def _clock(hour: str, minute: str | None) -> str:
    return f"{int(hour):02}:{minute or '00'}"


def _on(days: Sequence[str], opens: str, closes: str) -> list[dict[str, Any]]:
    return [{"day": day, "opens": opens, "closes": closes} for day in days]


def _unread() -> Invalid:
    return Invalid("bad_hours", "/hours")
