"""A round as `policy.cedar` sees it: a matter of its region."""

from services.matching.headquarters.policy import region_resource
from services.matching.policy import POLICY
from services.matching.rounds.domain import Round
from services.matching.rounds.repository import Rounds
from shared.principal import Principal


def load_authorised(round_id: str, action: str, principal: Principal, rounds: Rounds) -> Round:
    """Return the round when the caller may do this in its region."""
    found = rounds.get(round_id)
    POLICY.require(principal, action, region_resource(found.region))
    return found
