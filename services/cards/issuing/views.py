"""What a leader sees of a card that waits: no name, no contact."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Self

from services.cards.cards.domain import Card
from services.cards.cards.values import HoldReason
from shared.api.models import View


class OtherCardView(View):
    """A card of who may be the same person; one that has `ended` is no reason to end this one.

    It `closes_on` a day when the end of its placement was reported: who gave this one up for it
    has none afterwards, unless a leader says that the placement goes on.
    """

    id: str
    region: str
    district_id: str
    office_id: str
    last4: str
    ended: bool
    closes_on: date | None


class HeldCardView(View):
    """A card that may be the second one of a person, and those that it may be second to.

    `activated` says whether its holder had it in hands already. `office_id` is the district at
    whose office the file is.
    """

    id: str
    last4: str
    holder_ref: str
    region: str
    district_id: str
    office_id: str
    because: HoldReason
    held_at: datetime
    activated: bool
    others: list[OtherCardView]
    version: int

    @classmethod
    def of_card(cls, card: Card, others: Iterable[Card]) -> Self:
        """Return the view of a card that waits, and of the others as they are now."""
        hold = card.hold
        if hold is None:
            raise ValueError(f"{card.id} was never held")
        return cls.of(
            card,
            holder_ref=card.file_number,
            office_id=card.office,
            because=hold.because,
            held_at=hold.at,
            activated=card.activation is not None,
            others=[OtherCardView.of(each, office_id=each.office) for each in others],
        )
