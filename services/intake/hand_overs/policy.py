"""Notes to the next shift as `policy.cedar` sees them."""

from services.intake.hand_overs.domain import HandOver
from services.intake.hand_overs.repository import HandOvers
from services.intake.policy import POLICY
from shared.identity.policy import Resource
from shared.principal import Principal

HAND_OVER = "HandOver"


def load_authorised(
    hand_over_id: str, action: str, principal: Principal, hand_overs: HandOvers
) -> HandOver:
    """Load a note for a caller who may do this; a foreign one is as absent as none."""
    note = hand_overs.get(hand_over_id)
    about = resource(note)
    POLICY.require(principal, action, about)
    return note.shown_to(POLICY.may_take(principal, about, {}))


def resource(note: HandOver) -> Resource:
    """Return a note as a resource of the policy."""
    return Resource(type=HAND_OVER, id=note.hand_over_id, region=note.region)
