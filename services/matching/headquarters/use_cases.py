"""What is done about the headquarters of a region."""

from services.matching.headquarters.commands import StaffHeadquarters
from services.matching.headquarters.policy import authorise_region
from services.matching.headquarters.repository import HeadquartersRepository
from shared.domain import RegionCode
from shared.storage.command_context import CommandContext, Receipt


def staff_headquarters(
    region: RegionCode,
    body: StaffHeadquarters,
    context: CommandContext,
    headquarters: HeadquartersRepository,
) -> Receipt:
    """Say who works there; `If-Match: 0` for a region that has no headquarters yet."""
    authorise_region(region, "staff_headquarters", context.actor)
    found = headquarters.of(region)
    return headquarters.save(context, found.staffed_by(tuple(body.coordinators)))
