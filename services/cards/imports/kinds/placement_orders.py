"""Placement orders as offices write them: number and day in a cell each, or both in one."""

import re
from datetime import date

from shared.errors import Invalid
from shared.office_values import (
    WORDS,
    became_day,
    day_of,
    says_none,
    whole_number,
    with_number_sign,
)
from shared.storage.office_tables import Cells

NUMBER, DAY = "order_ref", "ordered_on"
LONGEST = 300  # with the office's name; a hostile cell is long
# «17 - р»: a part of a number, with spaces before it.
_SPACED_DASH = re.compile(r"(?<=\d)\s*[-–—]\s*(?=[^\W\d])")
_KIND = re.compile(rf"(?:{'|'.join(map(re.escape, WORDS['orders']))})(?=[\s№])\s*", re.IGNORECASE)
# «17-р от 01.09.2026», «администрации от 01.09.2026 № 17-р», «17-р, 01.09.2026»,
# «17-р (01.09.2026)», «01.09.2026, 17-р».
_FORMS = (
    r"(?:[^\d№]* )?(?P<ref>(?:№ ?)?\S+?)[,;]? от (?P<day>.+)",
    r"(?:[^\d№]* от )?(?P<day>.+?) ?№ ?(?P<ref>\S+)",
    r"(?:№ ?)?(?P<ref>\S+?)[,;]? (?P<day>\d.+)",
    r"(?:№ ?)?(?P<ref>\S+) \((?:от )?(?P<day>[^()]+)\)",
    r"(?P<day>\d\S*?)[,;]? (?P<ref>\S+)",
)
_BOTH = tuple(re.compile(form, re.IGNORECASE) for form in _FORMS)


def read_order(cells: Cells) -> dict[str, str] | None:
    """Return the order of a row, or none; raises Invalid for what is not surely a number or day."""
    number, day = (_without_kind(cells.get(name, "")) for name in (NUMBER, DAY))
    if not (number or day):
        return None
    both = _parts(number or day)
    if both and (not (number and day) or _iso(both[1]) == _iso(day)):
        number, day = both
    elif number and day and became_day(number) and not _iso(day):
        raise Invalid("order_swapped", f"/{NUMBER}")
    if not day and " " in number:
        raise Invalid("order_unread", f"/{NUMBER}")
    return {NUMBER: whole_number(number, NUMBER), DAY: _day(day)}


def _without_kind(text: str) -> str:
    if says_none(text):
        return ""
    signed = _SPACED_DASH.sub("-", with_number_sign(text))
    kind = _KIND.match(signed)
    return signed[kind.end() :] if kind else signed


def _parts(text: str) -> tuple[str, str] | None:
    for form in _BOTH if len(text) <= LONGEST else ():
        if (found := form.fullmatch(text)) and _iso(found["day"]):
            return found["ref"], found["day"]
    return None


def _day(text: str) -> str:
    day = _iso(text)
    if day is None:
        raise Invalid("bad_day", f"/{DAY}")
    return day


def _iso(text: str) -> str | None:
    try:
        return date.fromisoformat(day_of(text)).isoformat()
    except ValueError:
        return None
