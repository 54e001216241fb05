"""The events of a partner's shop, filled in from the shop."""

from services.cards.outlets.domain import Outlet
from services.cards.outlets.values import OutletChange
from services.cards.partners.domain import Partner
from shared.events.cards_partners import PartnerOutletChanged


def outlet_changed(outlet: Outlet, change: OutletChange, partner: Partner) -> PartnerOutletChanged:
    """Return the event of a shop that was added, edited or closed, as its partner is afterwards."""
    return PartnerOutletChanged(
        region=outlet.region,
        outlet_id=outlet.id,
        partner_id=outlet.partner_id,
        district_id=outlet.district_id,
        change=change.value,
        only_one=partner.in_touch and partner.shops.open.keys() <= {outlet.place},
    )
