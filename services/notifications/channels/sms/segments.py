"""How many parts an SMS is billed as: GSM 03.38 or UCS-2 (3GPP TS 23.038, 23.040).

The libraries for this (smsutil, sms-counter, sms-toolkit) had no release for years; the alphabet
is a table of the standard.
"""

# The longest text that each of the providers takes.
LONGEST_SMS = 640
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")


def segments(text: str) -> int:
    """Return how many parts a text is sent and billed as; an empty one is one part."""
    if all(letter in _BASIC or letter in _EXTENDED for letter in text):
        return _parts([2 if letter in _EXTENDED else 1 for letter in text], 160, 153)
    return _parts([2 if ord(letter) > 0xFFFF else 1 for letter in text], 70, 67)


def _parts(widths: list[int], alone: int, each: int) -> int:
    """Return the parts of letters of some width; no letter is cut in two."""
    if sum(widths) <= alone:
        return 1
    parts, room = 1, each
    for width in widths:
        if width > room:
            parts, room = parts + 1, each
        room -= width
    return parts
