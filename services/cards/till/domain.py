"""The rules of a check: what a card is worth at this till now, and when a key must wait.

Pure: rows, secrets and clocks are the caller's.
"""

from dataclasses import dataclass
from typing import Literal

from services.cards import till_read_model
from services.cards.till_read_model import CardTill
from shared.errors import IllegalStep, Invalid

Method = Literal["rotating", "static", "typed"]
Reason = Literal["ok", "not_activated", "not_valid"]

TRIES_A_MINUTE = 30
BAD_TRIES_A_MINUTE = 10
LOCKED_MINUTES = 15
USES_A_DAY = 10  # of a number or a printed card; a code that turns needs no cap
PURCHASE_WITHIN = 24 * 3600
ROLLBACK_WITHIN = 30 * 24 * 3600

MINUTE = 60
DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class Scan:
    """A scanned or typed text: the card it names, and whether the code proves itself."""

    handle: str
    method: Method
    genuine: bool
    generation: int | None = None
    step: int | None = None


@dataclass(frozen=True, slots=True)
class KeyTries:
    """How often a store key was tried in the minute of its latest try, as its row has it."""

    till_minute: int = 0
    till_tries: int = 0
    till_bad: int = 0

    def wait(self, second: int, counted: bool) -> tuple[str, int] | None:
        """Return why the key must wait and for how many seconds; None when it need not.

        A try that is not counted waits for a locked key only.
        """
        if self.till_bad >= BAD_TRIES_A_MINUTE:
            free = (self.till_minute + 1 + LOCKED_MINUTES) * MINUTE
            if second < free:
                return "key_locked", free - second
        elif counted and self.till_minute == second // MINUTE and self.till_tries >= TRIES_A_MINUTE:
            return "too_many_checks", MINUTE - second % MINUTE
        return None

    def locks_with_another_bad_try(self, second: int) -> bool:
        """Return whether one more refusal in this minute is the one that locks the key."""
        bad = self.till_bad if self.till_minute == second // MINUTE else 0
        return bad + 1 == BAD_TRIES_A_MINUTE


@dataclass(frozen=True, slots=True)
class CardUses:
    """How often a card was accepted without a turning code on the day of its latest use."""

    till_day: int = 0
    till_uses: int = 0

    def spent(self, second: int) -> bool:
        """Return whether the day's cap is reached."""
        return self.till_day == second // DAY and self.till_uses >= USES_A_DAY


def judge(scan: Scan, card: CardTill | None, uses: CardUses, second: int) -> Reason:
    """Return the one word that a store gets about a card."""
    if card is None or not scan.genuine:
        return "not_valid"
    if scan.generation is not None and scan.generation != card.generation_of(scan.method):
        return "not_valid"
    if card.status == till_read_model.CARD_ISSUED:
        return "not_activated"
    if card.status != till_read_model.CARD_ACTIVE:
        return "not_valid"
    if scan.method != "rotating" and uses.spent(second):
        return "not_valid"
    return "ok"


def saved(amount: int, percent: int) -> int:
    """Return what a family keeps of a price, in kopecks, half a kopeck rounded up."""
    return (amount * percent + 50) // 100


def check_purchase(reason: str, checked: int, second: int) -> None:
    """Refuse a purchase under a refused or old check; a card blocked since does not matter."""
    if reason != "ok":
        raise IllegalStep("check_refused")
    if second >= checked + PURCHASE_WITHIN:
        raise IllegalStep("purchase_too_late", next_steps=("check_again",))


def check_rollback(bought: int, second: int) -> None:
    """Refuse the return of an old purchase."""
    if second >= bought + ROLLBACK_WITHIN:
        raise IllegalStep("rollback_too_late")


def check_same_purchase(same_request: bool, same_key: bool, rolled_back: bool) -> None:
    """Refuse another purchase under a check that has one; pass when it is the same again."""
    if same_request:
        return
    if same_key:
        raise Invalid("idempotency_key_reused")
    raise IllegalStep("purchase_recorded", next_steps=() if rolled_back else ("rollback",))


def check_one_of(code: str | None, number: str | None) -> str:
    """Return the scanned or typed text; refuse both and neither."""
    if code is not None and number is not None:
        raise Invalid("code_or_number", "/number")
    given = code if code is not None else number
    if given is None:
        raise Invalid("code_or_number", "/code")
    return given
