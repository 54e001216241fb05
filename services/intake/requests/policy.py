"""Requests as `policy.cedar` sees them."""

from services.intake.families.policy import is_recent
from services.intake.policy import POLICY
from services.intake.requests.domain import Request
from services.intake.requests.repository import Requests
from shared.identity.policy import Attribute, Resource
from shared.principal import Principal

REQUEST = "Request"
# Steps that have another name where it is decided who may take them.
ACTIONS = {
    "join": "open_case",
    "end": "end_request",
    "add": "add_to_request",
    "disown": "disown_request",
}
UNREGISTERED: dict[str, Attribute] = {"registered_by": "", "recent": False}


def resource(request: Request) -> Resource:
    """Return a request as a resource of the policy."""
    return Resource(
        type=REQUEST,
        id=request.request_id,
        region=request.region,
        district=request.district,
        person=request.family_id,
        status=request.status,
        more={
            "registered_by": request.registered_by,
            "recent": is_recent(request.received_at),
        },
    )


def new_request(region: str, district: str | None) -> Resource:
    """Return the resource of a request that is to be registered in a district."""
    return Resource(type=REQUEST, id="new", region=region, district=district, more=UNREGISTERED)


def load_authorised(
    request_id: str, action: str, principal: Principal, requests: Requests
) -> Request:
    """Load a request for a caller who may do this; a foreign one is as absent as none."""
    request = requests.get(request_id)
    POLICY.require(principal, action, resource(request))
    return shown(request, principal)


def shown(request: Request, principal: Principal) -> Request:
    """Return a request as it is shown to a caller: with the steps that this one may take."""
    return request.shown_to(POLICY.may_take(principal, resource(request), ACTIONS))
