"""A holder as the policy sees her."""

from services.cards.policy import POLICY
from shared.identity.policy import Resource
from shared.principal import Principal


def require_own(principal: Principal, holder_id: str, region: str) -> None:
    """Pass when the contact is the caller's own."""
    own = Resource(type="Holder", id=holder_id, region=region, person=holder_id)
    POLICY.require(principal, "change_own_contact", own)
