"""What managers send about outlets and store keys."""

from pydantic import Field

from services.cards.outlets.values import Hours, OutletId
from shared.api.models import Command
from shared.domain import DistrictCode
from shared.privacy.contact import Line


class DescribeOutlet(Command):
    """A shop of the partner; all of it is public."""

    title: Line
    district_id: DistrictCode
    address: Line
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    hours: list[Hours] = Field(default=[], max_length=14)


class IssueKey(Command):
    """The outlet whose till will use the key; a sandbox key answers to test numbers only."""

    outlet_id: OutletId
    sandbox: bool = False
