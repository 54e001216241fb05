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
from shared.errors import Invalid, NotFound
from shared.reference import regions

READS = 10


def list_public_partners(
    query: PublicQuery, partners: Partners, outlets: Outlets
) -> PublicPartners:
    """List where the card is honoured: the outlets of a district or a region, by partner."""
    regions.region(query.region, "region")
    if query.district_id is not None:
        regions.check_district(query.region, query.district_id, "district_id")
        if query.after is not None and not query.after.startswith(f"{query.district_id}."):
            raise Invalid("bad_cursor", "after")
    now = clock.now()
    active, found, position = _some_outlets(query, partners, outlets)
    by_partner: dict[str, list[Outlet]] = {}
    for outlet in found:
        by_partner.setdefault(outlet.partner_id, []).append(outlet)
    items = [PublicPartner.of_partner(active[p], shops, now) for p, shops in by_partner.items()]
    listed = PublicPartners(
        region=query.region,
        items=sorted(items, key=lambda item: (item.title, item.id)),
        next_after=position,
    )
    return listed.until_one_changes(items)


def _some_outlets(
    query: PublicQuery, partners: Partners, outlets: Outlets
) -> tuple[Mapping[str, Partner], list[Outlet], str | None]:
    """Return outlets of active partners, up to the limit, these partners, and where to go on.

    However many partners a region has, only those of the outlets are read, each once.
    """
    now, read = clock.now(), dict[str, Partner]()
    found: list[Outlet] = []
    position = query.after
    for _ in range(READS):
        some, position = outlets.list_by_region(
            query.region, query.district_id, query.limit - len(found), position
        )
        new = {outlet.partner_id for outlet in some} - read.keys()
        read |= {partner.id: partner for partner in partners.get_many(new)}
        wanted = (each for each in some if _is_wanted(read.get(each.partner_id), query))
        found += [each for each in wanted if each.keyed_until(now)]
        if position is None or len(found) == query.limit:
            break
    return read, found, position


def _is_wanted(partner: Partner | None, query: PublicQuery) -> bool:
    active = partner is not None and partner.status is PartnerStatus.ACTIVE
    return active and query.category in (None, partner.category if partner else None)


def get_public_partner(
    partner_id: PartnerId, query: OutletsQuery, partners: Partners, outlets: Outlets
) -> PublicPartner:
    """Show an active partner with its outlets and discounts."""
    partner = partners.get(partner_id)
    if not _is_open(partner):
        raise NotFound("partner", partner_id)
    now = clock.now()
    after = query.after or 0
    connected = [each for each in partner.shops.connected(now).items() if each[0] > after]
    some = connected[: query.limit]
    shown = outlets.get_many(place.outlet_id for _, place in some)
    last = some[-1][0] if len(connected) > len(some) else None
    return PublicPartner.of_partner(partner, shown, now, last)


def _is_open(partner: Partner) -> bool:
    return partner.status is PartnerStatus.ACTIVE and partner.shops.takes_cards(clock.now())


def show_partner_page(
    partner_id: PartnerId, query: OutletsQuery, partners: Partners, outlets: Outlets
) -> HtmlPage:
    """Show the page that the QR code of a sticker opens: where the discount holds and how large."""
    partner = partners.find(partner_id)
    if partner is None or not _is_open(partner):
        return page.of_no_partner()
    shown = get_public_partner(partner_id, query, partners, outlets)
    names = {code: found.name for code, found in regions.region(partner.region).districts.items()}
    return page.of_partner(shown, names, shown.fresh_seconds)
