"""What people see of printed cards and stickers."""

from services.cards.printing.values import PrintStatus
from shared.api.models import View


class PrintView(View):
    """The order, with a link of five minutes once the file is there."""

    id: str
    status: PrintStatus
    cards: int
    download_url: str | None
    failure: str | None
    version: int


class Sticker(View):
    """What a partner hangs at its door."""

    title: str
    discount: str | None
    hint: str
    link: str
    qr_svg: str
