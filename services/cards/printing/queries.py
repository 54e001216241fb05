"""What people read of printed cards and stickers."""

from datetime import datetime, timedelta

from services.cards import qr_codes, settings
from services.cards.cards.repository import Cards
from services.cards.cards.values import ENDED
from services.cards.offers.words import size_of
from services.cards.partners.domain import Partner
from services.cards.partners.policy import load_authorised
from services.cards.partners.repository import Partners
from services.cards.partners.values import PartnerId
from services.cards.policy import POLICY
from services.cards.printing import pdf
from services.cards.printing.domain import Print
from services.cards.printing.repository import PLACE, Prints, file_of
from services.cards.printing.values import PrintId, PrintStatus
from services.cards.printing.views import PrintInList, PrintView, Sticker
from shared import clock
from shared.api.models import RegionQuery
from shared.errors import NotFound
from shared.identity.partitions import Partition, whole_own_list
from shared.principal import Principal
from shared.storage.files import Files
from shared.storage.repository import Page

LEADER = "community_leader"


def get_print(
    print_id: PrintId, caller: Principal, prints: Prints, cards: Cards, files: Files
) -> PrintView:
    """Show an order for printed cards, with a link once the file is there."""
    order = prints.get(print_id)
    if order.ordered_by != caller.acts_for:
        raise NotFound("print")
    if order.status is PrintStatus.READY and _is_out_of_date(order, cards):
        order = order.withdraw(clock.now())
    there = order.status is PrintStatus.READY
    return PrintView.of(
        order,
        cards=len(order.on_paper),
        download_url=files.download_link(file_of(order), "cards.pdf") if there else None,
    )


def list_prints(query: RegionQuery, caller: Principal, prints: Prints) -> Page[PrintInList]:
    """List the sheets of today: a region's for its leader, for others their own."""
    whole_region = caller.role == LEADER and not caller.districts
    if whole_region:
        partition = Partition.of_region(caller, query.region)
    else:
        whole_own_list(query.region)
        partition = Partition.of_person(caller)
    key = POLICY.require_list(caller, "list_prints", "Card", partition)
    return prints.page(
        "by_region" if whole_region else "by_owner",
        key,
        PrintInList.of_print,
        caller=caller,
        query=query,
        prefix=PLACE,
        newest_first=True,
    )


def _is_out_of_date(order: Print, cards: Cards) -> bool:
    """Return whether a file shows a card that has ended, or a code that a later sheet voids."""
    found = cards.get_many(order.on_paper)
    return len(found) < len(order.on_paper) or any(
        card.status in ENDED or card.printed_by != order.id for card in found
    )


def get_sticker(partner_id: PartnerId, caller: Principal, partners: Partners) -> Sticker:
    """Show the sticker for a partner's door."""
    partner = load_authorised(partner_id, "view_details", caller, partners)
    now = clock.now()
    taking_part = partner.shops.open if partner.in_touch else ()
    promises = {_promise(partner, number, now) for number in taking_part}
    words = pdf.words()["sticker"]
    same = promises.pop() if len(promises) == 1 else None
    link = f"{settings.api_url().rstrip('/')}/cards/v1/public/partners/{partner.id}/page"
    return Sticker(
        title=words["title"],
        discount=words["discount"].format(size=same) if same else None,
        hint=words["scan"],
        link=link,
        qr_svg=qr_codes.qr_svg(link),
    )


def _promise(partner: Partner, number: int, at: datetime) -> str | None:
    """Return what a door may say for as long as it hangs there: a discount, and its last day."""
    offer, following = partner.offer_at(number, at), partner.offer_after(number, at)
    if offer is None:
        return None
    ends = [partner.last_day_of(offer)]
    if following is not None and following.valid_from > offer.valid_from:
        ends.append(following.valid_from - timedelta(days=1))
    return size_of(offer.discount, until=min((day for day in ends if day), default=None))
