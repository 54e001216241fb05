"""What an offered resource is made of."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from shared.domain import CodeEnum
from shared.ids import pattern

ResourceId = Annotated[str, Field(pattern=pattern("rsc"))]
ReservationId = Annotated[str, Field(pattern=pattern("rsv"))]
MOST = 1_000_000


class ResourceStatus(CodeEnum, of="resource_status"):
    """How much of an offer is left."""

    OFFERED = "offered"
    RESERVED = "reserved"
    GIVEN = "given"
    WITHDRAWN = "withdrawn"


class ReservationStatus(CodeEnum, of="reservation_status"):
    """The status of a part that is kept for a need."""

    RESERVED = "reserved"
    GIVEN = "given"
    RELEASED = "released"


_BOTH = (ResourceStatus.OFFERED, ResourceStatus.RESERVED)
STEPS: Mapping[ResourceStatus, Mapping[str, Any]] = {
    ResourceStatus.OFFERED: {
        "reserve_resource": _BOTH,
        "give_resource": (*_BOTH, ResourceStatus.GIVEN),
        "release_resource": _BOTH,
        "withdraw_resource": ResourceStatus.WITHDRAWN,
    },
    # Everything that is not given yet is kept for a need.
    ResourceStatus.RESERVED: {
        "give_resource": (ResourceStatus.RESERVED, ResourceStatus.GIVEN),
        "release_resource": _BOTH,
        "withdraw_resource": ResourceStatus.WITHDRAWN,
    },
    ResourceStatus.GIVEN: {},
    ResourceStatus.WITHDRAWN: {
        "give_resource": ResourceStatus.WITHDRAWN,
        "release_resource": ResourceStatus.WITHDRAWN,
    },
}
RESERVATION_STEPS: Mapping[ReservationStatus, Mapping[str, Any]] = {
    ReservationStatus.RESERVED: {
        "give_resource": ReservationStatus.GIVEN,
        "release_resource": ReservationStatus.RELEASED,
    },
    ReservationStatus.GIVEN: {},
    ReservationStatus.RELEASED: {},
}
