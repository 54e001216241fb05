"""A guardian as `policy.cedar` sees it."""

from services.matching.guardians.domain import Guardian
from services.matching.guardians.repository import Guardians
from services.matching.policy import POLICY
from shared.identity.policy import Resource
from shared.principal import Principal


def guardian_resource(guardian: Guardian) -> Resource:
    """Return a guardian, which belongs to its region's headquarters and to its own people."""
    return Resource(
        type="Guardian",
        id=guardian.guardian_id,
        region=guardian.visible_region,
        org=guardian.guardian_id,
        status=guardian.status.value,
    )


def load_authorised(
    guardian_id: str, action: str, principal: Principal, guardians: Guardians
) -> Guardian:
    """Return the guardian when the caller may do this to it."""
    guardian = guardians.get(guardian_id)
    POLICY.require(principal, action, guardian_resource(guardian))
    return guardian
