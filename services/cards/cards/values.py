"""What a card is made of: its status, the ground for it, its activation code."""

import hmac
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field

from shared.domain import CodeEnum, KnownCodes, ValueObject
from shared.errors import IllegalStep, Invalid
from shared.reference import calendar

CODE_DAYS = 30
REMINDER_DAYS = 14
WARNING_DAYS = 7  # between the report that a placement ended and the end of the card

CardId = Annotated[str, Field(pattern=r"^crd_[0-9A-HJKMNP-TV-Z]{26}$")]
Via = Literal["bot", "web", "leader"]


class CardStatus(CodeEnum, of="card_status"):
    """Where a card is between its issue and its end."""

    ISSUED = "issued"
    ACTIVE = "active"
    BLOCKED = "blocked"
    REPLACED = "replaced"
    REVOKED = "revoked"


ENDED = (CardStatus.REPLACED, CardStatus.REVOKED)


class BlockReason(KnownCodes, of="card_block_reason"):
    """Why tills refuse a card for now, where no person says it or more follows from it."""

    LOST = "lost"
    STOLEN = "stolen"
    OTHER = "other"


class ReplaceReason(KnownCodes, of="card_replace_reason"):
    """Why a holder gets a new card, where no record says it or more follows from it."""

    STOLEN = "stolen"
    OTHER = "other"


class RevokeReason(KnownCodes, of="card_revoke_reason"):
    """Why the holder is no longer entitled, where no person says it."""

    PLACEMENT_ENDED = "placement_ended"
    OTHER = "other"


class PlacementOrder(ValueObject):
    """The office's order by which a candidate becomes a foster parent."""

    order_ref: str
    ordered_on: date


class Entitlement(ValueObject):
    """The ground for a card: a current placement or an order. Its form is never asked."""

    placement_current: bool = False
    order: PlacementOrder | None = None

    def require(self, today: date) -> None:
        """Refuse a candidate who has neither."""
        if self.order is not None and self.order.ordered_on > today:
            raise Invalid("date_in_future", "/order/ordered_on")
        if not self.placement_current and self.order is None:
            raise IllegalStep("placement_missing", next_steps=("register_order",))


class ActivationCode(ValueObject):
    """The secret that turns an issued card into a valid one; kept as a keyed hash."""

    hash: str
    last_day: date
    expires_at: datetime
    remind_at: datetime
    place: int = 1  # among the codes that the card has had

    @classmethod
    def made(cls, code_hash: str, at: datetime, zone: ZoneInfo) -> Self:
        """Return a fresh code, good to the end of the 30th day, with a reminder after 14."""
        local = calendar.local(zone, at)
        last_day = local.date() + timedelta(days=CODE_DAYS)
        return cls(
            hash=code_hash,
            last_day=last_day,
            expires_at=calendar.end_of_day(zone, last_day),
            remind_at=(local + timedelta(days=REMINDER_DAYS)).astimezone(UTC),
        )

    def after(self, earlier: Self) -> Self:
        """Return this code as the one that replaces an earlier one."""
        return self._with(place=earlier.place + 1)

    def fits(self, code_hash: str) -> bool:
        """Return whether this is the code."""
        return hmac.compare_digest(self.hash, code_hash)


class Activation(ValueObject):
    """How a card was activated, and the consents of its holder."""

    person: str
    at: datetime
    via: Via
    district_id: str
    consent_processing: bool
    consent_community: bool

    def without_community(self) -> Self:
        """Take back the consent to letters of the community."""
        return self._with(consent_community=False)
