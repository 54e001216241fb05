"""What is said of a guardian for a family: the rules by name, the judgement, and the whole list."""

from typing import Annotated, Self

from pydantic import Field

from services.matching.bonds.values import LastRefusal
from services.matching.reach.domain import Nearness
from shared.domain import AidCategory, CodeEnum, CodeOf, ValueObject


class Rule(CodeEnum, of="candidate_rule"):
    """Why a guardian cannot be proposed to a family, in the order of checking."""

    OTHER_PROGRAMME = "other_programme"
    OTHER_REGION = "other_region"
    TAKES_NO_PART = "takes_no_part"
    PAUSED = "paused"
    NOT_READY = "not_ready"
    REQUIREMENT_EXPIRED = "requirement_expired"
    EXCLUDED_BY_CONFLICT = "excluded_by_conflict"
    REFUSED_LATELY = "refused_lately"
    NO_FREE_CAPACITY = "no_free_capacity"
    NO_NEEDED_CATEGORY = "no_needed_category"
    TOO_FAR = "too_far"
    HOME_CONDITIONS = "home_conditions"
    NO_COMMON_TIME = "no_common_time"
    NO_ROOM_FOR_CATEGORY = "no_room_for_category"


# Beside the judgement: the organisation's name, and the pair's last refusal where there is one.
Title = Annotated[str | None, Field(exclude_if=lambda title: title is None)]
Shown = Annotated[LastRefusal | None, Field(exclude_if=lambda refusal: refusal is None)]


class ScorePart(CodeEnum, of="candidate_score_part"):
    """What the place of a candidate is made of, the weightiest first."""

    COVERAGE = "coverage"
    WAITING = "waiting"
    NEARNESS = "nearness"
    LOAD = "load"
    FEEDBACK = "feedback"
    LANGUAGE = "language"
    PREFERENCES = "preferences"


class Points(ValueObject):
    """Why a candidate has its place; a part never outweighs one that is named before.

    `waiting` is the family's own and the same for all of its candidates.
    """

    coverage: int
    waiting: int
    nearness: int
    load: int
    feedback: int
    language: int
    preferences: int
    total: int

    @classmethod
    def of(cls, **parts: int) -> Self:
        """Return the points with their sum, by which the list is ordered."""
        return cls(**parts, total=sum(parts.values()))


class Candidate(ValueObject):
    """A guardian that may be proposed, with the reasons for its rank."""

    guardian_id: str
    coverage: float
    covered: tuple[AidCategory, ...]
    uncovered: tuple[AidCategory, ...]
    same_district: bool
    nearness: Nearness
    free_capacity: int
    load: int
    points: Points
    urgent: bool = False
    waited_hours: int = 0
    feedback: float | None = None
    speaks_language: bool = True
    liked: tuple[Annotated[str, CodeOf("guardian_preference")], ...] = ()
    km: int | None = None
    title: Title = None
    last_refusal: Shown = None


class Unsuitable(ValueObject):
    """A guardian that may not be proposed, with the first rule it fails.

    One that is too far says how far, one that cannot work in the home says what it cannot.
    """

    guardian_id: str
    rule: Rule
    km: Annotated[int | None, Field(exclude_if=lambda km: km is None)] = None
    hindrances: Annotated[
        tuple[Annotated[str, CodeOf("home_condition")], ...],
        Field(exclude_if=lambda found: not found),
    ] = ()
    title: Title = None
    last_refusal: Shown = None


class Ranking(ValueObject):
    """The judgement on every guardian that was looked at for one family."""

    case_id: str
    rule_version: str
    candidates: tuple[Candidate, ...]
    unsuitable: tuple[Unsuitable, ...]
