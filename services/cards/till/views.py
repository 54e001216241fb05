"""What a till gets as an answer."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field

from services.cards.kopecks import size_in_words
from services.cards.till.domain import Reason
from services.cards.till.records import Check, Purchase, Rollback
from services.cards.till_read_model import KeyTill, OfferSpan
from shared.domain import CodeOf
from shared.storage.command_context import Repeatable

PurchaseStatus = Literal["recorded", "partly_rolled_back", "rolled_back"]
Percent = Annotated[int, Field(description="off the whole purchase; 0 where it is a fixed sum")]
Kopecks = Annotated[int, Field(description="off the whole purchase; 0 where it is a percentage")]
Minimum = Annotated[int, Field(description="a smaller purchase gets no discount")]
Message = Annotated[str, Field(description="what the cashier reads, in Russian")]

_TEXTS = tomllib.loads(Path(__file__).with_name("messages.toml").read_text("utf-8"))
# The one sentence a cashier reads, by reason, and about the outlet, with the discount's size.
_CASHIER, _OUTLET, _SIZES = _TEXTS["cashier"], _TEXTS["outlet"], _TEXTS["size"]


class CardCheckView(Repeatable):
    """Whether the discount applies: never who holds the card, never why it does not."""

    valid: bool
    discount_percent: Percent
    discount_kopecks: Kopecks
    minimum_purchase_kopecks: Minimum
    offer_id: str | None
    reason: Annotated[Reason, CodeOf("card_check_reason")]
    message: Message
    check_id: str = Field(description="names the check when a purchase is recorded or returned")

    @classmethod
    def of_check(cls, check: Check) -> Self:
        """Return the answer that a check gave."""
        valid = check.reason == "ok"
        return cls(
            valid=valid,
            discount_percent=check.percent if valid else 0,
            discount_kopecks=check.kopecks if valid else 0,
            minimum_purchase_kopecks=check.minimum if valid else 0,
            offer_id=check.offer_id if valid else None,
            reason=check.reason,
            message=_sentence(_CASHIER, check.reason, check),
            check_id=check.check_id,
        )


class PurchaseView(Repeatable):
    """A purchase as it was recorded, or what was returned of it by this request."""

    check_id: str
    status: Annotated[PurchaseStatus, CodeOf("purchase_status")]
    amount_kopecks: int = Field(
        description="before the discount: what was bought, or what this request has returned of it"
    )
    saved_kopecks: int = Field(description="what the family has saved on `amount_kopecks`")
    left_kopecks: int = Field(description="what can still be returned")
    receipt_id: str = Field(description="of the purchase, as the till has named it")

    @classmethod
    def of_purchase(cls, purchase: Purchase) -> Self:
        """Return a purchase, or its return."""
        status: PurchaseStatus = "recorded"
        left = purchase.amount
        if isinstance(purchase, Rollback):
            left = purchase.left
            status = "partly_rolled_back" if left else "rolled_back"
        return cls(
            check_id=purchase.check_id,
            status=status,
            amount_kopecks=purchase.amount,
            saved_kopecks=purchase.saved,
            left_kopecks=left,
            receipt_id=purchase.receipt_id,
        )


class OutletView(BaseModel):
    """The outlet of a store key, and what its cashiers may give now."""

    outlet_id: str
    title: str | None
    sandbox: bool = Field(description="whether the key sees test cards alone")
    discount_percent: Percent
    discount_kopecks: Kopecks
    minimum_purchase_kopecks: Minimum
    offer_id: str | None
    message: Message

    @classmethod
    def of_outlet(cls, key: KeyTill, offer: OfferSpan | None, *, paused: bool) -> Self:
        """Return the outlet of a key with the discount in force, if there is one."""
        state = "paused" if paused else "discount" if offer else "no_discount"
        return cls(
            outlet_id=key.outlet_id,
            title=key.outlet_title or None,
            sandbox=key.sandbox,
            discount_percent=offer.percent if offer else 0,
            discount_kopecks=offer.kopecks if offer else 0,
            minimum_purchase_kopecks=offer.minimum if offer else 0,
            offer_id=offer.offer_id if offer else None,
            message=_sentence(_OUTLET, "sandbox" if key.sandbox else state, offer),
        )


def _sentence(sentences: Mapping[str, str], name: str, discount: OfferSpan | Check | None) -> str:
    """Return what a cashier reads; the size of the discount is in it where the sentence asks."""
    if discount is None:
        return sentences[name]
    size = size_in_words(_SIZES, discount.percent, discount.kopecks, discount.minimum)
    return sentences[name].format(size=size)
