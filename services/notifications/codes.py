"""Fields of several aggregates that show a code of a list."""

from typing import Annotated

from shared.domain import CodeOf

StepCode = Annotated[str, CodeOf("notifications_step")]
