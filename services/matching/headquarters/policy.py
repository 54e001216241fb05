"""A region as `policy.cedar` sees it, and the caller that a job works for."""

from typing import Any

from services.matching.headquarters.values import Authority
from services.matching.policy import POLICY
from shared.errors import Forbidden, NotFound
from shared.identity.policy import Resource
from shared.principal import Principal
from shared.reference import regions


def region_resource(region: str) -> Resource:
    """Return a region as a whole: its headquarters and its figures."""
    return Resource(type="Region", id=region, region=region)


def authorise_programme(action: str, principal: Principal) -> None:
    """Pass when the caller may do this for all regions together; raises Forbidden."""
    if not POLICY.allows(principal, action, Resource(type="Region", id="all")):
        raise Forbidden(action)


def authorise_region(region: str, action: str, principal: Principal) -> None:
    """Pass when the caller may do this in a region; raises NotFound for one that is not known."""
    if region not in regions.regions():
        raise NotFound("region")
    POLICY.require(principal, action, region_resource(region))


def authority_of(caller: Principal) -> Authority:
    """Return what a job keeps of the caller who asked for it."""
    return Authority.model_validate(caller, from_attributes=True)


def acting_on(authority: Authority) -> Principal:
    """Return the caller of then, for a job that goes on."""
    claims: dict[str, Any] = dict(authority)
    return Principal(**claims, roles=(authority.role,))
