"""Events of what guardians have proved and of what they can do; matching publishes them."""

from datetime import date
from typing import ClassVar

from shared.events.base import CodeAsked, Event
from shared.events.matching import OfGuardian


class SignInRequested(CodeAsked, Event):
    """A code was asked for, to a contact that is known or not.

    It is `of` a guardian's people, or of a volunteer that changes its contact.
    """

    of: str = "guardian"


class GuardianContactChanged(OfGuardian, Event):
    """Another contact proves a guardian's people now; the former one gets a message."""

    contact_change_id: str


class GuardianRenamed(OfGuardian, Event):
    """An approved organisation is called otherwise now, as the registry says."""


class GuardianContactErased(OfGuardian, Event):
    """A guardian that takes no part any more is forgotten but for its history; so forget it too."""


class RequirementExpiring(OfGuardian, Event):
    """What a guardian has proved runs out in `days_left` days at most, or has `expired`.

    Once it has, no new family is proposed until it is proved anew.
    """

    code: str
    valid_until: date
    expired: bool = False
    days_left: int = 30


class CheckFailed(OfGuardian, Event):
    """An approved guardian has failed a check; no new family is proposed until it passes.

    Unless it is `assigned`, no region has it yet. The region that gets a guardian hears of checks
    that are `known` to have failed; the guardian has heard of them before.
    """

    code: str
    assigned: bool = True
    known: bool = False


class RequirementRenewed(OfGuardian, Event):
    """A requirement of an approved guardian is proved for longer."""

    code: str
    valid_until: date


class PossibilitiesChanged(OfGuardian, Event):
    """A guardian can do something else, elsewhere, or for more or fewer families from now on."""

    categories: tuple[str, ...]
    free_capacity: int


class WaitingFamiliesSuited(OfGuardian, Event):
    """A guardian that became ready or can do more suits so many families that wait.

    Some of them were not known to; `case_ids` are the ten of all that wait longest. With
    `more_waiting` not all that wait were looked at.
    """

    subject_field: ClassVar[str] = "opening_id"

    opening_id: str
    families: int
    case_ids: tuple[str, ...]
    more_waiting: bool = False


class SuitedFamiliesGone(OfGuardian, Event):
    """None of the families that a guardian suited waits any more."""

    subject_field: ClassVar[str] = "opening_id"

    opening_id: str
