"""What comes in about footer links."""

from pydantic import Field

from shared.api.models import Command, Line
from shared.domain import Code


class SetLines(Command):
    """The whole set for a region, or for all: code of the link → what people read."""

    values: dict[Code, Line] = Field(max_length=40)
