"""The status of a version of an offer, its id, and how large a discount is."""

from typing import Annotated, Self

from pydantic import Field

from shared.domain import CodeEnum, ValueObject
from shared.errors import Invalid
from shared.ids import pattern

OfferId = Annotated[str, Field(pattern=pattern("ofr"))]
MAX_KOPECKS = 10**9


class OfferStatus(CodeEnum, of="offer_status"):
    """Where a version of an offer is; a published one is never edited."""

    PROPOSED = "proposed"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Discount(ValueObject):
    """A fixed discount: whole percents of the price, or kopecks off each purchase.

    Kopecks may ask for a purchase of at least `minimum` kopecks; 0 asks for none.
    """

    percent: int = Field(default=0, ge=0, le=100)
    kopecks: int = Field(default=0, ge=0, le=MAX_KOPECKS)
    minimum: int = Field(default=0, ge=0, le=MAX_KOPECKS)

    @classmethod
    def of(cls, percent: int | None, kopecks: int | None, minimum: int | None) -> Self:
        """Return the one discount that is given; refuse both kinds, neither, and more than all."""
        if percent is None and kopecks is None:
            raise Invalid("discount_missing", "/discount_percent")
        if percent is not None and kopecks is not None:
            raise Invalid("one_discount_only", "/discount_kopecks")
        if minimum is not None and minimum < (kopecks or MAX_KOPECKS + 1):
            raise Invalid("minimum_not_fitting", "/minimum_purchase_kopecks")
        return cls(percent=percent or 0, kopecks=kopecks or 0, minimum=minimum or 0)
