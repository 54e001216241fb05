"""Values as offices write them, in the one spelling in which they are compared and stored."""

import re
import tomllib
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

WORDS: dict[str, Any] = tomllib.loads(
    (Path(__file__).parent / "data" / "office_words.toml").read_text(encoding="utf-8")
)

# Serial numbers that spreadsheets show as a day; outside of these years it is some other number.
_SERIALS = range(20_000, 80_000)
_EPOCH = date(1899, 12, 30)
_DAY = re.compile(
    r"""[«"„]?(?P<day>\d{1,2})[»"“]?[\s./-]+
        (?P<month>\d{1,2}|[^\W\d_]{3,8})[\s./-]+
        (?P<year>\d{4}|\d{2})
        (?:\s+0?0:00(?::00)?)?""",
    re.VERBOSE,
)
_YEAR = re.compile(rf"(?<=\d)\s*(?:{'|'.join(map(re.escape, WORDS['year']))})$")
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?:[T\s]00:00(?::00)?)?")
_FILLING = re.compile(r"[\s№#]+")
_ONE_STROKE = str.maketrans({"\\": "/"} | dict.fromkeys("‐‑‒–—―−", "-"))
_WHOLE = re.compile(r"(\d+)[.,]0+")
_CYRILLIC, _LATIN = WORDS["look_alikes"]["cyrillic"], WORDS["look_alikes"]["latin"]
_TO_LATIN = str.maketrans(_CYRILLIC, _LATIN)
_TO_CYRILLIC = str.maketrans(_LATIN, _CYRILLIC)
# For `str.translate` of small letters: what looks alike becomes Latin.
LOOK_ALIKES = str.maketrans(_CYRILLIC.lower(), _LATIN.lower())


def text_of(cell: object) -> str:
    """Return a cell as one line of text: whole numbers without `.0`, days as ISO dates."""
    if isinstance(cell, str):
        return " ".join(cell.split())
    if isinstance(cell, bool):
        return str(WORDS[str(cell).lower()])
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return "" if cell is None else str(cell)


def day_of(text: str) -> str:
    """Return in ISO's spelling a date as people or spreadsheets write it, else the text itself."""
    if text.isdecimal() and int(text) in _SERIALS:
        return (_EPOCH + timedelta(days=int(text))).isoformat()
    found = _ISO.fullmatch(text) or _DAY.fullmatch(_YEAR.sub("", text.lower()))
    if found is None:
        return text
    year = int(found["year"])
    try:
        return date(
            year if year > 99 else 2000 + year, _month(found["month"]), int(found["day"])
        ).isoformat()
    except ValueError:
        return text


def _month(text: str) -> int:
    if text.isdecimal():
        return int(text)
    return next((n for n, name in enumerate(WORDS["months"], 1) if text.startswith(name)), 0)


def file_number(text: str) -> str:
    """Return the number of a personal file in the one spelling in which files are compared.

    Offices write spaces, a number sign, another dash or a slash that leans the other way.
    """
    return identifier(_FILLING.sub("", text).translate(_ONE_STROKE))


def identifier(text: str) -> str:
    """Return a number of a file or code: upper case, one alphabet, `1024.0` as `1024`.

    Letters that look alike become Latin, or Cyrillic beside letters that only that alphabet has.
    """
    plain = " ".join(text.split()).upper()
    if whole := _WHOLE.fullmatch(plain):
        return whole[1]
    latin = plain.translate(_TO_LATIN)
    return latin if latin.isascii() else plain.translate(_TO_CYRILLIC)
