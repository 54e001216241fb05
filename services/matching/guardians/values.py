"""What a guardian is made of: its codes, its states with their steps, and the values it keeps."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import Field

from shared.domain import CodeEnum, CodeOf, KnownCodes, LanguageCode, ValueObject
from shared.ids import pattern

GuardianId = Annotated[str, Field(pattern=pattern("gua"))]
# How a wording, an organisation or a need is called where it is kept.
Ref = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:/#-]{1,80}$")]


class Programme(CodeEnum, of="guardian_programme"):
    """Programmes whose families are cared for by guardian organisations."""

    SERVICE_MEMBER_CARE = "service_member_care"


class Invitee(CodeEnum, of="clarification_invitee"):
    """Who of the organisation is invited to a clarifying talk."""

    HEAD = "head"
    RESPONSIBLE_REPRESENTATIVE = "responsible_representative"


class GuardianStatus(CodeEnum, of="guardian_status"):
    """How far a guardian has come."""

    APPLIED = "applied"
    IN_VETTING = "in_vetting"
    CLARIFICATION = "clarification"
    APPROVED = "approved"
    ASSIGNED = "assigned"
    READY = "ready"
    CARING = "caring"
    PAUSED = "paused"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"


class RejectionReason(KnownCodes, of="guardian_rejection_reason"):
    """The reason for which an application is refused at once."""

    NO_TEAM = "no_team"


class PauseReason(KnownCodes, of="guardian_pause_reason"):
    """The reason for which a guardian's own report takes it out of the lists."""

    RESOURCES_EXHAUSTED = "guardian_resources_exhausted"


AT_WORK = (GuardianStatus.READY, GuardianStatus.CARING)
OUT = (GuardianStatus.WITHDRAWN, GuardianStatus.REJECTED)


def _kept_up(status: GuardianStatus) -> Mapping[str, Any]:
    """Return what is renewed, and moves on, while a guardian works or rests."""
    return {
        "rename": None,
        "record_check": None,
        "record_training": None,
        "sign_participation_agreement": None,
        "change_possibilities": None,
        "assign": (status, GuardianStatus.ASSIGNED),
        "withdraw": GuardianStatus.WITHDRAWN,
    }


def _at_work(status: GuardianStatus) -> Mapping[str, Any]:
    return {**_kept_up(status), "pause": GuardianStatus.PAUSED}


# Who has said meanwhile that it has no strength rests at once.
_OR_PREPARED = (GuardianStatus.ASSIGNED, *AT_WORK, GuardianStatus.PAUSED)

STEPS: Mapping[GuardianStatus, Mapping[str, Any]] = {
    GuardianStatus.APPLIED: {
        "take_into_vetting": GuardianStatus.IN_VETTING,
        "reject": GuardianStatus.REJECTED,
        "correct_application": None,
        "change_possibilities": None,
        "withdraw": GuardianStatus.WITHDRAWN,
    },
    GuardianStatus.IN_VETTING: {
        "change_possibilities": None,
        "record_check": None,
        "open_clarification": GuardianStatus.CLARIFICATION,
        "approve": GuardianStatus.APPROVED,
        "reject": GuardianStatus.REJECTED,
        "withdraw": GuardianStatus.WITHDRAWN,
    },
    GuardianStatus.CLARIFICATION: {
        "close_clarification": (GuardianStatus.IN_VETTING, GuardianStatus.ASSIGNED),
        "correct_application": None,
        "change_possibilities": None,
        "withdraw": GuardianStatus.WITHDRAWN,
    },
    GuardianStatus.APPROVED: {
        "assign": GuardianStatus.ASSIGNED,
        "rename": None,
        "record_check": None,
        "record_training": None,
        "change_possibilities": None,
        "withdraw": GuardianStatus.WITHDRAWN,
    },
    GuardianStatus.ASSIGNED: {
        "record_training": _OR_PREPARED,
        "hold_interview": (*_OR_PREPARED, GuardianStatus.REJECTED),
        "hold_briefing": _OR_PREPARED,
        "rename": None,
        "record_check": None,
        "sign_participation_agreement": None,
        "change_possibilities": None,
        "open_clarification": GuardianStatus.CLARIFICATION,
        "assign": None,
        "withdraw": GuardianStatus.WITHDRAWN,
    },
    GuardianStatus.READY: _at_work(GuardianStatus.READY),
    GuardianStatus.CARING: _at_work(GuardianStatus.CARING),
    GuardianStatus.PAUSED: {**_kept_up(GuardianStatus.PAUSED), "resume": AT_WORK},
    GuardianStatus.WITHDRAWN: {},
    GuardianStatus.REJECTED: {},
}


