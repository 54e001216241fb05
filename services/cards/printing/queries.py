"""What people read of printed cards and stickers."""

from services.cards import qr_codes, settings
from services.cards.partners.policy import load_authorised
from services.cards.partners.repository import Partners
from services.cards.partners.values import PartnerId
from services.cards.printing import pdf
from services.cards.printing.repository import Prints, file_of
from services.cards.printing.values import PrintId, PrintStatus
from services.cards.printing.views import PrintView, Sticker
from shared import clock
from shared.errors import NotFound
from shared.principal import Principal
from shared.storage.files import Files


def get_print(print_id: PrintId, caller: Principal, prints: Prints, files: Files) -> PrintView:
    """Show an order for printed cards, with a link once the file is there."""
    order = prints.get(print_id)
    if order.ordered_by != caller.acts_for:
        raise NotFound("print", print_id)
    ready = order.status is PrintStatus.READY
    return PrintView.of(
        order,
        cards=len(order.card_ids),
        download_url=files.download_link(file_of(order), "cards.pdf") if ready else None,
    )


def get_sticker(partner_id: PartnerId, caller: Principal, partners: Partners) -> Sticker:
    """Show the sticker for a partner's door."""
    partner = load_authorised(partner_id, "view_details", caller, partners)
    now = clock.now()
    offers = [partner.offer_at(outlet, now) for outlet in partner.open_outlets]
    percents = {offer.percent for offer in offers if offer is not None}
    words = pdf.words()["sticker"]
    link = f"{settings.public_url().rstrip('/')}/partners/{partner.id}"
    return Sticker(
        title=words["title"],
        discount=words["percent"].format(percent=percents.pop()) if len(percents) == 1 else None,
        hint=words["scan"],
        link=link,
        qr_svg=qr_codes.qr_svg(link),
    )
