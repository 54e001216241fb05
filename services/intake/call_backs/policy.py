"""Call-backs as `policy.cedar` sees them."""

from services.intake.call_backs.domain import CallBack
from services.intake.call_backs.repository import CallBacks
from services.intake.policy import POLICY
from shared.identity.policy import Resource
from shared.principal import Principal

CALL_BACK = "CallBack"
# Steps that have another name where it is decided who may take them.
ACTIONS = {"claim": "claim_call_back"}


def resource(call_back: CallBack) -> Resource:
    """Return a call-back as a resource of the policy."""
    return Resource(
        type=CALL_BACK,
        id=call_back.call_back_id,
        region=call_back.region,
        more={"claimed_by": call_back.claimed_by or ""},
    )


def load_authorised(
    call_back_id: str, action: str, principal: Principal, call_backs: CallBacks
) -> CallBack:
    """Load a call-back for a caller who may do this; a foreign one is as absent as none."""
    call_back = call_backs.get(call_back_id)
    POLICY.require(principal, action, resource(call_back))
    return shown(call_back, principal)


def load_claimed(
    call_back_id: str, action: str, principal: Principal, call_backs: CallBacks
) -> CallBack:
    """Load a call-back for a deed of the operator who has claimed it; others learn what is first.

    It may be over by the time that the call is: telephony has said that people talked.
    """
    call_back = load_authorised(call_back_id, "view", principal, call_backs)
    about = resource(call_back)
    if not POLICY.allows(principal, action, about):
        if POLICY.allows(principal, ACTIONS["claim"], about):
            raise call_back.not_claimed()
        POLICY.require(principal, action, about)
    return call_back


def shown(call_back: CallBack, principal: Principal) -> CallBack:
    """Return a call-back as it is shown to a caller: with the steps that this one may take."""
    return call_back.shown_to(POLICY.may_take(principal, resource(call_back), ACTIONS))
