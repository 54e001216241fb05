"""Whose a new card is, by the number of its file: one living card per file."""

from collections.abc import Collection, Sequence

from services.cards.cards.domain import Card
from services.cards.cards.values import CardStatus, FileMark, OtherCard
from shared.domain import ValueObject
from shared.errors import IllegalStep, Invalid


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


def of_same_person(held: Card, known: Sequence[Card], named: Collection[str]) -> list[Card]:
    """Return the known cards beside a held one that are the same person's, as a leader says."""
    beside = {each.id for each in held.hold.others} if held.hold else set()
    if len(beside) > 1 and not named:
        raise Invalid("same_as_missing", "/same_as")
    if not beside.issuperset(named):
        raise Invalid("unknown_card", "/same_as")
    return [card for card in known if not named or card.id in named]


def is_of_office(mark: FileMark, living: Card | None, number: str, district: str) -> bool:
    """Whether an office's number is its own: of it before, or of a card that it knows by it."""
    known = living is not None and living.file_number == number
    offices = (living.office, living.district_id, living.issued_by) if living and known else ()
    return district in (mark.district_id, *offices)


def require_free(mark: FileMark, present: Card | None) -> None:
    """Refuse a number whose person has a card, or was erased, at the very office that asks.

    The `present` card is that of the file, or the one that the last card of it was second to.
    """
    if mark.state == "erased":
        raise IllegalStep("subject_erased")
    if present is None:
        return
    if present.status is CardStatus.HELD:
        raise IllegalStep("card_held", ("decide_duplicate",))
    if present.closes_on is not None:
        closes_on = present.closes_on
        raise IllegalStep("card_closing", ("dismiss_placement_end",), closes_on=closes_on)
    raise IllegalStep("holder_has_card", ("replace_card",))
