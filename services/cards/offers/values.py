"""The status of a version of an offer, and its id."""

from typing import Annotated

from pydantic import Field

from shared.domain import CodeEnum

OfferId = Annotated[str, Field(pattern=r"^ofr_[0-9A-HJKMNP-TV-Z]{26}$")]


class OfferStatus(CodeEnum, of="offer_status"):
    """Where a version of an offer is; a published one is never edited."""

    PROPOSED = "proposed"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
