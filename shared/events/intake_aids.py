"""Events of intake about what was recorded of an aid, and was wrong."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from shared.events.base import Event


class CountedAid(BaseModel, defer_build=True):
    """What of an aid is counted."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    category: str
    persons: int
    legal_basis: str | None = None
    funding_project: str | None = None


class AidCorrected(Event):
    """An aid that was recorded at that moment was another one, or none (`corrected` is absent).

    `to_review`: it was the only answer to a family that had asked again.
    """

    case_id: str
    family_id: str
    aid_id: str
    recorded_at: datetime
    former: CountedAid
    corrected: CountedAid | None = None
    to_review: bool = False
