"""What comes in about endpoints."""

from typing import Annotated

from pydantic import Field

from services.notifications.webhook_endpoints.values import EventType
from shared.api.models import Command, RegionQuery
from shared.domain import VISIBLE_ASCII, RegionCode


class RegisterEndpoint(Command):
    """An address and the events that it hears; `ALL` is what happens in every region."""

    region: RegionCode
    url: Annotated[str, Field(min_length=1, max_length=500, pattern=VISIBLE_ASCII)]
    event_types: Annotated[tuple[EventType, ...], Field(min_length=1, max_length=120)]


class EndpointsQuery(RegionQuery):
    """Whose endpoints: those of a region, or of the federation (`ALL`)."""
