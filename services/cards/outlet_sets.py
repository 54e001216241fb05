"""Sets of a partner's outlets as short texts: a bit for each outlet's number, in base64.

A thousand outlets are 168 characters, so that the row a till reads stays small.
"""

import base64
from collections.abc import Iterable


def write(numbers: Iterable[int]) -> str:
    """Return the text of a set; that of the empty set is empty."""
    bits = 0
    for number in numbers:
        bits |= 1 << number
    return text_of(bits)


def text_of(bits: int) -> str:
    """Return the text of a set that is given by its bits."""
    size = (bits.bit_length() + 7) // 8
    return base64.b64encode(bits.to_bytes(size, "little")).decode("ascii").rstrip("=")


def bits_of(text: str) -> int:
    """Return the bits of a set."""
    return int.from_bytes(base64.b64decode(text + "=" * (-len(text) % 4)), "little")


def has(text: str, number: int) -> bool:
    """Return whether the outlet of that number is in the set."""
    return bool(bits_of(text) >> number & 1)
