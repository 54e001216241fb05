"""A foster-parent card from issue to its end; only an `active` card is valid at a till."""

from datetime import date, datetime
from typing import Self

from pydantic import BaseModel, ConfigDict

from services.cards.cards.values import (
    STEPS,
    WRONG_CODES,
    Activation,
    ActivationCode,
    BlockReason,
    Entitlement,
    ReplaceReason,
    RevokeReason,
    Status,
)
from shared.errors import IllegalStep, Invalid


class Card(BaseModel):
    """One plastic or electronic card of one holder; a card that ended never comes back."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    id: str
    handle: str
    last4: str
    holder_ref: str
    region: str
    district_id: str
    entitlement: Entitlement
    issued_at: datetime
    code: ActivationCode
    status: Status = Status.ISSUED
    activation: Activation | None = None
    generation: int = 1
    reason: str | None = None
    ended_at: datetime | None = None
    replaces: str | None = None
    replaced_by: str | None = None
    placement_ended_on: date | None = None
    version: int = 0

    @property
    def on_order(self) -> bool:
        """Whether a placement order is the reason for the card."""
        return self.entitlement.order is not None

    @property
    def is_new_order(self) -> bool:
        """Whether this card is the first of a new foster parent; a replacement is not."""
        return self.on_order and self.replaces is None

    @property
    def consent_community(self) -> bool:
        """Whether the community may write to the holder."""
        return self.activation is not None and self.activation.consent_community

    @property
    def holder(self) -> str:
        """Whose own card this is: the person who activated it, before that the office's ref."""
        return self.activation.person if self.activation else self.holder_ref

    @property
    def next_deadline(self) -> datetime | None:
        """When the holder is reminded to activate the card."""
        waits = self.status is Status.ISSUED and not self.code.reminded
        return self.code.remind_at if waits else None

    # activation -----------------------------------------------------------------------------

    def already_activated_by(self, person: str, code_hash: str) -> bool:
        """Whether this very person activated it with this code: then nothing is left to do."""
        return (
            self.activation is not None
            and self.status is Status.ACTIVE
            and self.activation.person == person
            and self.code.fits(code_hash)
        )

    def require_enterable(self, at: datetime) -> None:
        """Refuse a code where none is awaited, or none can be right any more."""
        if self.status is not Status.ISSUED:
            raise IllegalStep("card_not_awaiting_activation")
        if self.code.wrong >= WRONG_CODES:
            raise IllegalStep("code_locked", next_steps=("renew_code",))
        if at >= self.code.expires_at:
            raise IllegalStep("code_expired", next_steps=("renew_code",))

    def count_wrong_code(self) -> Self:
        """One of the five tries is gone."""
        return self._code(wrong=self.code.wrong + 1)

    def activate(self, activation: Activation) -> Self:
        """Tills accept the card from now on."""
        self.require_enterable(activation.at)
        if not activation.consent_processing:
            raise IllegalStep("processing_consent_missing", next_steps=("activate",))
        return self.model_copy(
            update={
                "status": Status.ACTIVE,
                "activation": activation,
                "district_id": activation.district_id,
            }
        )

    def renew_code(self, code: ActivationCode) -> Self:
        """A new code for a card whose code was lost, locked or too old."""
        self._require("renew_code")
        return self.model_copy(update={"code": code})

    def remind(self) -> Self:
        """The reminder went out; it goes out once per code."""
        return self._code(reminded=True)

    def hand_over_code(self) -> Self:
        """Another phone or print takes over: codes of older generations are void."""
        self._require("hand_over_code")
        return self.model_copy(update={"generation": self.generation + 1})

    # life after activation ------------------------------------------------------------------

    def block(self, reason: BlockReason) -> Self:
        """Tills refuse the card until it is found."""
        self._require("block")
        return self.model_copy(update={"status": Status.BLOCKED, "reason": reason.value})

    def unblock(self) -> Self:
        """The card was found."""
        self._require("unblock")
        return self.model_copy(update={"status": Status.ACTIVE, "reason": None})

    def replace(self, by: str, reason: ReplaceReason, at: datetime) -> Self:
        """A newer card stands in; this number is dead for good."""
        self._require("replace")
        return self._ended(Status.REPLACED, reason.value, at, replaced_by=by)

    def revoke(self, reason: RevokeReason, at: datetime) -> Self:
        """The leader confirms that the holder is no longer entitled."""
        self._require("revoke")
        return self._ended(Status.REVOKED, reason.value, at)

    def report_placement_end(self, ended_on: date, today: date) -> Self:
        """The office says that the placement ended; a leader has yet to confirm."""
        self._require("revoke")
        if ended_on > today:
            raise Invalid("date_in_future", "/ended_on")
        return self.model_copy(update={"placement_ended_on": ended_on})

    def withdraw_community_consent(self) -> Self:
        """The community no longer writes to the holder; the card stays valid."""
        if self.activation is None:
            raise IllegalStep("card_not_activated", STEPS[self.status])
        kept = self.activation.model_copy(update={"consent_community": False})
        return self.model_copy(update={"activation": kept})

    def _require(self, step: str) -> None:
        if step not in STEPS[self.status]:
            raise IllegalStep(f"card_{self.status}", STEPS[self.status])

    def _ended(self, status: Status, reason: str, at: datetime, **more: str) -> Self:
        return self.model_copy(update={"status": status, "reason": reason, "ended_at": at, **more})

    def _code(self, **changes: int | bool) -> Self:
        return self.model_copy(update={"code": self.code.model_copy(update=changes)})
