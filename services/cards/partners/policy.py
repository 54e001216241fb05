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


# Steps of a partner that the policy calls otherwise.
_ACTIONS = {
    step: f"{step}_partner" for step in ("decline", "publish", "pause", "resume", "end", "edit")
} | {"take": "take_lead"}


def new_partner(region: str, districts: tuple[str, ...]) -> Resource:
    """Return a partner that is about to be proposed as a Cedar resource."""
    return Resource(type="Partner", id="new", region=region, more={"districts": districts})


def load_authorised(
    partner_id: str, action: str, principal: Principal, partners: Partners
) -> Partner:
    """Return the partner when the principal may do this to it, with the steps it may take."""
    partner = partners.get(partner_id)
    seen = resource(partner)
    POLICY.require(principal, action, seen)
    return partner.shown_to(lambda step: POLICY.allows(principal, _ACTIONS.get(step, step), seen))
