"""What people send about printed cards."""

from pydantic import Field

from services.cards.cards.values import CardId
from services.cards.printing.values import MAX_CARDS
from shared.api.models import Command


class OrderPrint(Command):
    """The cards to put on paper: one, or a sheet."""

    card_ids: list[CardId] = Field(min_length=1, max_length=MAX_CARDS)
