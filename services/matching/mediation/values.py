"""What a mediation is made of: its states with their steps, concerns and results."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from shared.domain import CodeEnum, CodeOf, KnownCodes, ValueObject
from shared.ids import pattern

MediationId = Annotated[str, Field(pattern=pattern("mdn"))]


class MediationStatus(CodeEnum, of="mediation_status"):
    """Whether the headquarters is asked to mediate."""

    OPEN = "open"
    ENDED = "ended"


class Concern(KnownCodes, of="mediation_concern"):
    """The concerns that no side raises itself."""

    LOW_SCORE = "low_score"
    CALL_PROBLEM = "call_problem"


class Result(KnownCodes, of="mediation_result"):
    """The results that no person finds: the care is over, a concern was written down wrongly."""

    NOT_CONFIRMED = "not_confirmed"
    CARE_ENDS = "care_ends"


STEPS: Mapping[MediationStatus, Mapping[str, Any]] = {
    MediationStatus.OPEN: {
        "raise_concern": None,
        "end_mediation": MediationStatus.ENDED,
    },
    MediationStatus.ENDED: {"raise_concern": MediationStatus.OPEN},
}


class RaisedConcern(ValueObject):
    """One concern: what, whose, when, in which `call` it was named, and the sealed words on it."""

    concern: Annotated[str, CodeOf("mediation_concern")]
    by: str
    at: datetime
    call: str | None = None
    record: str | None = None


class MediationResult(ValueObject):
    """How a mediation ended."""

    result: Annotated[str, CodeOf("mediation_result")]
    by: str
    at: datetime
    record: str | None = None


def mediation_id(match_id: str) -> str:
    """Return the id of the one mediation of a match."""
    return match_id.replace("mat_", "mdn_", 1)


def mediated_match(mediation_id: str) -> str:
    """Return the id of the match that a mediation is about."""
    return mediation_id.replace("mdn_", "mat_", 1)


def words_record(match_id: str, what: str, number: int) -> str:
    """Return the name of the sealed record with the words about a concern or a result."""
    return f"mediation#{match_id}#{what}#{number}"
