"""Events of the card registry and of the till."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, Field

from shared.events.base import CodeAsked, Event

CheckReason = Literal["ok", "not_activated", "not_valid"]
Method = Literal["rotating", "static", "typed"]


class _OfCard(BaseModel, defer_build=True):
    """What every fact about a card says; no event itself.

    `card_id` is never the number; `issued_month` is the region's. `holder_ref` is the office's
    number of the person, `holder_id` the person as its own token says. `office_id` is the district
    whose office issued the card, absent when a leader did.
    """

    card_id: str
    holder_ref: str
    holder_id: str | None = None
    issued_month: str = Field(pattern=r"^\d{4}-\d{2}$")
    is_new_order: bool = False
    consent_community: bool = False
    district_id: str | None = None
    office_id: str | None = None


class SignInRequested(CodeAsked, Event):
    """A code was asked for, to a contact that is known or not."""


class HolderContactChanged(Event):
    """Another phone proves a holder now; the former contact gets a message or does not.

    `card_id` is the card by which the staff changed it, absent when the holder did;
    `living_card_id` is hers that has not ended, if there is one.
    """

    contact_change_id: str
    holder_id: str
    notifies_former: bool
    card_id: str | None = None
    living_card_id: str | None = None


class CardIssued(_OfCard, Event):
    """A card with a number and an activation code exists; no till accepts it yet.

    `renewed`: the same card, with a new code in place of a lost, locked or old one.
    """

    district_id: str
    replaces: str | None = None
    renewed: bool = False


class CardHeld(_OfCard, Event):
    """A card waits for a leader: its holder may have another, by the file's number or the phone.

    No till and no holder gets it before; one that is `activated` was in its holder's hands already.
    """

    district_id: str
    because: str
    other_card_ids: tuple[str, ...]
    activated: bool = False


class CardHoldDecided(_OfCard, Event):
    """A leader said whose a held card is: it goes on, or has ended as the second of its person.

    One that was lost meanwhile goes on `blocked`.
    """

    district_id: str
    decision: str
    blocked: bool = False


class CardActivationDue(_OfCard, Event):
    """The holder has not activated the card for two weeks; the code still works."""

    code_expires_on: str


class CardActivated(_OfCard, Event):
    """Tills accept the card from now on; `again` when a lost card was found."""

    district_id: str
    via: Literal["bot", "web", "leader"]
    again: bool = False


class CardMoved(_OfCard, Event):
    """The holder lives in another district of the region, or that of the card was mistyped."""

    district_id: str
    former_district_id: str


class CardBlocked(_OfCard, Event):
    """Tills refuse the card from now on, until it is found or replaced.

    `unreachable`: the phone is in other hands as well, so that no message reaches the holder.
    `by_hotline`: the hotline did it in a call, and can do no more for the holder.
    """

    reason: str
    unreachable: bool = False
    by_hotline: bool = False


class CardReplaced(_OfCard, Event):
    """A newer card has replaced this one, whose number is dead for good.

    `never_issued`: it was lost while it was held, so that no CardIssued has named it.
    `activated`: its holder had put it into use and it was held, so that no CardActivated has.
    `unused`: its holder never put it into use; the newer one is `is_new_order` where it was.
    """

    reason: str
    replaced_by: str
    never_issued: bool = False
    activated: bool = False
    unused: bool = False


class CardRevoked(_OfCard, Event):
    """The holder is no longer entitled; the card is dead for good.

    `by_time`: its time of grace after the placement is over, and no leader has said otherwise.
    `never_issued`: it was lost while it was held, so that no CardIssued has named it.
    `activated`: its holder had put it into use and it was held, so that no CardActivated has.
    """

    reason: str
    by_time: bool = False
    never_issued: bool = False
    activated: bool = False


class PlacementEndReported(_OfCard, Event):
    """The office reported that the placement ended; after its last day the card ends too."""

    closes_on: str


class PlacementEndDismissed(_OfCard, Event):
    """A leader said that the placement goes on: the card stays."""


class CardErased(_OfCard, Event):
    """What was kept of a card that had ended is unreadable for ever.

    `holder_too`: so is all that was kept of its holder, who has no living card.
    """

    holder_too: bool


class LettersConsentGiven(_OfCard, Event):
    """The holder agreed to letters of the community."""


class LettersConsentWithdrawn(_OfCard, Event):
    """The holder took back the consent to letters of the community; the card stays valid."""


class _OfCheck(BaseModel, defer_build=True):
    """What every fact about a check says: no card and no person; no event itself."""

    check_id: str
    partner_id: str
    outlet_id: str


class CardChecked(_OfCheck, Event):
    """A check at a till was answered: the discount applies.

    `visitor` identifies the card within this partner and this month only (a keyed hash), so that
    distinct cards can be counted and no family can be followed from shop to shop. `month` is the
    region's calendar month.
    """

    offer_id: str
    discount_percent: int
    discount_kopecks: int = 0
    result: CheckReason = "ok"
    method: Method
    month: str = Field(pattern=r"^\d{4}-\d{2}$")
    visitor: str
    key_id: str


class CardCheckRefused(_OfCheck, Event):
    """A check at a till was answered: the discount does not apply."""

    result: CheckReason
    method: Method
    month: str = Field(pattern=r"^\d{4}-\d{2}$")
    key_id: str


class PurchaseRecorded(_OfCheck, Event):
    """A store recorded the amount bought under a check, in kopecks."""

    month: str = Field(pattern=r"^\d{4}-\d{2}$")
    amount: int
    saved_amount: int


class PurchaseRolledBack(_OfCheck, Event):
    """A recorded purchase was returned, or a part of it; `month` is the purchase's.

    `amount` and `saved_amount` are what this return takes back; after the one that is `whole`
    nothing is left of the purchase.
    """

    month: str = Field(pattern=r"^\d{4}-\d{2}$")
    amount: int
    saved_amount: int
    whole: bool = True


class CardChecksSummed(Event):
    """What the tills of one partner did on one of the region's days, after its end; said once.

    Money is in kopecks; what was returned on that day is taken out. A check that was counted after
    its own day was summed is in the sum of a later day, so that days add up to the whole.
    """

    sum_id: str
    partner_id: str
    day: date
    checks: int
    valid: int
    purchases: int
    returns: int
    amount: int
    saved_amount: int
