"""Closed lists of deliveries, and the field that names one."""

from typing import Annotated

from pydantic import Field

from shared.domain import CodeEnum
from shared.ids import pattern

DeliveryId = Annotated[str, Field(pattern=pattern("whd"))]


class HookStatus(CodeEnum, of="webhook_delivery_status"):
    """Whether a receiver has an event."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


class HookFailure(CodeEnum, of="webhook_failure"):
    """Why a receiver does not have an event after the last try."""

    NO_ANSWER = "no_answer"
    REFUSED = "refused"
    RESTING = "resting"
    GONE = "gone"
    ENDPOINT_INACTIVE = "endpoint_inactive"
