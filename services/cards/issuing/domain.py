"""Whose a new card is, by the number of its file: one living card per file."""

from services.cards.cards.values import FileMark, OtherCard
from shared.domain import ValueObject
from shared.errors import IllegalStep


class FileClaim(ValueObject):
    """The reference of a new card's holder: the number of the file, and of the office if it must.

    `taken_from` is the mark of a number that was used before; `other` is the card of another
    office's file with the same number, also one that has ended.
    """

    holder_ref: str
    taken_from: FileMark | None = None
    other: OtherCard | None = None


def own_ref(file_number: str, district: str) -> str:
    """Return the reference of a file whose number another office has as well."""
    return f"{file_number}@{district}"


def require_free(mark: FileMark, *, is_held: bool, has_card: bool) -> None:
    """Refuse a number whose holder has a card, or was erased, at the very office that asks.

    `has_card` says so of the person whose second card the last one of this number was.
    """
    if mark.state == "erased":
        raise IllegalStep("subject_erased")
    if is_held:
        raise IllegalStep("card_held", ("decide_duplicate",))
    if mark.state == "living" or (mark.state in ("refused", "moved") and has_card):
        raise IllegalStep("holder_has_card", ("replace_card",))
