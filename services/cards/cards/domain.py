"""A foster-parent card from issue to its end; only an `active` card is valid at a till."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, Self
from zoneinfo import ZoneInfo

from services.cards.cards.placement import OfPlacement
from services.cards.cards.values import (
    AFTER_HOLD,
    BLOCKED_BY_THEFT,
    ENDED,
    REPLACED_AFTER_THEFT,
    Activation,
    ActivationCode,
    CardStatus,
    Hold,
    HoldDecision,
    HoldReason,
    RevokeReason,
)
from shared.domain import Deadline
from shared.errors import IllegalStep


class Card(OfPlacement):
    """One plastic or electronic card of one holder; a card that ended never comes back."""

    STEPS: ClassVar = {
        CardStatus.HELD: {"decide_duplicate": AFTER_HOLD, "block": None, "move": None},
        CardStatus.ISSUED: {
            "activate": (CardStatus.ACTIVE, CardStatus.HELD),
            "renew_code": None,
            "move": None,
            "block": CardStatus.BLOCKED,
            "replace": CardStatus.REPLACED,
            "revoke": CardStatus.REVOKED,
        },
        CardStatus.ACTIVE: {
            "block": CardStatus.BLOCKED,
            "hand_over_code": None,
            "move": None,
            "replace": CardStatus.REPLACED,
            "revoke": CardStatus.REVOKED,
        },
        CardStatus.BLOCKED: {
            "unblock": (CardStatus.ACTIVE, CardStatus.ISSUED),
            "replace": CardStatus.REPLACED,
            "revoke": CardStatus.REVOKED,
            "block": None,
            "move": None,
        },
        **{ended: {} for ended in (CardStatus.REPLACED, CardStatus.REVOKED)},
    }
    REFUSAL: ClassVar = "card_{status}"
    DEADLINES: ClassVar = (
        Deadline("activation_due", lambda card, _: card.reminds_at),
        Deadline("placement_over", lambda card, zone: card.closes_at(zone)),
    )

    id: str
    handle: str
    last4: str
    holder_ref: str
    holder_id: str = ""
    region: str
    issued_at: datetime
    code: ActivationCode
    status: CardStatus = CardStatus.ISSUED
    activation: Activation | None = None
    generation: int = 1  # of the secret on the phone
    print_generation: int = 1  # of the QR on paper
    printed_by: str | None = None
    reason: str | None = None
    ended_at: datetime | None = None
    replaces: str | None = None
    replaces_unused: bool = False  # the card of an order, never put into use
    replaced_by: str | None = None
    issued_by: str | None = None  # the district whose office issued it; None: a leader did
    office: str  # the district where the number of its file is, wherever the holder lives now
    erased_at: datetime | None = None
    stolen_at: datetime | None = None  # by report: nothing is sent to the contact of before
    stolen_before: datetime | None = None  # with a card before: that stays when this one is found
    theft_over: bool = False  # the phone stolen with it is replaced, and this one not used yet
    hold: Hold | None = None  # what a leader decides, or has decided
    unannounced: bool = False  # lost while it was held: announced when it is found

    @property
    def ended(self) -> bool:
        """Whether it is over for good."""
        return self.status in ENDED

    @property
    def is_new_order(self) -> bool:
        """Whether it is the card that an order brought, or replaces that one, never used."""
        return self.on_order and (self.replaces is None or self.replaces_unused)

    @property
    def consent_community(self) -> bool:
        """Whether the community may write to the holder."""
        return self.activation is not None and self.activation.consent_community

    @property
    def holder(self) -> str:
        """Whose card it is: the account that activated it, else the person of the file number."""
        if self.activation is None or self.activation.via == "leader":
            return self.holder_id
        return self.activation.person

    @property
    def file_number(self) -> str:
        """The office's number; its holder's reference says also whose where two offices have it."""
        return self.holder_ref.partition("@")[0]

    @property
    def held_because(self) -> HoldReason | None:
        """Why the card waits for a leader; None when it does not."""
        return self.hold.because if self.hold and self.status is CardStatus.HELD else None

    def held(self, hold: Hold | None) -> Self:
        """Return this new or just activated card as one that waits for a leader, if it must."""
        return self if hold is None else self._with(status=CardStatus.HELD, hold=hold)

    def beside_only(self, others: Iterable["Card"]) -> Self:
        """Return this held card beside those alone that a leader has found to be its person's."""
        return self._with(hold=self.hold and self.hold.beside(each.id for each in others))

    def decide_duplicate(self, decision: HoldDecision, at: datetime, zone: ZoneInfo) -> Self:
        """Let the card go on; end it when it is the second one of the same person."""
        self._require("decide_duplicate")
        decided = self._with(hold=self.hold and self.hold.decided(decision))
        if decision is HoldDecision.SAME_PERSON:
            return decided._ended(CardStatus.REVOKED, RevokeReason.SAME_PERSON.value, at)
        lost, new = self.reason is not None, self.activation is None
        on = CardStatus.BLOCKED if lost else CardStatus.ISSUED if new else CardStatus.ACTIVE
        code = self.code.begun(at, zone) if new else self.code
        return decided._with(status=on, code=code, unannounced=lost)

    def already_activated_by(self, person: str, code_hash: str) -> bool:
        """Return whether this very person activated it with this code: nothing is left to do."""
        own = self.activation is not None and self.activation.person == person
        return own and self.status is CardStatus.ACTIVE and self.code.fits(code_hash)

    @staticmethod
    def require_consent(agreed: bool) -> None:
        """Refuse to put a card into use for a holder who does not agree that her data are kept."""
        if not agreed:
            raise IllegalStep("processing_consent_missing", next_steps=("activate",))

    def activate(self, activation: Activation) -> Self:
        """Let tills accept the card from now on; refuse a code that is not awaited, or too old."""
        if self.status is CardStatus.ACTIVE:
            raise IllegalStep("card_not_awaiting_activation")
        self._require("activate")
        if activation.at >= self.code.expires_at:
            raise IllegalStep("code_expired", self.of_next("renew_code"))
        self.require_consent(activation.consent_processing)
        used = self._with(activation=activation, theft_over=False)
        return used._with(status=CardStatus.ACTIVE, district_id=activation.district_id)

    def renew_code(self, code: ActivationCode, *, off: bool = False) -> Self:
        """Replace a code that was lost, read or too old; that of a card that is `off` waits too."""
        self._require("unblock" if off else "renew_code")
        return self._rearm("activation_due")._with(code=code.after(self.code))

    @property
    def reminds_at(self) -> datetime | None:
        """When its holder is reminded to activate it, unless the card is to close."""
        waits = self.status is CardStatus.ISSUED and self.closes_on is None
        return self.code.remind_at if waits else None

    def remind(self) -> Self:
        """Note that the reminder went out; it goes out once per code."""
        return self._fire("activation_due")

    def hand_over_code(self) -> Self:
        """Void the codes of the phone that showed them until now; the printed card stays good."""
        self._require("hand_over_code")
        return self._with(generation=self.generation + 1, theft_over=False)

    def phone_replaced(self) -> Self:
        """Note that the phone was stolen and there is a new one: the codes of the old are void."""
        return self._with(generation=self.generation + 1, theft_over=True)

    def print_anew(self, order: str) -> Self:
        """Void what was printed before; an order counts once, and after a later one no more."""
        if self.printed_by is not None and order <= self.printed_by:
            return self
        return self._with(print_generation=self.print_generation + 1, printed_by=order)

    def block(self, reason: str, at: datetime | None = None) -> Self:
        """Let tills refuse it until it is found, once, or a second time for a theft that is new."""
        self._require("block")
        theft = reason in BLOCKED_BY_THEFT and self.reason not in BLOCKED_BY_THEFT
        if self.reason is not None and not theft:
            raise IllegalStep("card_blocked", tuple(s for s in self.next_steps if s != "block"))
        status = self.status if self.status is CardStatus.HELD else CardStatus.BLOCKED
        off = self._with(status=status, reason=reason, generation=self.generation + 1)
        return off._with(stolen_at=at, stolen_before=self.stolen_at) if theft else off

    def unblock(self, at: datetime, zone: ZoneInfo) -> Self:
        """Let tills accept a found card from paper; one never activated waits for its holder."""
        self._require("unblock")
        stolen = self.stolen_before if self.reason in BLOCKED_BY_THEFT else self.stolen_at
        found = self._with(reason=None, stolen_at=stolen, unannounced=False)
        if self.activation is not None:
            return found._with(status=CardStatus.ACTIVE)
        code = self.code.begun(at, zone)  # it goes out once more, and is good for 30 days again
        return found._rearm("activation_due")._with(status=CardStatus.ISSUED, code=code)

    def replace(self, by: str, reason: str, at: datetime) -> Self:
        """End the card in favour of a newer one; this number is dead for good."""
        self._require("replace")
        return self._ended(CardStatus.REPLACED, reason, at, replaced_by=by)

    def instead_of(self, old: Self) -> Self:
        """Return this new card as one that replaces another."""
        return self._with(replaces=old.id, replaces_unused=old.is_new_order and not old.activation)

    def theft_reported_at(self, reason: str, at: datetime) -> datetime | None:
        """Return when the phone was stolen, for the card that replaces this one for a reason."""
        reported = self.theft_over or self.reason in BLOCKED_BY_THEFT  # of this phone
        return at if reason in REPLACED_AFTER_THEFT and not reported else self.stolen_at

    def revoke(self, reason: str, at: datetime) -> Self:
        """End the card of a holder who, as the leader confirms, is no longer entitled."""
        self._require("revoke")
        return self._ended(CardStatus.REVOKED, reason, at)

    def close_after_placement(self, at: datetime) -> Self:
        """End the card of a holder whose time of grace is over."""
        reason = RevokeReason.PLACEMENT_ENDED.value
        return self._fire("placement_over")._ended(CardStatus.REVOKED, reason, at)

    def consent_to_letters(self, agreed: bool) -> Self:
        """Note what the holder says to letters of the community; the card stays valid."""
        if self.activation is None or (agreed and self.ended):
            raise self._refusal(f"card_{self.status}")
        return self._with(activation=self.activation.consenting(agreed))

    def erase(self, at: datetime) -> Self:
        """Note that what was sealed for a card that has ended is unreadable."""
        if not self.ended:
            refused = "card_held" if self.status is CardStatus.HELD else "card_in_use"
            raise IllegalStep(refused, self.of_next("revoke", "decide_duplicate"))
        hold = self.hold and self.hold.without_contact()
        return self._with(erased_at=self.erased_at or at, hold=hold)

    def _ended(self, status: CardStatus, reason: str, at: datetime, **more: str) -> Self:
        return self._with(status=status, reason=reason, ended_at=at, **more)
