"""What people see of printed cards and stickers."""

from datetime import datetime
from typing import Self

from services.cards.printing.domain import Print
from services.cards.printing.values import PrintStatus
from shared.api.models import View


class PrintView(View):
    """The order, with a link of five minutes once the file is there.

    `left_out` are cards that had ended, waited for a leader or were on a later order when it was
    drawn.
    """

    id: str
    status: PrintStatus
    cards: int
    left_out: tuple[str, ...]
    download_url: str | None
    failure: str | None
    version: int


class PrintInList(View):
    """An order in a list: whose it is and how far, never a link."""

    id: str
    region: str
    ordered_by: str
    ordered_at: datetime
    status: PrintStatus
    cards: int

    @classmethod
    def of_print(cls, order: Print) -> Self:
        """Return the view of an order."""
        return cls.of(order, cards=len(order.on_paper))


class Sticker(View):
    """What a partner hangs at its door."""

    title: str
    discount: str | None
    hint: str
    link: str
    qr_svg: str
