"""A volunteer as `policy.cedar` sees it."""

from collections.abc import Callable
from dataclasses import replace

from services.matching.policy import POLICY
from services.matching.volunteers.domain import Volunteer
from services.matching.volunteers.repository import Volunteers
from shared.identity.policy import Resource
from shared.principal import Principal


def volunteer_resource(volunteer: Volunteer) -> Resource:
    """Return a volunteer, who belongs to the region and to its own account."""
    return Resource(
        type="Volunteer",
        id=volunteer.volunteer_id,
        region=volunteer.region,
        district=volunteer.district,
        person=volunteer.account,
        status=volunteer.status.value,
    )


def load_authorised(
    volunteer_id: str, action: str, principal: Principal, volunteers: Volunteers
) -> Volunteer:
    """Return the volunteer, with the caller's own next steps, when the caller may do this to it."""
    volunteer = volunteers.get(volunteer_id)
    resource = volunteer_resource(volunteer)
    POLICY.require(principal, action, resource)
    return offered(volunteer, POLICY.may_take(principal, resource, {}))


def shown_to(caller: Principal, region: str | None) -> Callable[[Volunteer], Volunteer]:
    """Return how a row of a region's list is shown: a caller's own may offer other steps."""
    others = Resource(type="Volunteer", id="any", region=region)
    own = replace(others, person=caller.id)
    may_do, may_do_as_own = (POLICY.may_take(caller, each, {}) for each in (others, own))
    return lambda each: offered(each, may_do_as_own if each.account == caller.id else may_do)


def offered(volunteer: Volunteer, may: Callable[[str], bool]) -> Volunteer:
    """Return the volunteer with what a caller may do; who has tasks settles them first."""
    busy = volunteer.open_tasks > 0
    return volunteer.shown_to(lambda step: not (busy and step == "leave") and may(step))
