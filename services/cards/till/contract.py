"""What a till sends and what it is told; the OpenAPI and the client are made from these classes.

The limits of a field stand in its annotation and `forms.read` checks them. There is no pydantic
here: importing it alone costs more than the whole cold check may.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from services.cards.till.domain import Reason
from services.cards.till.forms import Text, Whole

CHECK_ID = r"chk_[0-9A-HJKMNP-TV-Z]{26}"
MOST_KOPECKS = 10**10


@dataclass(frozen=True, slots=True)
class CardCheckRequest:
    """A card held out at the till: what the scanner read, or the number a cashier typed."""

    code: Annotated[str | None, Text(1, 200, about="text of the scanned QR or barcode")] = None
    number: Annotated[
        str | None, Text(1, 64, about="16 digits; spaces, dashes and О for 0 do no harm")
    ] = None


@dataclass(frozen=True, slots=True)
class CardCheckView:
    """Whether the discount applies: never who holds the card, never why it does not."""

    valid: bool
    discount_percent: int
    offer_id: str | None
    reason: Reason
    message: str
    check_id: str


@dataclass(frozen=True, slots=True)
class PurchaseRequest:
    """What was bought under a check."""

    amount_kopecks: Annotated[
        int, Whole(1, MOST_KOPECKS, about="price before the discount, in whole kopecks")
    ]
    receipt_id: Annotated[str, Text(1, 64, visible=True, about="number of the receipt")]


@dataclass(frozen=True, slots=True)
class PurchaseView:
    """A purchase as it was recorded, or as it was rolled back."""

    check_id: str
    status: Literal["recorded", "rolled_back"]
    amount_kopecks: int
    saved_kopecks: int
    receipt_id: str


@dataclass(frozen=True, slots=True)
class RollbackRequest:
    """A purchase is returned as a whole, so there is nothing to say."""
