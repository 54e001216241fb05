"""What comes in about feedback forms."""

from typing import Annotated

from pydantic import Field

from services.notifications.feedback.values import NeedsMet
from shared import ids
from shared.api.models import Command, Text
from shared.identity import signed_links

FormId = Annotated[str, Field(pattern=ids.pattern("fbk"))]
LinkText = Annotated[
    str, Field(min_length=16, max_length=signed_links.LONGEST, pattern=r"^[A-Za-z0-9_.-]+$")
]


class AnswerForm(Command):
    """What a family says about the help; only the comment is in its own words."""

    score: int = Field(ge=1, le=5)
    needs_met: NeedsMet
    wants_call: bool = False
    comment: Text | None = None
