"""Guessing card numbers, the real handler over a million cards: `python -m bench.till_attack`.

Prints what an attacker with a store key finds, how soon the key is locked, and what the same
attack does to a till whose counter was taken out. The handler is the deployed one; the tables are
held in memory.
"""

import contextlib
import io
import random

import pytest

from bench.harness import say
from services.cards.till.domain import BAD_TRIES_A_MINUTE, LOCKED_MINUTES
from services.cards.till.repository import Rows
from services.cards.till.use_cases import Till
from tests.cards.till.attack import (
    NUMBERS,
    Findings,
    ManyCards,
    WithoutTheCounter,
    attack,
    store_cards,
)
from tests.cards.till.kit import DATA, OUTBOX, Kit, Shop, serving
from tests.support.memory import MemoryDynamoDB

CARDS = 1_000_000
GUESSES = 20_000
A_DAY = 24 * 60


def main() -> None:
    """Attack the till and its mutant."""
    kit = Kit(MemoryDynamoDB())
    handles = store_cards(kit, NUMBERS, CARDS, random.Random(1))
    cards = ManyCards(kit.client, handles)
    shop = kit.shop()
    chance = CARDS / NUMBERS
    till = _attacked(kit, Rows(cards, DATA, OUTBOX), shop)
    kit.key(shop)
    mutant = _attacked(kit, Rows(WithoutTheCounter(cards), DATA, OUTBOX), shop)
    per_key = A_DAY / (LOCKED_MINUTES + 1) * BAD_TRIES_A_MINUTE
    patient = A_DAY * (BAD_TRIES_A_MINUTE - 1)

    say(f"{CARDS} active cards among {NUMBERS:.0e} numbers: {chance:.2e} hits a guess")
    say(f"till:   {till.hits} hits, locked after {till.tries_until_the_lock} tries")
    say(f"mutant: {mutant.hits} hits, {mutant.guesses} guesses, never locked, "
        f"{mutant.guesses / mutant.seconds:.0f} a second")  # fmt: skip
    say(f"a key that is locked again and again: {per_key:.0f} guesses a day, "
        f"one hit in {1 / (per_key * chance * 365):.0f} years")  # fmt: skip
    say(f"a key that stays just under the lock: {patient} guesses a day, "
        f"one hit in {1 / (patient * chance * 365):.0f} years")  # fmt: skip


def _attacked(kit: Kit, rows: Rows, shop: Shop) -> Findings:
    kit.till = Till(rows, kit.secrets)
    with (
        pytest.MonkeyPatch.context() as patch,
        serving(kit, patch),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        return attack(kit, shop, NUMBERS, GUESSES, random.Random(2))


if __name__ == "__main__":
    main()
