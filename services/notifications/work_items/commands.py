"""What comes in about work items."""

from typing import Annotated

from pydantic import Field

from shared import ids
from shared.api.models import Command, Paging
from shared.domain import DistrictCode, RegionCode
from shared.reference.code_lists import Listed

ItemId = Annotated[str, Field(pattern=ids.pattern("wrk"))]
MessageId = Annotated[str, Field(pattern=ids.pattern("msg"))]
MOST_HEARD = 1000


class InboxCountsQuery(Command):
    """Which part of the inbox; `district_id` is for a leader of a region and for one of several.

    With `lead` it is what climbed to the people who answer for the region, with `own` what the
    caller alone is asked, in whichever role and region, with `climbed` what others have left
    undone, for the role to see that it is done.
    """

    region: RegionCode | None = None
    district_id: DistrictCode | None = None
    lead: bool = False
    own: bool = False
    climbed: bool = False


class InboxQuery(Paging, InboxCountsQuery):
    """Which slice of which part of the inbox, of what is open or of what is done."""

    done: bool = False


class FinishItem(Command):
    """Why a person closes an item; of a call that is done, what was `heard`.

    That is the `message_id` of each of the news that was read out, as the call showed it.
    """

    reason: Annotated[str, Listed("work_done_reason")]
    heard: Annotated[list[MessageId], Field(max_length=MOST_HEARD)] | None = None
