"""What comes in about a headquarters."""

from pydantic import Field

from services.matching.headquarters.values import UserId
from shared.api.models import Command


class StaffHeadquarters(Command):
    """The coordinators, by user id; the whole list."""

    coordinators: list[UserId] = Field(max_length=100)
