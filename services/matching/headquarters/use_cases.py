"""Who works at a region's headquarters."""

from pydantic import Field

from services.matching.forms import Form, UserId
from services.matching.headquarters.domain import Headquarters
from services.matching.headquarters.repository import HeadquartersRepository
from services.matching.policy import POLICY, region_resource
from shared.errors import NotFound
from shared.principal import Principal
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt


class StaffHeadquarters(Form):
    """The coordinators, by user id; the whole list."""

    coordinators: list[UserId] = Field(max_length=100)


def staff_headquarters(
    region: str,
    body: StaffHeadquarters,
    context: CommandContext,
    headquarters: HeadquartersRepository,
) -> Receipt:
    """Say who works at the headquarters of a region."""
    _known(region)
    POLICY.require(context.actor, "staff_headquarters", region_resource(region))
    found = headquarters.of(region)
    return headquarters.save(context, found.staffed_by(tuple(body.coordinators)))


def view_headquarters(
    region: str, caller: Principal, headquarters: HeadquartersRepository
) -> Headquarters:
    """Who works there."""
    _known(region)
    POLICY.require(caller, "view", region_resource(region))
    return headquarters.of(region)


def _known(region: str) -> None:
    if region not in regions.regions():
        raise NotFound("region", region)
