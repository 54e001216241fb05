"""What may be kept and shown of a cell of a row that was refused: no name, no contact."""

import re

from shared.privacy.contact import has_mobile
from shared.storage.office_tables import cut

SHOWN = 60
_HIDDEN = "•"
# A name, or one with initials behind or before it, in a column of other things.
_NAME = re.compile(r"[А-ЯЁ][А-ЯЁа-яё]+\s+[А-ЯЁ][А-ЯЁа-яё.]|\b[А-ЯЁ]\.\s*[А-ЯЁ][А-ЯЁа-яё]")


def short(text: str) -> str:
    """Return a cell as it was read, of a long one its beginning."""
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def ends(text: str) -> str:
    """Return a short cell with most of its signs hidden."""
    text = short(text)
    # The ends of a short name, as «Анна», would be all of it.
    end = 2 if text.isdecimal() else min(2, len(text) // 5)
    shown = (*range(end), *range(len(text) - end, len(text)))
    return "".join(
        sign if at in shown or not sign.isalnum() else _HIDDEN for at, sign in enumerate(text)
    )


def is_contact(text: str) -> bool:
    """Return whether a cell has a phone or an address of mail in it."""
    return "@" in text or has_mobile(text)


def may_name(text: str) -> bool:
    """Return whether a cell that is to say no name may have one, as among several cells in it."""
    return has_several(text) or _NAME.search(text) is not None


def has_several(text: str) -> bool:
    """Return whether a row that has another sign between some of its cells has them in this one."""
    return any(len(cells) > 2 for cells in cut(text))
