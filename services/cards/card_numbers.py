"""Card numbers as people type them, and the test numbers that no real card can have."""

import secrets
import unicodedata

from shared import ids

DIGITS = 16

# What a hurried hand types for a digit, in both alphabets.
_LOOKALIKES = str.maketrans({"О": "0", "о": "0", "O": "0", "o": "0", "З": "3", "з": "3", "l": "1",
                             "I": "1", "|": "1"})  # fmt: skip
_IGNORED = frozenset(" -–—\u2010\u2011\u2212.\u00a0\u202f\u2009\t")

# One per answer. A sandbox key sees these and no other, a live key the others and not these.
TEST_NUMBERS = {
    "ok": "0000000000000000",
    "not_activated": "0000000000000013",
    "not_valid": "0000000000000021",
}


def new_number() -> str:
    """Return 15 random digits and their Damm check digit.

    Zeros in front count too: a guess among a million cards must not hit oftener than 1 in 10^9.
    """
    from stdnum import damm

    body = f"{secrets.randbelow(10 ** (DIGITS - 1)):0{DIGITS - 1}d}"
    check: str = damm.calc_check_digit(body)
    return body + check


def digits_in(text: str, many: int = DIGITS) -> str | None:
    """Return the digits of a typed or scanned number, whatever its check digit; else None."""
    typed = unicodedata.normalize("NFKC", text.strip().lstrip("№#")) if len(text) <= 64 else ""
    visible = (c for c in typed if c not in _IGNORED and c.isprintable())
    digits = "".join(visible).translate(_LOOKALIKES)
    return digits if len(digits) == many and digits.isascii() and digits.isdecimal() else None


def normalise(text: str) -> str | None:
    """Return the card number of a typed text; None of any other."""
    digits = digits_in(text)
    return digits if digits is not None and ids.valid_number(digits) else None


def in_fours(number: str) -> str:
    """Return the number as it is printed and read aloud."""
    return " ".join(number[i : i + 4] for i in range(0, len(number), 4))
