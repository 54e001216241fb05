"""A partner at each point of its life, with its shops and discounts."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from services.cards import outlet_sets
from services.cards.offers.domain import Offer
from services.cards.offers.values import Discount
from services.cards.partners.domain import Partner
from services.cards.partners.values import Source

NOW = datetime(2026, 10, 5, 6, 0, tzinfo=UTC)
KEYED = int(datetime(2027, 10, 5, tzinfo=UTC).timestamp())
LATER = KEYED + 365 * 24 * 3600
TODAY = date(2026, 10, 5)
ZONE = ZoneInfo("Europe/Samara")


def lead() -> Partner:
    return Partner(
        id="par_1", region="ZR", title="Гастроном", category="grocery",
        district_ids=("D01", "D02"), source=Source.AUTHORITY, proposed_by="RA", org="shop-01",
    )  # fmt: skip


def offer(number: int, percent: int, first: date, last: date | None = None, *where: int) -> Offer:
    return Offer(
        id=f"ofr_{number}", number=number, discount=Discount(percent=percent), goods_scope="Всё",
        outlets=outlet_sets.write(where), valid_from=first, valid_to=last,
    )  # fmt: skip


def add_shop(partner: Partner, number: int, district: str = "D01") -> Partner:
    return partner.add_outlet(f"out_{number}", district, NOW).issue_key(f"out_{number}", KEYED, 0)


def propose(partner: Partner, new: Offer) -> Partner:
    return partner.propose_offer(new, TODAY, NOW)


def notice(partner: Partner) -> Partner:
    return partner.give_notice(date(2026, 10, 31), "partner_left", TODAY, ZONE)


def publish(partner: Partner, new: Offer) -> Partner:
    return propose(partner, new).publish_offer(new.id, TODAY, ZONE)


def complete() -> Partner:
    partner = add_shop(lead().take(), 1)
    return propose(partner, offer(1, 7, TODAY)).record_agreement("14/2026", "shop-01")


def active() -> Partner:
    return complete().publish("CL-0", NOW, ZONE)
