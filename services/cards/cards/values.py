"""What a card is made of: its states, why it may be held, its activation code."""

import hmac
from datetime import UTC, date, datetime, timedelta
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict

from shared.domain import CodeEnum
from shared.errors import IllegalStep, Invalid
from shared.reference import calendar, regions

CODE_DAYS = 30
REMINDER_DAYS = 14
WRONG_CODES = 5

Via = Literal["bot", "web", "leader"]


class Status(CodeEnum, of="card_status"):
    """Where a card stands."""

    ISSUED = "issued"
    ACTIVE = "active"
    BLOCKED = "blocked"
    REPLACED = "replaced"
    REVOKED = "revoked"


ENDED = (Status.REPLACED, Status.REVOKED)


class BlockReason(CodeEnum, of="card_block_reason"):
    """Why tills refuse a card for now."""

    LOST = "lost"
    STOLEN = "stolen"
    MISUSED = "misused"
    OTHER = "other"


class ReplaceReason(CodeEnum, of="card_replace_reason"):
    """Why a new card stands in."""

    LOST = "lost"
    STOLEN = "stolen"
    DAMAGED = "damaged"
    OTHER = "other"


class RevokeReason(CodeEnum, of="card_revoke_reason"):
    """Why the holder is no longer entitled."""

    PLACEMENT_ENDED = "placement_ended"
    MOVED_AWAY = "moved_away"
    ISSUED_IN_ERROR = "issued_in_error"
    HOLDER_REFUSED = "holder_refused"
    OTHER = "other"


STEPS: dict[Status, tuple[str, ...]] = {
    Status.ISSUED: ("activate", "renew_code", "replace", "revoke"),
    Status.ACTIVE: ("block", "hand_over_code", "replace", "revoke"),
    Status.BLOCKED: ("unblock", "replace", "revoke"),
    Status.REPLACED: (),
    Status.REVOKED: (),
}


class PlacementOrder(BaseModel):
    """The office's order by which a candidate becomes a foster parent."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    order_ref: str
    ordered_on: date


class Entitlement(BaseModel):
    """Why somebody may hold a card: a current placement or an order. Its form is never asked."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    placement_current: bool = False
    order: PlacementOrder | None = None

    def require(self, today: date) -> None:
        """Refuse a candidate who has neither."""
        if self.order is not None and self.order.ordered_on > today:
            raise Invalid("date_in_future", "/order/ordered_on")
        if not self.placement_current and self.order is None:
            raise IllegalStep("placement_missing", next_steps=("register_order",))


class ActivationCode(BaseModel):
    """The secret that turns an issued card into a valid one; kept as a keyed hash."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    hash: str
    last_day: date
    expires_at: datetime
    remind_at: datetime
    wrong: int = 0
    reminded: bool = False

    @classmethod
    def made(cls, code_hash: str, at: datetime, region: str) -> Self:
        """A fresh code, good to the end of the 30th day, with a reminder after 14."""
        local = calendar.local(regions.zone(region), at)
        last_day = local.date() + timedelta(days=CODE_DAYS)
        return cls(
            hash=code_hash,
            last_day=last_day,
            expires_at=calendar.end_of_day(regions.zone(region), last_day),
            remind_at=(local + timedelta(days=REMINDER_DAYS)).astimezone(UTC),
        )

    def fits(self, code_hash: str) -> bool:
        """Whether this is the code."""
        return hmac.compare_digest(self.hash, code_hash)


class Activation(BaseModel):
    """How a card came into the registry, and what its holder agreed to."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    person: str
    at: datetime
    via: Via
    district_id: str
    consent_processing: bool
    consent_community: bool
