"""Registration numbers as they come in: checked by their control digits, kept as digits alone."""

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

SEPARATORS = re.compile(r"[\s\u2010-\u2015-]")
PROPRIETOR_DIGITS = 15
# Of an organisation and of a proprietor; other first digits are numbers of single entries.
FIRST_DIGITS = {13: "15", PROPRIETOR_DIGITS: "3"}


def _inn(given: str) -> str:
    from stdnum.ru import inn  # only who applies pays for it

    number = _digits(given)
    # The first two digits are the tax office's region; the sums of zeros would be right.
    if number.startswith("00") or not inn.is_valid(number):
        raise PydanticCustomError("inn_wrong", "no valid INN")
    return number


def _ogrn(given: str) -> str:
    from stdnum.ru import ogrn  # only who applies pays for it

    number = _digits(given)
    known = ogrn.is_valid(number) or _is_tenth_remainder(number)
    if not known or number[0] not in FIRST_DIGITS.get(len(number), ""):
        raise PydanticCustomError("ogrn_wrong", "no valid OGRN")
    return number


def _digits(given: str) -> str:
    """Return a number as everybody writes it: one organisation is known by one text."""
    return SEPARATORS.sub("", unicodedata.normalize("NFKC", given))


def _is_tenth_remainder(number: str) -> bool:
    """Return whether it is a proprietor's number whose remainder by 13 has two digits.

    The control digit is the last one of the remainder; python-stdnum 2.2 compares the whole of it.
    """
    proprietor = re.fullmatch(r"[34][0-9]{14}", number)
    if proprietor is None or len(number) != PROPRIETOR_DIGITS:
        return False
    return int(number[:-1]) % 13 % 10 == int(number[-1])


Inn = Annotated[str, Field(min_length=10, max_length=20), AfterValidator(_inn)]
Ogrn = Annotated[str, Field(min_length=13, max_length=25), AfterValidator(_ogrn)]
