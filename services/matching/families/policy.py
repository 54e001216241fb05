"""A waiting family as `policy.cedar` sees it."""

from services.matching.families.domain import Family
from services.matching.families.repository import Families
from services.matching.policy import POLICY
from shared.identity.policy import Resource
from shared.principal import Principal


def family_resource(family: Family) -> Resource:
    """Return a waiting family, which belongs to its region's headquarters."""
    return Resource(
        type="Family",
        id=family.case_id,
        region=family.region,
        district=family.district,
        person=family.family_id,
    )


def load_authorised(case_id: str, action: str, principal: Principal, families: Families) -> Family:
    """Return the family when the caller may do this for it."""
    family = families.get(case_id)
    POLICY.require(principal, action, family_resource(family))
    return family
