"""Requests as `policy.cedar` sees them."""

from collections.abc import Callable
from functools import cache

from services.intake.cases.domain import Case
from services.intake.cases.repository import Cases
from services.intake.cases.values import Status
from services.intake.families.policy import is_recent
from services.intake.families.repository import Families
from services.intake.policy import POLICY
from services.intake.requests.domain import Request
from services.intake.requests.repository import Requests
from services.intake.requests.values import TO_MEND, RequestStatus
from shared import clock
from shared.errors import Forbidden
from shared.identity.policy import Resource
from shared.principal import Principal

REQUEST = "Request"
# Steps that have another name where it is decided who may take them.
ACTIONS = {
    "join": "open_case",
    "end": "end_request",
    "add": "add_to_request",
    "mend": "mend_request",
    "disown": "disown_request",
    "withdraw_addition": "withdraw_addition",
}
FIND, OF_ITS_OPERATOR = "find_request", ("mend_request", "disown_request")


def resource(request: Request) -> Resource:
    """Return a request as a resource of the policy."""
    return Resource(
        type=REQUEST,
        id=request.request_id,
        region=request.region,
        more={
            "registered_by": request.registered_by,
            "recent": is_recent(request.received_at),
        },
    )


def new_request(region: str, district: str | None) -> Resource:
    """Return the resource of a request that is to be registered in a district."""
    return Resource(type=REQUEST, id="new", region=region, district=district)


def load_authorised(
    request_id: str, action: str, principal: Principal, requests: Requests
) -> Request:
    """Load a request for a caller who may do this; a foreign one is as absent as none.

    An operator who has found a colleague's learns whose it is to put right.
    """
    request = requests.get(request_id)
    about = resource(request)
    theirs = action in OF_ITS_OPERATOR and request.registered_by != principal.id
    if theirs and POLICY.allows(principal, FIND, about):
        raise Forbidden(action, "request_of_colleague")
    POLICY.require(principal, action, about)
    cases = Cases(requests.store)
    return shown(request, principal, cases, lambda: case_of(request, cases))


def case_of(request: Request, cases: Cases) -> Case | None:
    """Return the case that a request is of, or is to join."""
    return None if request.case_id is None else cases.find(request.case_id)


def shown(
    request: Request, principal: Principal, cases: Cases, find: Callable[[], Case | None]
) -> Request:
    """Return a request as it is shown to a caller: with the steps that this one can take now.

    Its case is asked for where something is offered. Nothing is added to what is over. A request is
    offered as another family's where it can be taken out: its family was known before it, its case
    was made by others, too, or is closed, and no one searches for what it alone asked for.
    """
    may, its_case = POLICY.may_take(principal, resource(request), ACTIONS), cache(find)

    def possible(step: str) -> bool:
        if not may(step):
            return False
        if step == "disown":
            return _may_be_disowned(request, its_case(), cases)
        if step == "mend":
            return _may_be_mended(request, its_case(), cases)
        return step != "add" or (case := its_case()) is None or case.open

    return request.shown_to(possible)


def _may_be_mended(request: Request, case: Case | None, cases: Cases) -> bool:
    """Whether something can be put right: of its needs, or the contact that it noted itself."""
    if clock.now() - request.received_at > TO_MEND:
        return False
    if case is None or request.status is not RequestStatus.JOINED:
        ours = request.status is not RequestStatus.ENDED
    else:
        ours = case.status is Status.RECEIVED
    if ours:
        return True
    family = Families(cases.store).find(request.family_id or "")
    if family is None or "change_contact" not in family.next_steps:
        return False
    return request.noted_contact(family) is not None or request.lacks_contact(family)


def _may_be_disowned(request: Request, case: Case | None, cases: Cases) -> bool:
    """Whether the command would take a request out of its family and case, as they are now."""
    family = Families(cases.store).find(request.family_id or "")
    if request.made_family(case, family):
        return False
    if case is None or request.request_id not in case.requests:
        return True
    ids = [each for each in case.requests if each != request.request_id]
    if case.status not in (Status.CARE_REQUIRED, Status.MATCHED):
        return bool(ids) or not case.open
    own = {need.need_id for need in request.needs}
    others = Requests(cases.store).get_many(ids)
    theirs = {need.category for each in others for need in each.needs}
    left = (n for n in case.open_needs if n.need_id not in own or n.category in theirs)
    return bool(ids) and any(left)
