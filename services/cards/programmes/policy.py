"""The programme of a region as the policy sees it."""

from services.cards.policy import POLICY
from services.cards.programmes.domain import Programme
from services.cards.programmes.repository import Programmes
from shared.identity.policy import Resource
from shared.principal import Principal


def resource(region: str) -> Resource:
    """Return the programme and the figures of a region as a Cedar resource."""
    return Resource(type="Programme", id=region, region=region)


def load_authorised(
    region: str, action: str, principal: Principal, programmes: Programmes
) -> Programme:
    """Return the programme of a region when the principal may do this to it."""
    seen = resource(region)
    POLICY.require(principal, action, seen)
    return programmes.get_by_region(region).shown_to(POLICY.may_take(principal, seen, {}))