# Of fewer answers no mean is shown to anybody.
FEW_ANSWERS = 3


class Capability(ValueObject):
    """One kind of help a guardian gives; without districts of its own it is given in all."""

    category: Annotated[str, CodeOf("guardian_categories")]
    district_ids: tuple[str, ...] = ()
    max_families: int | None = None

    def given_in(self, district: str | None, guardian_districts: tuple[str, ...]) -> bool:
        """Return whether it is given there; no districts at all mean the whole region."""
        area = self.district_ids or guardian_districts
        return not area or district in area

    def everywhere(self) -> Self:
        """Return the same kind of help without districts of its own."""
        return self._with(district_ids=())


class DayPart(CodeEnum, of="day_part"):
    """The parts of a day."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


class GuardianPreference(KnownCodes, of="guardian_preference"):
    """The preference that depends on where the family lives, and not on what it is."""

    CLOSE_BY = "close_by"


CLOSE_BY = GuardianPreference.CLOSE_BY.value


class Slot(ValueObject):
    """A part of a day of the week on which the guardian's people have time."""

    day: Annotated[str, CodeOf("weekday")]
    part: Annotated[str, CodeOf("day_part")]


class Terms(ValueObject):
    """How far and when a guardian helps, which families it likes to have, and which it cannot.

    Without a radius it comes to neighbouring districts and as far as an hour's drive.
    """

    radius_km: int | None = None
    languages: tuple[LanguageCode, ...] = ("ru",)
    schedule: tuple[Slot, ...] = ()
    preferences: tuple[Annotated[str, CodeOf("guardian_preference")], ...] = ()
    exclusions: tuple[Annotated[str, CodeOf("guardian_exclusion")], ...] = ()


class Feedback(ValueObject):
    """What families said of a guardian: how many answered, and all their points, one to five."""

    answers: int = 0
    points: int = 0

    @property
    def mean(self) -> float | None:
        """The mean to a tenth; of fewer than three answers it would tell who gave which."""
        return None if self.answers < FEW_ANSWERS else round(self.points / self.answers, 1)

    def plus(self, score: int) -> Self:
        """Return it with one more answer."""
        return self._with(answers=self.answers + 1, points=self.points + score)


class Reservation(ValueObject):
    """A place of the guardian that a match has taken."""

    match_id: str
    categories: tuple[str, ...]
    active: bool = False

    def promise(self, kinds: tuple[str, ...]) -> Self:
        """Promise these kinds of help."""
        return self._with(categories=kinds)

    def activate(self) -> Self:
        """Turn the reservation into care."""
        return self._with(active=True)


def working_status(places: tuple[Reservation, ...]) -> GuardianStatus:
    """Return the status of a guardian at work: it cares while one of its places is in use."""
    caring = any(place.active for place in places)
    return GuardianStatus.CARING if caring else GuardianStatus.READY


class Clarification(ValueObject):
    """A clarifying talk with the organisation; its words are sealed in the vault."""

    invited_role: Invitee
    opened_at: datetime
    held_on: date | None = None
    result: str | None = None

    def close(self, held_on: date, result: str) -> Self:
        """Record when the talk was held and its result."""
        return self._with(held_on=held_on, result=result)


class Assignment(ValueObject):
    """A region that the guardian was given to, kept when it moves on."""

    region: str
    at: datetime
    by: str
