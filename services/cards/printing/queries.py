"""What people read of printed cards and stickers."""

from services.cards import qr_codes, settings
from services.cards.cards.repository import Cards
from services.cards.cards.values import ENDED
from services.cards.partners.policy import load_authorised
from services.cards.partners.repository import Partners
from services.cards.partners.values import PartnerId
from services.cards.printing import pdf
from services.cards.printing.domain import Print
from services.cards.printing.repository import Prints, file_of
from services.cards.printing.values import PrintId, PrintStatus
from services.cards.printing.views import PrintView, Sticker
from shared import clock
from shared.errors import NotFound
from shared.principal import Principal
from shared.storage.files import Files


def get_print(
    print_id: PrintId, caller: Principal, prints: Prints, cards: Cards, files: Files
) -> PrintView:
    """Show an order for printed cards, with a link once the file is there."""
    order = prints.get(print_id)
    if order.ordered_by != caller.acts_for:
        raise NotFound("print", print_id)
    there = order.status is PrintStatus.READY and not _shows_ended_card(order, cards)
    return PrintView.of(
        order,
        cards=len(order.card_ids),
        download_url=files.download_link(file_of(order), "cards.pdf") if there else None,
    )


def _shows_ended_card(order: Print, cards: Cards) -> bool:
    """Return whether a file is out of date already: it is deleted at once."""
    found = (cards.find(card_id) for card_id in order.card_ids)
    return any(card is None or card.status in ENDED for card in found)


def get_sticker(partner_id: PartnerId, caller: Principal, partners: Partners) -> Sticker:
    """Show the sticker for a partner's door."""
    partner = load_authorised(partner_id, "view_details", caller, partners)
    now = clock.now()
    spans = [span for outlet in partner.open_outlets for span in partner.spans(outlet, now)]
    percents = {span.percent for span in spans if span.starts_at <= now}
    words = pdf.words()["sticker"]
    link = f"{settings.public_url().rstrip('/')}/partners/{partner.id}"
    return Sticker(
        title=words["title"],
        discount=words["percent"].format(percent=percents.pop()) if len(percents) == 1 else None,
        hint=words["scan"],
        link=link,
        qr_svg=qr_codes.qr_svg(link),
    )
