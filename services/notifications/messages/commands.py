"""What comes in about messages."""

from pydantic import Field

from shared.api.models import RegionQuery


class MessagesQuery(RegionQuery):
    """Messages about one reference; without one, those that reached no person."""

    reference: str | None = Field(default=None, pattern=r"^[a-z]{2,5}_[0-9A-Z]{10,32}$")
