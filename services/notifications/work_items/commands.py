"""What comes in about work items."""

from typing import Annotated

from pydantic import Field

from shared import ids
from shared.api.models import Command, RegionQuery
from shared.domain import DistrictCode, RegionCode
from shared.reference.code_lists import Listed

ItemId = Annotated[str, Field(pattern=ids.pattern("wrk"))]
MessageId = Annotated[str, Field(pattern=ids.pattern("msg"))]
MOST_HEARD = 1000


class InboxQuery(RegionQuery):
    """Which part of the inbox; `district_id` is for a leader of a region and for one of several.

    With `lead` it is what climbed to the people who answer for the region.
    """

    district_id: DistrictCode | None = None
    lead: bool = False
    done: bool = False


class InboxCountsQuery(Command):
    """The inbox whose items are counted."""

    region: RegionCode | None = None
    district_id: DistrictCode | None = None
    lead: bool = False


class FinishItem(Command):
    """Why a person closes an item; of a call that is done, what was `heard`.

    That is the `message_id` of each of the news that was read out, as the call showed it.
    """

    reason: Annotated[str, Listed("work_done_reason")]
    heard: Annotated[list[MessageId], Field(max_length=MOST_HEARD)] | None = None
