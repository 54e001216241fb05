"""What everybody reads of partners."""

from collections.abc import Mapping

from services.cards.directory import page
from services.cards.directory.commands import OutletsQuery, PublicQuery
from services.cards.directory.views import PublicPartner, PublicPartners
from services.cards.outlets.domain import Outlet
from services.cards.outlets.repository import Outlets
from services.cards.partners.domain import Partner
from services.cards.partners.repository import Partners
from services.cards.partners.values import PartnerId, PartnerStatus
from shared import clock
from shared.api.pages import HtmlPage
from shared.errors import NotFound
from shared.reference import regions

READS = 10


def list_public_partners(
    query: PublicQuery, partners: Partners, outlets: Outlets
) -> PublicPartners:
    """List where the card is honoured: the outlets of a district or a region, by partner."""
    regions.region(query.region, "region")
    if query.district is not None:
        regions.check_district(query.region, query.district, "district")
    now = clock.now()
    active = {p.id: p for p in partners.list_active(query.region, query.category)}
    found, position = _some_outlets(query, active, outlets)
    by_partner: dict[str, list[Outlet]] = {}
    for outlet in found:
        by_partner.setdefault(outlet.partner_id, []).append(outlet)
    items = [PublicPartner.of_partner(active[p], shops, now) for p, shops in by_partner.items()]
    return PublicPartners(
        region=query.region,
        items=sorted(items, key=lambda item: (item.title, item.id)),
        next_after=position,
    )


def _some_outlets(
    query: PublicQuery, active: Mapping[str, Partner], outlets: Outlets
) -> tuple[list[Outlet], str | None]:
    """Return outlets of active partners, up to the limit, and where to go on."""
    found: list[Outlet] = []
    position = query.after
    for _ in range(READS):
        some, position = outlets.list_by_region(
            query.region, query.district, query.limit - len(found), position
        )
        found += [outlet for outlet in some if outlet.partner_id in active]
        if position is None or len(found) == query.limit:
            break
    return found, position


def get_public_partner(
    partner_id: PartnerId, query: OutletsQuery, partners: Partners, outlets: Outlets
) -> PublicPartner:
    """Show an active partner with its outlets and discounts."""
    partner = partners.get(partner_id)
    if partner.status is not PartnerStatus.ACTIVE:
        raise NotFound("partner", partner_id)
    places = partner.shops.places
    after = None
    if query.after is not None and query.after <= len(places):
        after = (query.after, places[query.after - 1].outlet_id)
    some, last = outlets.list_by_partner(partner.id, query.limit, after)
    shown = [outlet for outlet in some if not outlet.closed]
    return PublicPartner.of_partner(partner, shown, clock.now(), last)


def show_partner_page(
    partner_id: PartnerId, query: OutletsQuery, partners: Partners, outlets: Outlets
) -> HtmlPage:
    """Show the page that the QR code of a sticker opens: where the discount holds and how large."""
    partner = partners.find(partner_id)
    if partner is None or partner.status is not PartnerStatus.ACTIVE:
        return page.of_no_partner()
    shown = get_public_partner(partner_id, query, partners, outlets)
    names = {code: found.name for code, found in regions.region(partner.region).districts.items()}
    return page.of_partner(shown, names)
