"""What a request is named by, and how far it has come."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from shared.domain import CodeEnum
from shared.ids import pattern

RequestId = Annotated[str, Field(pattern=pattern("req"))]
AdditionId = Annotated[str, Field(pattern=pattern("add"))]
RequestNumber = Annotated[str, Field(pattern=r"^[0-9]{8}$")]

# Within which who took it down puts right what was written down wrongly.
MINUTES_TO_MEND = 30
TO_MEND = timedelta(minutes=MINUTES_TO_MEND)


class RequestStatus(CodeEnum, of="request_status"):
    """Whether a request is already part of a case, or never will be."""

    RECEIVED = "received"
    JOINED = "joined"
    ENDED = "ended"
