"""What comes in about messages."""

from pydantic import Field

from shared.api.models import RegionQuery
from shared.domain import DistrictCode


class MessagesQuery(RegionQuery):
    """Messages about one reference; without one, those that could reach no person.

    `district_id` is for a leader of a region and for one of several districts.
    """

    reference: str | None = Field(default=None, pattern=r"^[a-z]{2,5}_[0-9A-Z]{10,32}$")
    district_id: DistrictCode | None = None
