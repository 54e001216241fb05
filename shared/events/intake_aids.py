"""Events of intake about aid that was recorded wrongly, and organisations that help no more."""

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


class ProviderRetired(Event):
    """An organisation helps no more: no family is sent to it."""

    provider_id: str


class ReferralLost(Event):
    """An organisation helps no more, and a family was sent to it a short while ago."""

    case_id: str
    family_id: str
    district_id: str
    provider_id: str
