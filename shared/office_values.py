"""Values as offices write them, in the one spelling in which they are compared and stored."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from unicodedata import normalize

from shared.data_files import read_toml
from shared.errors import Invalid

WORDS: dict[str, Any] = read_toml(Path(__file__).parent / "data" / "office_words.toml")

# Serial numbers that spreadsheets show as a day; outside of these years it is some other number.
_SERIALS = range(20_000, 80_000)
_SERIAL = re.compile(r"(\d{5})(?:[.,]\d+)?")
EPOCH = date(1899, 12, 30)
# The time of a day that a program wrote beside it; of the day itself it says nothing.
_TIME = r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?"
# Of a zone it says something: only midnight is in the day that is written, wherever that was.
_MIDNIGHT = r"00:00(?::00(?:\.0+)?)?(?:z|[+-]\d\d:?\d\d)"
_DAY = re.compile(
    rf"""[«"„“]?(?P<day>\d{{1,2}})[»"“”]?[\s.,/-]+
        (?P<month>\d{{1,2}}|[^\W\d_]{{1,9}})[\s.,/-]+
        (?P<year>\d{{4}}|\d{{2}})
        (?:\s+{_TIME})?""",
    re.VERBOSE,
)
_MONTH_FIRST = re.compile(
    r"(?P<month>[^\W\d_]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})"
)
_YEAR = re.compile(rf"(?<=\d)\s*(?:{'|'.join(map(re.escape, WORDS['year']))})$")
_ROMAN: list[str] = WORDS["roman"]
_MONTHS = "|".join(re.escape(name) for names in WORDS["months"] for name in names)
_MADE_DAY = re.compile(
    rf"\d{{4}}-\d\d-\d\d|\d\d\.\d\d\.\d{{4}}|\d{{1,2}}[.-](?:{_MONTHS})\.?|(?:{_MONTHS})[.-]\d\d"
)
_SINCE = re.compile(rf"^(?:{'|'.join(WORDS['since'])})\s+|\.$")
_ISO = re.compile(
    rf"(?P<year>\d{{4}})[-./](?P<month>\d{{1,2}})[-./](?P<day>\d{{1,2}})"
    rf"(?:[t\s](?:{_TIME}|{_MIDNIGHT}))?"
)
# Days with strokes: some programs write the month first.
_STROKES = re.compile(rf"(\d{{1,2}})/(\d{{1,2}})/(?:\d{{4}}|\d\d)(?:\s+{_TIME}(?: [AP]M)?)?")
# What typewriters and legal databases have for «№».
_TYPED_SIGN = re.compile(r"(?<!\S)No?\.?(?=\s+\S)|N[º°]")
_FILLING = re.compile(r"[\s№#]+")
# Dashes and strokes as word processors write them, which look like those of a keyboard.
ONE_STROKE = str.maketrans({"\\": "/"} | dict.fromkeys("‐‑‒–—―−", "-"))
# Signs as wide as two, as some keyboards and pages write them.
_WIDE = {sign: sign - 0xFEE0 for sign in range(0xFF01, 0xFF5F)}
_WHOLE = re.compile(r"(\d+)[.,]0+")
_POWER = re.compile(r"(\d)[.,]?(\d*)E\+?(\d{1,3})", re.IGNORECASE)
_ASIDE = re.compile(r"\([^()\d]*\)")
_LONGEST_PHONE = 200  # with the words around it; a hostile cell is long
_ALIKE_DIGITS = "ОоOoЗз"
_PHONE_DIGITS = str.maketrans(_ALIKE_DIGITS, "000033")
_BESIDE = rf"(?:(?:{'|'.join(map(re.escape, WORDS['phone']))})[\s.,:/]*)*"
_PHONE = re.compile(
    rf"{_BESIDE}(\+?[\d{_ALIKE_DIGITS}\s().\-‐‑‒–—−]+?)[\s,;.:-]*{_BESIDE}", re.IGNORECASE
)
# The first section of a format for numbers, and its parts: what it shows, and places of digits.
_SECTION = re.compile(r'(?:"[^"]*"|\\.|[^;"\\])*')
# What says no more: a colour, a language, room for a sign or what fills it up.
_PART = re.compile(r'\[(?![<>=])[^]]*\]|[_*].|"([^"]*)"|\\(.)|([-+(): №1-9])|(General|[0#])')
_CYRILLIC, _LATIN = WORDS["look_alikes"]["cyrillic"], WORDS["look_alikes"]["latin"]
_TO_LATIN = str.maketrans(_CYRILLIC, _LATIN)
_TO_CYRILLIC = str.maketrans(_LATIN, _CYRILLIC)
# For `str.translate` of small letters: what looks alike becomes Latin, with or without its dots.
LOOK_ALIKES = str.maketrans(_CYRILLIC.lower(), _LATIN.lower()) | {0x451: "e"}


class NumberFormat(NamedTuple):
    """How a spreadsheet shows a whole number: each part is a sign, or the place of a digit."""

    parts: Sequence[tuple[str, str]]

    def show(self, digits: str) -> str:
        """Return what is seen: of `"ЛД-"0000` and 12 it is ЛД-0012."""
        places = [at for at, (_, place) in enumerate(self.parts) if place]
        first, last = places[0], places[-1]
        signs_between = last - first + 1 - len(places)
        if signs_between and len(digits) > len(places):
            return digits  # a phone that has its country's digit is not +7 (8912) 700-11-01
        shown, left = list[str](), digits
        for at in range(len(self.parts) - 1, -1, -1):
            sign, place = self.parts[at]
            if sign:
                shown.append(sign)
                continue
            # All digits that are left come to the first place.
            cut = max(len(left) - 1, 0) if at > first else 0
            shown.append(left[cut:] or place.strip("#"))
            left = left[:cut]
        return "".join(reversed(shown))


def number_format(code: str) -> NumberFormat | None:
    """Return a format that shows more than the digits of a number, else None."""
    section = _SECTION.match(code)
    first = section[0] if section else ""
    if _PART.sub("", first):
        return None
    named = ((a or b or c, place) for a, b, c, place in _PART.findall(first))
    parts = [(sign, "0" if place == "0" else "#" if place else "") for sign, place in named]
    signs = "".join(sign for sign, _ in parts).strip()
    places = [place for _, place in parts if place]
    shows_more = places.count("0") > 1 or (places and signs)
    return NumberFormat([part for part in parts if any(part)]) if shows_more else None


def text_of(cell: object) -> str:
    """Return a cell as one line of text: whole numbers without `.0`, days as ISO dates.

    What is copied from a print has «й» as two signs, which are one here.
    """
    return _TEXTS.get(cell.__class__, str)(cell)


def _number(cell: float) -> str:
    # A spreadsheet keeps 15 digits: what follows them was never that of the number.
    return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else f"{cell:.15g}"


_TEXTS: dict[type, Callable[[Any], str]] = {
    str: lambda cell: " ".join(normalize("NFC", cell).split()),
    float: _number,
    date: date.isoformat,
    datetime: lambda cell: cell.date().isoformat(),
    bool: lambda cell: str(WORDS[str(cell).lower()]),
    type(None): lambda cell: "",
}


def visible(text: str) -> str:
    """Return a text without signs that are not seen, as they come along from web pages."""
    return text if text.isprintable() else "".join(filter(str.isprintable, text))


def says_none(text: str) -> bool:
    """Return whether a cell only says in words that there is no phone or order."""
    return text.lower().strip(" .!") in WORDS["none"]


def day_of(text: str, epoch: date = EPOCH) -> str:
    """Return in ISO's spelling a date as people or spreadsheets write it, else the text itself.

    A spreadsheet's number of a day is counted from the `epoch` of its workbook.
    """
    serial = _SERIAL.fullmatch(text)
    if serial and int(serial[1]) in _SERIALS:
        return (epoch + timedelta(days=int(serial[1]))).isoformat()
    plain = _YEAR.sub("", _SINCE.sub("", text.lower()))
    found = _ISO.fullmatch(plain) or _DAY.fullmatch(plain) or _MONTH_FIRST.fullmatch(plain)
    if found is None:
        return text
    # Two digits are of this century; four are the year itself: programs have days of the year 1.
    century = 2000 if len(found["year"]) == 2 else 0
    year = century + int(found["year"])
    try:
        return date(year, _month(found["month"]), int(found["day"])).isoformat()
    except ValueError:
        return text


def became_day(text: str) -> bool:
    """Return whether a spreadsheet has made a day of a number: «5-12» is «05.12.2026», «05.дек»."""
    return _MADE_DAY.fullmatch(text.lower()) is not None


def is_month_first(text: str) -> bool | None:
    """Return whether a day with strokes has its month first; None where it may be either."""
    found = _STROKES.fullmatch(text)
    first, second = (int(found[1]), int(found[2])) if found else (0, 0)
    if first == second or max(first, second) > 12:
        return first <= 12 < second
    return None


def _month(text: str) -> int:
    if text.isdecimal():
        return int(text)
    if (roman := text.translate(LOOK_ALIKES)) in _ROMAN:
        return _ROMAN.index(roman) + 1
    return next((n for n, of in enumerate(WORDS["months"], 1) if text.startswith(tuple(of))), 0)


def phone_of(text: str) -> str:
    """Return the one phone that a cell holds, without the words around it, else the text itself.

    What spreadsheets show as 7,9E+10 is read where no digit of it is lost.
    """
    if len(text) > _LONGEST_PHONE:
        return text
    if power := _POWER.fullmatch(text):
        digits = (power[1] + power[2]).ljust(int(power[3]) + 1, "_")
        return digits if digits.isdecimal() and len(digits) == int(power[3]) + 1 else text
    whole = _WHOLE.fullmatch(text)
    plain = whole[1] if whole else _ASIDE.sub(" ", text)
    found = _PHONE.fullmatch(plain.strip(" .,;:"))
    return found[1].strip().translate(_PHONE_DIGITS) if found else text


def is_cut(text: str) -> bool:
    """Return whether a spreadsheet shows a number in short, so that digits of it are lost."""
    return _POWER.fullmatch(text) is not None


def whole_number(text: str, field: str) -> str:
    """Return a number of a paper; raises Invalid for what a spreadsheet has made of one."""
    if is_cut(text):
        raise Invalid("number_cut", f"/{field}")
    if became_day(text):
        raise Invalid("number_became_day", f"/{field}")
    whole = _WHOLE.fullmatch(text)
    return whole[1] if whole else text


def file_number(text: str) -> str:
    """Return the number of a personal file in the one spelling in which files are compared.

    Offices write spaces, a number sign, another dash or a slash that leans the other way.
    """
    plain = _FILLING.sub("", with_number_sign(text.translate(_WIDE)))
    return identifier(plain.translate(ONE_STROKE))


def with_number_sign(text: str) -> str:
    """Return a text in which the sign of a number is «№», also where «N» is typed for it."""
    return _TYPED_SIGN.sub("№", text) if "N" in text else text


def identifier(text: str) -> str:
    """Return a number of a file or code: upper case, one alphabet, `1024.0` as `1024`.

    Letters that look alike become Latin, or Cyrillic beside letters that only that alphabet has.
    The dots of «Ё» are written by some and not by others.
    """
    plain = visible(" ".join(text.translate(_WIDE).split())).upper().replace("Ё", "Е")
    if whole := _WHOLE.fullmatch(plain):
        return whole[1]
    latin = plain.translate(_TO_LATIN)
    return latin if latin.isascii() else plain.translate(_TO_CYRILLIC)
