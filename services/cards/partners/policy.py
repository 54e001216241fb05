"""A partner as the policy sees it."""

from services.cards.partners.domain import Partner
from services.cards.partners.repository import Partners
from services.cards.policy import POLICY
from shared.identity.policy import Resource
from shared.principal import Principal


def resource(partner: Partner) -> Resource:
    """Return a partner as a Cedar resource; its territory is all its districts."""
    return Resource(
        type="Partner",
        id=partner.id,
        region=partner.region,
        org=partner.org,
        status=partner.status,
        more={"districts": partner.district_ids},
    )


def new_partner(region: str, districts: tuple[str, ...]) -> Resource:
    """Return a partner that is about to be proposed as a Cedar resource."""
    return Resource(type="Partner", id="new", region=region, more={"districts": districts})


def load_authorised(
    partner_id: str, action: str, principal: Principal, partners: Partners
) -> Partner:
    """Return the partner when the principal may do this to it."""
    partner = partners.get(partner_id)
    POLICY.require(principal, action, resource(partner))
    return partner
