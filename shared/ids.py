"""Identifiers: prefixed ULIDs for machines, short checked digits for reading aloud."""

import secrets
from datetime import UTC, datetime

from shared import clock

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# What follows the prefix of an id.
FORM = rf"[{_CROCKFORD}]{{26}}"


def new(prefix: str) -> str:
    """Return a fresh id such as `req_01JD…`: sortable by time, 80 random bits."""
    milliseconds = int(clock.wall().timestamp() * 1000)
    return from_bytes(prefix, milliseconds.to_bytes(6, "big") + secrets.token_bytes(10))


def made_at(identifier: str) -> datetime:
    """Return when `new` gave an id, by the wall's time."""
    from ulid import ULID

    return ULID.from_str(identifier.rpartition("_")[2]).datetime.astimezone(UTC)


def from_bytes(prefix: str, content: bytes) -> str:
    """Return the id that is spelt from 16 bytes, for ids that follow from something else."""
    from ulid import base32

    return f"{prefix}_{base32.encode(content)}"


def pattern(prefix: str) -> str:
    """Return the regular expression of the ids that `new(prefix)` gives."""
    return rf"^{prefix}_{FORM}$"


def is_pattern(text: str) -> bool:
    """Return whether a regular expression is that of the ids of some prefix."""
    return text.endswith(f"_{FORM}$")


def number(digits: int) -> str:
    """Return a random number of that many digits: no leading 0, the last a Damm check digit."""
    return number_from(secrets.token_bytes(16), digits)


def number_from(content: bytes, digits: int) -> str:
    """Return the number that follows from secret bytes, of the same form."""
    from stdnum import damm

    smallest = 10 ** (digits - 2)
    body = str(smallest + int.from_bytes(content, "big") % (9 * smallest))
    check: str = damm.calc_check_digit(body)
    return body + check


def valid_number(text: str) -> bool:
    """Whether the check digit fits: one mistyped digit or a swapped pair never does."""
    from stdnum import damm

    return text.isdecimal() and text.isascii() and bool(damm.is_valid(text))
