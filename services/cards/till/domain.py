"""The rules of a check: what a card is worth at this till now, and when a key must wait.

Pure: rows, secrets and clocks are the caller's.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from services.cards import till_read_model
from services.cards.kopecks import rubles
from services.cards.till_read_model import CardTill, KeyTill, OfferSpan, PartnerTill
from shared.errors import IllegalStep, Invalid

Method = Literal["rotating", "static", "typed"]
Reason = Literal["ok", "not_activated", "not_valid"]

TRIES_A_MINUTE = 30
BAD_TRIES_A_MINUTE = 10
LOCKED_MINUTES = 15
USES_A_DAY = 10  # of a number or a printed card; a code that turns needs no cap
PURCHASE_WITHIN = 24 * 3600
ROLLBACK_WITHIN = 30 * 24 * 3600
MAX_RETURNS = 30  # of one purchase, so that one read finds them all
REPEAT_WITHIN = 600  # so long the same `Idempotency-Key` asks for the answer it was given
# No QR holds more: whatever a scanner read, the cashier is asked to scan again.
MAX_SCANNED = 7089

# What a sandbox key gives while its outlet has no discount.
SANDBOX_OFFER = OfferSpan("ofr_test", 7, 0, 0)

FIRST_DAY = date(1970, 1, 1)
MINUTE = 60
DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class Scan:
    """A scanned or typed text: the card it names, and whether the code proves itself.

    `step` is that of a code that turns, if it is one of these minutes; `genuine` says whether it is
    one of now.
    What we signed is no guess, whatever became of the card.
    """

    handle: str
    method: Method
    genuine: bool
    generation: int | None = None
    step: int | None = None
    proof: str = ""

    @property
    def guess(self) -> bool:
        """Whether it could be made up: a number, or a code that we never gave out."""
        return self.method == "typed" or not (self.genuine or self.step is not None)


@dataclass(frozen=True, slots=True)
class KeyTries:
    """How often a store key was tried in the minute of its latest try, as its row has it."""

    till_minute: int = 0
    till_tries: int = 0
    till_bad: int = 0

    def wait(self, second: int) -> tuple[str, int] | None:
        """Return why a guess must wait and for how many seconds; None when it need not."""
        if self.locked(second):
            return "key_locked", self._unlocks_at - second
        minute = self.counted_in(second)
        if self.till_minute == minute and self.till_tries >= TRIES_A_MINUTE:
            return "too_many_checks", (minute + 1) * MINUTE - second
        return None

    def counted_in(self, second: int) -> int:
        """Return the minute in which one more try is counted: another may have begun the next."""
        minute = second // MINUTE
        return max(self.till_minute, minute) if self.till_minute <= minute + 1 else minute

    def locked(self, second: int) -> bool:
        """Return whether the key takes no guess, after too many bad ones in a minute."""
        begun = self.till_minute <= second // MINUTE + 1  # else the clock was moved back
        return begun and self.till_bad >= BAD_TRIES_A_MINUTE and second < self._unlocks_at

    @property
    def _unlocks_at(self) -> int:
        return (self.till_minute + 1 + LOCKED_MINUTES) * MINUTE

    def locks_with_another_bad_try(self, second: int) -> bool:
        """Return whether one more refusal in this minute is the one that locks the key."""
        bad = self.till_bad if self.till_minute == self.counted_in(second) else 0
        return bad + 1 == BAD_TRIES_A_MINUTE


@dataclass(frozen=True, slots=True)
class CardUses:
    """How often a card was accepted without a turning code on the day of its latest use.

    The day is the outlet's; east of it a later one may have begun, which then goes on here.
    """

    till_day: int = 0
    till_uses: int = 0

    def counted_on(self, day: int) -> int:
        """Return the day on which one more use is counted."""
        return max(self.till_day, day) if self.till_day <= day + 1 else day

    def spent(self, day: int) -> bool:
        """Return whether the day's cap is reached."""
        return self.till_day == self.counted_on(day) and self.till_uses >= USES_A_DAY


def offer_of(partner: PartnerTill, key: KeyTill, second: int) -> OfferSpan | None:
    """Return the discount of the key's outlet at that second of business time."""
    offer = partner.offer_at(key.outlet_number, second)
    return offer or (SANDBOX_OFFER if key.sandbox else None)


