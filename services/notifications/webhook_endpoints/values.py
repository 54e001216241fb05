"""Closed lists of endpoints, and the fields that name one."""

from typing import Annotated

from pydantic import Field

from shared.domain import CodeEnum
from shared.ids import pattern

EndpointId = Annotated[str, Field(pattern=pattern("whe"))]
EventType = Annotated[str, Field(pattern=r"^[a-z]{2,32}\.[A-Z][A-Za-z]{2,63}$")]


class EndpointStatus(CodeEnum, of="webhook_endpoint_status"):
    """Whether events are sent to an endpoint."""

    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"
    REMOVED = "removed"


class DisabledReason(CodeEnum, of="webhook_disabled_reason"):
    """Why we stopped sending to an endpoint."""

    FAILING = "failing"
    GONE = "gone"
