"""A gift as `policy.cedar` sees it."""

from services.matching.bonds.policy import as_record
from services.matching.gifts.domain import Gift
from services.matching.gifts.repository import Gifts
from services.matching.policy import POLICY
from shared.identity.policy import Resource
from shared.principal import Principal


def gift_resource(family_id: str, region: str, gift_id: str = "new") -> Resource:
    """Return a gift, which belongs to the family that gives it."""
    return Resource(type="Gift", id=gift_id, region=region, person=family_id)


def load_authorised(gift_id: str, action: str, principal: Principal, gifts: Gifts) -> Gift:
    """Return the gift when the caller may do this to it."""
    gift = gifts.get(gift_id)
    caller = as_record(principal, gift.family_id, gifts.store)
    POLICY.require(caller, action, gift_resource(gift.family_id, gift.region, gift_id))
    return shown_to(caller, gift)


def shown_to(caller: Principal, gift: Gift) -> Gift:
    """Return the gift with the caller's own steps."""
    about = gift_resource(gift.family_id, gift.region, gift.gift_id)
    return gift.shown_to(POLICY.may_take(caller, about, {}))
