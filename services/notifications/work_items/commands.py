"""What comes in about work items."""

from typing import Annotated

from pydantic import Field

from shared import ids
from shared.api.models import RegionQuery

ItemId = Annotated[str, Field(pattern=ids.pattern("wrk"))]


class InboxQuery(RegionQuery):
    """Which part of the inbox."""

    done: bool = False
