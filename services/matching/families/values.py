"""How a family's case and needs are named, and what matching knows of a need."""

from typing import Annotated

from pydantic import Field

from shared.domain import CodeOf, KnownCodes, ValueObject
from shared.ids import pattern

FamilyId = Annotated[str, Field(pattern=pattern("fam"))]
CaseId = Annotated[str, Field(pattern=pattern("cas"))]
NeedId = Annotated[str, Field(pattern=r"^[a-z]{2,5}_[0-9A-Za-z]{1,40}$")]

DROPPED = "dropped"
ANIMAL_CARE = "animal_care"
SETTLED = frozenset({"met", DROPPED})


class HomeCondition(KnownCodes, of="home_condition"):
    """The condition of a home that follows from the help that is needed."""

    ANIMALS_AT_HOME = "animals_at_home"


class Profile(ValueObject):
    """What guardians are judged by for a family beside its needs and its district, in codes."""

    urgent: bool = False
    language: str = "ru"
    preferred_time: Annotated[str, CodeOf("contact_time")] | None = None
    traits: tuple[Annotated[str, CodeOf("guardian_preference")], ...] = ()
    home_conditions: tuple[Annotated[str, CodeOf("home_condition")], ...] = ()


class FamilyNeed(ValueObject):
    """One need: its kind of help, and whether it still waits."""

    need_id: str
    category: str
    status: str

    @property
    def open(self) -> bool:
        """Whether the need has been neither met nor dropped."""
        return self.status not in SETTLED
