"""An offer as `policy.cedar` sees it; its reserved parts follow it."""

from collections.abc import Callable

from services.matching.policy import POLICY
from services.matching.resources.domain import OfferedResource
from services.matching.resources.repository import OfferedResources
from shared.identity.policy import Resource
from shared.principal import Principal

OF_A_PART = ("give_resource", "release_resource")


def resource_of_offer(resource: OfferedResource) -> Resource:
    """Return an offer, which belongs to its region and to who offers it."""
    return Resource(
        type="Resource",
        id=resource.resource_id,
        region=resource.region,
        district=resource.district,
        org=resource.provider_id,
        status=resource.status.value,
    )


def load_authorised(
    resource_id: str, action: str, principal: Principal, resources: OfferedResources
) -> OfferedResource:
    """Return the offer, with the caller's own next steps, when the caller may do this to it."""
    found = resources.get(resource_id)
    target = resource_of_offer(found)
    POLICY.require(principal, action, target)
    return offered(found, POLICY.may_take(principal, target, {}))


def offered(found: OfferedResource, may: Callable[[str], bool]) -> OfferedResource:
    """Return the offer with what a caller may do; nothing is given that is not kept for a need."""
    return found.shown_to(lambda step: (found.reserved > 0 or step not in OF_A_PART) and may(step))
