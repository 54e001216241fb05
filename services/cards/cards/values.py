"""What a card is made of: its status, the ground for it, its activation code."""

import hmac
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field

from shared.domain import CodeEnum, KnownCodes, ValueObject
from shared.errors import IllegalStep, Invalid
from shared.ids import pattern
from shared.reference import calendar

CODE_DAYS = 30
REMINDER_DAYS = 14
WARNING_DAYS = 7  # between the report that a placement ended and the end of the card

CardId = Annotated[str, Field(pattern=pattern("crd"))]
Via = Literal["bot", "web", "leader"]
FileState = Literal["living", "ended", "refused", "moved", "erased"]


class CardStatus(CodeEnum, of="card_status"):
    """Where a card is between its issue and its end."""

    HELD = "held"
    ISSUED = "issued"
    ACTIVE = "active"
    BLOCKED = "blocked"
    REPLACED = "replaced"
    REVOKED = "revoked"


# What a held card may become.
AFTER_HOLD = (CardStatus.ISSUED, CardStatus.ACTIVE, CardStatus.BLOCKED, CardStatus.REVOKED)

# What an office does not tell from a card that waits for its holder.
IN_USE = (CardStatus.ISSUED, CardStatus.ACTIVE, CardStatus.BLOCKED)
ENDED = (CardStatus.REPLACED, CardStatus.REVOKED)
# What is not put on paper: a card that ended, or waits for a leader.
NOT_ON_PAPER = (*ENDED, CardStatus.HELD)


class BlockReason(KnownCodes, of="card_block_reason"):
    """Why tills refuse a card for now, where no person says it or more follows from it."""

    LOST = "lost"
    LOST_WITH_PHONE = "lost_with_phone"
    STOLEN = "stolen"
    OTHER = "other"


class ReplaceReason(KnownCodes, of="card_replace_reason"):
    """Why a holder gets a new card, where no record says it or more follows from it."""

    LOST_WITH_PHONE = "lost_with_phone"
    STOLEN = "stolen"
    OTHER = "other"


# After these the phone is in other hands: nothing that opens a card goes there.
BLOCKED_BY_THEFT = (BlockReason.STOLEN, BlockReason.LOST_WITH_PHONE)
REPLACED_AFTER_THEFT = (ReplaceReason.STOLEN, ReplaceReason.LOST_WITH_PHONE)


class RevokeReason(KnownCodes, of="card_revoke_reason"):
    """Why the holder is no longer entitled, where no person says it."""

    PLACEMENT_ENDED = "placement_ended"
    SAME_PERSON = "same_person"
    OTHER = "other"


class HoldReason(CodeEnum, of="card_hold_reason"):
    """Why a card may be the second one of a person."""

    SAME_FILE = "same_file"
    SAME_PHONE = "same_phone"
    SAME_FILE_AND_PHONE = "same_file_and_phone"
    ENDED_FILE = "ended_file"


class HoldDecision(CodeEnum, of="card_hold_decision"):
    """Whose a held card is, as a leader has found out.

    `same_person_again`: she has no other card, as that one has ended.
    """

    DIFFERENT_PERSON = "different_person"
    SAME_PERSON = "same_person"
    SAME_PERSON_AGAIN = "same_person_again"


class OtherCard(ValueObject, from_attributes=True):
    """A card of who may be the same person; `office` is the district of its file."""

    id: str
    region: str
    district_id: str
    office: str
    last4: str
    ended: bool = False

    @classmethod
    def of(cls, card: object) -> Self:
        """Return what a leader sees of a card."""
        return cls.model_validate(card)

    @classmethod
    def elsewhere(cls, card: object | None, region: str, office: str) -> Self | None:
        """Return a card with the same phone, unless one office knows both holders."""
        other = None if card is None else cls.of(card)
        return None if other and (other.region, other.office) == (region, office) else other


class Hold(ValueObject):
    """Why a card waits for a leader: the cards that it may be the second one beside.

    `contact` is the keyed index of a phone that is another holder's.
    """

    because: HoldReason
    others: tuple[OtherCard, ...]
    at: datetime
    contact: str | None = None
    decision: HoldDecision | None = None

    @classmethod
    def of(
        cls, file: OtherCard | None, phone: OtherCard | None, contact: str | None, at: datetime
    ) -> Self | None:
        """Return why a card waits, beside one of the same file and one of the same phone."""
        others = {each.id: each for each in (file, phone) if each is not None}
        if not others:
            return None
        living = file is not None and not file.ended
        because = HoldReason.SAME_FILE if living else HoldReason.ENDED_FILE
        if phone:
            because = HoldReason.SAME_FILE_AND_PHONE if living else HoldReason.SAME_PHONE
        contact = contact if phone else None
        return cls(because=because, others=tuple(others.values()), at=at, contact=contact)

    def decided(self, decision: HoldDecision) -> Self:
        """Return the hold with what a leader says; whose the phone is, is known then."""
        return self.without_contact()._with(decision=decision)

    def beside(self, ids: Iterable[str]) -> Self:
        """Return the hold with some of the other cards alone."""
        kept = {*ids}
        return self._with(others=tuple(each for each in self.others if each.id in kept))

    def without_contact(self) -> Self:
        """Return the hold without the index of the phone."""
        return self._with(contact=None)


class FileMark(ValueObject):
    """What is known of the number of a file: who has it, or had it last, at which office.

    `refused`: its last card was a second one of a person who has another. `moved`: its person has
    that card under the file of another office.
    """

    state: FileState
    district_id: str
    card_id: str

    @property
    def text(self) -> str:
        """The mark as it is stored."""
        return f"{self.state}|{self.district_id}|{self.card_id}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the mark that was stored."""
        state, district, card = text.split("|")
        return cls.model_validate({"state": state, "district_id": district, "card_id": card})


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

    def begun(self, at: datetime, zone: ZoneInfo) -> Self:
        """Return this code as one whose 30 days begin now."""
        return self.made(self.hash, at, zone)._with(place=self.place)

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

    def consenting(self, agreed: bool) -> Self:
        """Return this activation with the holder's word on letters of the community."""
        return self._with(consent_community=agreed)