def is_repeat(asked: int, second: int) -> bool:
    """Return whether an answer of that second may still be given again."""
    return second < asked + REPEAT_WITHIN


def still_good(scan: Scan, card: CardTill | None) -> bool:
    """Return whether a card that was accepted is still one to accept; its use is counted."""
    return card is not None and card.status == till_read_model.CARD_ACTIVE and _current(scan, card)


def judge(scan: Scan, card: CardTill | None, uses: CardUses, day: int) -> Reason:
    """Return the one word that a store gets about a card."""
    if card is None or not scan.genuine or not _current(scan, card):
        return "not_valid"
    if card.status == till_read_model.CARD_ISSUED:
        return "not_activated"
    if card.status != till_read_model.CARD_ACTIVE:
        return "not_valid"
    if scan.method != "rotating" and uses.spent(day):
        return "not_valid"
    return "ok"


def _current(scan: Scan, card: CardTill) -> bool:
    """Return whether no newer code has voided this one; a number has no generation."""
    return scan.generation is None or scan.generation == card.generation_of(scan.method)


def day_of(zone: str, moment: datetime) -> int:
    """Return the calendar day of the outlet's region, counted from the first of 1970."""
    return (moment.astimezone(ZoneInfo(zone)).date() - FIRST_DAY).days


def month_of(zone: str, moment: datetime) -> str:
    """Return the calendar month of the outlet's region."""
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m")


def saved(amount: int, percent: int, kopecks: int) -> int:
    """Return what a family keeps of a price, in kopecks, half a kopeck rounded up."""
    return min(kopecks, amount) if kopecks else (amount * percent + 50) // 100


def saved_of(saved: int, amount: int, part: int) -> int:
    """Return the share of what was saved on an amount that belongs to a part of it."""
    return (2 * saved * part + amount) // (2 * amount)


def to_return(asked: int | None, left: int, returns: int) -> int:
    """Return how much of a purchase is returned now; refuse more than is left of it."""
    if left == 0:
        raise IllegalStep("purchase_returned")
    if asked is not None and asked > left:
        raise Invalid(
            "return_exceeds_purchase", "/amount_kopecks", left_kopecks=left, left=rubles(left)
        )
    if returns >= MAX_RETURNS:
        raise IllegalStep("too_many_returns", limit=MAX_RETURNS)
    return left if asked is None else asked


def can_purchase(reason: str, checked: int, second: int) -> bool:
    """Return whether what is bought under a check may be recorded yet."""
    return reason == "ok" and second < checked + PURCHASE_WITHIN


def check_purchase(reason: str, checked: int, second: int) -> None:
    """Refuse a purchase under a refused or old check; a card blocked since does not matter."""
    if reason != "ok":
        raise IllegalStep("check_refused", next_steps=("check_again",))
    if not can_purchase(reason, checked, second):
        raise IllegalStep("purchase_too_late", next_steps=("check_again",))


def check_amount(amount: int, minimum: int) -> None:
    """Refuse a purchase that is too small for the discount: it is sold without one."""
    if amount < minimum:
        raise Invalid("purchase_below_minimum", "/amount_kopecks", minimum=rubles(minimum))


def can_roll_back(bought: int, second: int) -> bool:
    """Return whether a purchase may be returned yet."""
    return second < bought + ROLLBACK_WITHIN


def check_rollback(bought: int, second: int) -> None:
    """Refuse the return of an old purchase."""
    if not can_roll_back(bought, second):
        raise IllegalStep("rollback_too_late")


def check_same_purchase(same_request: bool, same_key: bool, rolled_back: bool) -> None:
    """Refuse another purchase under a check that has one; pass when it is the same again.

    What was sold anew after a return is another one, even at the same price.
    """
    if same_request and (same_key or not rolled_back):
        return
    if same_key:
        raise Invalid("idempotency_key_reused")
    steps = ("check_again",) if rolled_back else ("rollback", "check_again")
    raise IllegalStep("purchase_recorded", next_steps=steps)


def check_one_of(code: str | None, number: str | None) -> str:
    """Return the scanned or typed text; refuse both and neither."""
    if code is not None and number is not None:
        raise Invalid("code_or_number", "/number")
    given = code if code is not None else number
    if given is None:
        raise Invalid("code_or_number", "/code")
    return given
