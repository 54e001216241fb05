"""What comes in about footer links."""

from pydantic import Field

from shared.api.models import Command
from shared.domain import Code
from shared.privacy.contact import Line


class SetLines(Command):
    """The whole set for a region, or for all: code of the link → what people read."""

    values: dict[Code, Line] = Field(max_length=40)
