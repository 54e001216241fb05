"""What a till sends; the OpenAPI and the client are made from these models.

They are plain pydantic: the bases of `shared.api.models` would add imports to each cold start.
"""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, StringConstraints
from pydantic_core import PydanticCustomError

from services.cards.till.domain import MAX_SCANNED
from shared import ids
from shared.api.json_guard import has_forbidden

MAX_KOPECKS = 10**10


def _id_of_a_check(text: str) -> str:
    if not re.fullmatch(ids.pattern("chk"), text):
        raise ValueError("no check has that id")
    return text


def _one_visible_line(text: str) -> str:
    if has_forbidden(text) or "\t" in text or len(text.splitlines()) > 1:
        raise PydanticCustomError("forbidden_characters", "no visible line")
    return text


ScannedText = Annotated[str, StringConstraints(min_length=1, max_length=MAX_SCANNED)]
CheckId = Annotated[str, AfterValidator(_id_of_a_check)]


class CardCheckRequest(BaseModel):
    """A card held out at the till: what the scanner read, or the number a cashier typed."""

    code: ScannedText | None = Field(None, description="what the scanner sent, as it is")
    # A scanner types it into the field for the number, too.
    number: ScannedText | None = Field(
        None, description="16 digits; spaces, dashes and О for 0 do no harm"
    )


class PurchaseRequest(BaseModel):
    """What was bought under a check."""

    amount_kopecks: int = Field(
        ge=1, le=MAX_KOPECKS, description="price before the discount, in whole kopecks"
    )
    receipt_id: Annotated[
        str,
        # A scanner ends what it read with a line end or a tab.
        StringConstraints(strip_whitespace=True, min_length=1, max_length=64),
        AfterValidator(_one_visible_line),
    ] = Field(description="number of the receipt")


class RollbackRequest(BaseModel):
    """What is returned of a purchase: all that is left of it, or so much."""

    amount_kopecks: int | None = Field(
        None,
        ge=1,
        le=MAX_KOPECKS,
        description="price before the discount of what is returned, in whole kopecks",
    )
