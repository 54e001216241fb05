"""Fields of several aggregates that show a code of a list."""

from typing import Annotated

from shared.domain import CodeOf

PartnerCategory = Annotated[str, CodeOf("partner_category")]
StepCode = Annotated[str, CodeOf("cards_step")]
