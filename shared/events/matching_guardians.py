"""Events of what guardians have proved and of what they can do; matching publishes them."""

from datetime import date
from typing import ClassVar

from pydantic import BaseModel

from shared.events.base import CodeAsked, Event


class _OfGuardian(BaseModel, defer_build=True):
    """What every fact about a guardian organisation says; no event itself."""

    service: ClassVar[str] = "matching"
    subject_field: ClassVar[str] = "guardian_id"

    guardian_id: str


class SignInRequested(CodeAsked, Event):
    """A code was asked for, to a contact of a guardian that is known or not."""

    service: ClassVar[str] = "matching"


class RequirementExpiring(_OfGuardian, Event):
    """What a guardian has proved runs out in `days_left` days at most, or has `expired`.

    Once it has, no new family is proposed until it is proved anew.
    """

    code: str
    valid_until: date
    expired: bool = False
    days_left: int = 30


class RequirementRenewed(_OfGuardian, Event):
    """A requirement of an approved guardian is proved for longer."""

    code: str
    valid_until: date


class PossibilitiesChanged(_OfGuardian, Event):
    """A guardian can do something else, elsewhere, or for more or fewer families from now on."""

    categories: tuple[str, ...]
    free_capacity: int


class WaitingFamiliesSuited(_OfGuardian, Event):
    """A guardian that became ready or can do more suits so many families that wait.

    Some of them were not known to; `case_ids` are the ten of all that wait longest.
    """

    subject_field: ClassVar[str] = "opening_id"

    opening_id: str
    families: int
    case_ids: tuple[str, ...]
