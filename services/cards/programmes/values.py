"""The status of a programme, and how its parties are named."""

from typing import Annotated

from pydantic import Field

from shared.domain import CodeEnum

OrganisationId = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]


GRACE_DAYS = 30


class ProgrammeStatus(CodeEnum, of="card_programme_status"):
    """Whether cards may be issued."""

    RUNNING = "running"
    CLOSED = "closed"
