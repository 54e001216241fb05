"""The link with which a family signs: its purpose, its lifetime, and what it is about."""

from typing import Annotated

from pydantic import Field

from services.matching.matches.values import CareAgreement
from shared.ids import pattern

AgreementId = Annotated[str, Field(pattern=pattern("agr"))]
SIGNING = "sign_care_agreement"
LINK_HOURS = 72
# How a side may say much, but does not sign.
SPOKEN = "phone_call"


def link_subject(match_id: str, agreement: CareAgreement) -> str:
    """Return what a link names: the match and the very draft to sign."""
    return f"{match_id}:{agreement.agreement_id}"
