"""What comes in about a headquarters."""

from pydantic import Field

from shared.api.models import Command
from shared.domain import UserId


class StaffHeadquarters(Command):
    """The coordinators, by user id; the whole list."""

    coordinators: list[UserId] = Field(max_length=100)
