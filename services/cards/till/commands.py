"""What a till sends and what it is told; the OpenAPI and the client are made from these models."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError

from services.cards.till.domain import Reason
from shared import ids
from shared.api.json_guard import has_forbidden
from shared.storage.command_context import Repeatable

MAX_KOPECKS = 10**10


def _id_of_a_check(text: str) -> str:
    if not re.fullmatch(ids.pattern("chk"), text):
        raise ValueError("no check has that id")
    return text


def _one_visible_line(text: str) -> str:
    if has_forbidden(text) or "\t" in text or len(text.splitlines()) > 1:
        raise PydanticCustomError("forbidden_characters", "no visible line")
    return text


class CheckPath(BaseModel):
    """A check, by the id that its answer gave."""

    check_id: Annotated[str, AfterValidator(_id_of_a_check)]


class CardCheckRequest(BaseModel):
    """A card held out at the till: what the scanner read, or the number a cashier typed."""

    code: str | None = Field(
        None, min_length=1, max_length=200, description="text of the scanned QR or barcode"
    )
    number: str | None = Field(
        None,
        min_length=1,
        max_length=64,
        description="16 digits; spaces, dashes and О for 0 do no harm",
    )


class CardCheckView(Repeatable):
    """Whether the discount applies: never who holds the card, never why it does not."""

    valid: bool
    discount_percent: int
    offer_id: str | None
    reason: Reason
    message: str
    check_id: str


class PurchaseRequest(BaseModel):
    """What was bought under a check."""

    amount_kopecks: int = Field(
        ge=1, le=MAX_KOPECKS, description="price before the discount, in whole kopecks"
    )
    receipt_id: Annotated[str, AfterValidator(_one_visible_line)] = Field(
        min_length=1, max_length=64, description="number of the receipt"
    )


class PurchaseView(Repeatable):
    """A purchase as it was recorded, or as it was rolled back."""

    check_id: str
    status: Literal["recorded", "rolled_back"]
    amount_kopecks: int
    saved_kopecks: int
    receipt_id: str


class RollbackRequest(BaseModel):
    """A purchase is returned as a whole, so there is nothing to say."""
