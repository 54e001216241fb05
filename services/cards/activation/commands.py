"""What a holder, or a leader who helps, sends to put a card into use."""

from typing import Annotated

from pydantic import Field

from shared.api.models import Command
from shared.domain import DistrictCode
from shared.privacy.contact import Contact
from shared.reference.code_lists import Listed


class ActivateCard(Command):
    """The holder puts the card into use; a leader who helps, and no other, gives `evidence`."""

    number: str = Field(min_length=16, max_length=64)
    activation_code: str = Field(min_length=4, max_length=16)
    district_id: DistrictCode
    contact: Contact
    consent_processing: bool
    consent_community: bool
    evidence: Annotated[str, Listed("card_evidence")] | None = None
