"""Opening hours as shops write them: «пн-пт 9:00-21:00, сб 10-18, вс выходной», «ежедневно 9-21».

Hours without days are of the days named before them, or of every day.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from services.cards.outlets.values import DAYS
from shared.errors import Invalid

_TIME = r"(?<!\d)(\d{1,2})(?:[:.-]?([0-5]\d))?(?!\d)"
_TIMES = re.compile(rf"{_TIME}\s*[-–—]\s*{_TIME}")
_SPAN = re.compile(r"\s*[-–—]\s*")
_LIST = re.compile(r"\s*,\s*|\s+и\s+")
_ASIDE = re.compile(r"\([^()\d]*\)")
# Brackets say more of the same; minutes are written high.
_SPELLED = str.maketrans("()⁰¹²³⁴⁵⁶⁷⁸⁹", ",,0123456789")
_SIGNS = " ,;:.-–—"
LONGEST = 500  # a hostile cell is long
Words = Mapping[str, Any]


def read_hours(text: str, words: Words) -> list[dict[str, str]]:
    """Return the hours of each day; raises Invalid for what is not surely hours."""
    if not text:
        return []
    if len(text) > LONGEST:
        raise _unread()
    plain, closed = _plain(text, words)
    found = [each for each in _hours(plain, words) if each["day"] not in closed]
    if not found:
        raise _unread()
    return found


def _hours(plain: str, words: Words) -> list[dict[str, str]]:
    if plain in words["always"]:
        return _on(DAYS, "00:00", "24:00")
    plain = re.sub(rf"(?<=\d)\s?{_any_of(words['oclock'])}(?!\w)\.?", "", plain)
    every = list(_TIMES.finditer(plain))
    found: list[dict[str, str]] = []
    ends = [0, *(times.end() for times in every)]
    starts = [*(times.start() for times in every), len(plain)]
    around = [plain[end:start].strip(_SIGNS) for end, start in zip(ends, starts, strict=True)]
    if not around[0] and all(around[1:]):
        around = [*around[1:], ""]  # «9-18 пн-пт, 10-16 сб-вс»
    *all_said, after = around
    named = ""
    for said, times in zip(all_said, every, strict=True):
        opens, closes = _clock(times[1], times[2]), _clock(times[3], times[4])
        if said in words["break"]:
            found = _with_break(found, opens, closes)
        else:
            named = said or named
            found += _on(_days(named, words), opens, closes)
    if after:
        raise _unread()
    return found


def _plain(text: str, words: Words) -> tuple[str, set[str]]:
    """Return hours with dashes for «from … till …», and the days on which a shop is closed."""
    day = _any_of(name for names in words["weekdays"] for name in names)
    asides = partial(_without_aside, _days_in(words))
    plain = _ASIDE.sub(asides, " ".join(text.casefold().split())).translate(_SPELLED)
    days = rf"(?P<days>{day}\.?(?:(?:\s*[-–—,]\s*|\s+и\s+){day}\.?)*)"
    closed = rf"{_any_of(words['closed'])}\.?"
    plain = re.sub(rf"\b{_any_of(words['no_break'])}\b", " ", plain)
    plain = re.sub(rf"\b{_any_of(words['since'])}\s+(?=\d|{day}\b)", "", plain)
    plain = re.sub(rf"\s+{_any_of(words['until'])}\s+(?=\d|{day}\b)", "-", plain)
    shut: set[str] = set()
    for form in (rf"\b{days}\s*[-–—:]?\s*{closed}", rf"\b{closed}\s*[-–—:]?\s*{days}"):
        # «выходной: вс, пн-сб 9-18» names one day on which the shop is closed.
        pattern = re.compile(rf"{form}(?!\w|\s*\d|\s*[-–—]\s*{day})")
        for found in pattern.finditer(plain):
            shut.update(_days(found["days"], words))
        plain = pattern.sub(" ", plain)
    return " ".join(plain.split()).strip(_SIGNS), shut


def _days_in(words: Words) -> re.Pattern[str]:
    """Return what finds days in a remark, in whatever case of the language they are named."""
    names = {name for names in words["weekdays"] for name in names}
    stems = (rf"{re.escape(name[:-1])}\w*" for name in names if len(name) > 3)
    kinds = _any_of(words["every_day"] + words["working_days"] + words["weekend"] + words["closed"])
    return re.compile(rf"\b(?:{_any_of(names)}|{kinds}|{'|'.join(stems)})\b")


def _without_aside(says_days: re.Pattern[str], aside: re.Match[str]) -> str:
    """Return nothing for a remark in brackets, unless it says on which days."""
    return aside[0] if says_days.search(aside[0]) else " "


def _any_of(texts: Iterable[str]) -> str:
    return f"(?:{'|'.join(sorted(map(re.escape, texts), key=len, reverse=True))})"


def _days(text: str, words: Words) -> Sequence[str]:
    if not text or text in words["every_day"]:
        return DAYS
    if text in words["working_days"]:
        return DAYS[:5]
    if text in words["weekend"]:
        return DAYS[5:]
    days: list[str] = []
    for part in filter(None, _LIST.split(text)):
        ends = [_day(end, words) for end in _SPAN.split(part)]
        if len(ends) > 2 or ends[0] > ends[-1]:
            raise _unread()
        days += DAYS[ends[0] : ends[-1] + 1]
    return days


def _day(text: str, words: Words) -> int:
    named = [text.strip(" .") in names for names in words["weekdays"]]
    if True not in named:
        raise _unread()
    return named.index(True)


def _with_break(hours: list[dict[str, str]], since: str, until: str) -> list[dict[str, str]]:
    """Return hours with a break in each; refuse one that is in none of them."""
    if not any(each["opens"] < since < until < each["closes"] for each in hours):
        raise _unread()
    found = []
    for each in hours:
        if each["opens"] < since < until < each["closes"]:
            found += [each | {"closes": since}, each | {"opens": until}]
        else:
            found.append(each)
    return found


def _clock(hour: str, minute: str | None) -> str:
    return f"{int(hour):02}:{minute or '00'}"


def _on(days: Sequence[str], opens: str, closes: str) -> list[dict[str, Any]]:
    return [{"day": day, "opens": opens, "closes": closes} for day in days]


def _unread() -> Invalid:
    return Invalid("bad_hours", "/hours")
