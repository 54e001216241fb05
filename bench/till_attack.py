"""Guessing card numbers, the real handler over a million cards: `python -m bench till-attack`.

Prints what an attacker with a store key finds, how soon the key is locked, and what the same
attack does to a till whose counter was taken out. While the key is locked, honest customers come
to the same till: codes that prove themselves go on, all that could be made up waits. The handler
is the deployed one; the tables are held in memory.
"""

import argparse
import contextlib
import io
import random
from collections import Counter
from typing import Any

import pytest

from bench.harness import say
from services.cards import qr_codes
from services.cards.till.domain import BAD_TRIES_A_MINUTE, LOCKED_MINUTES
from tests.cards.till.attack import (
    NUMBERS,
    Findings,
    ManyCards,
    WithoutTheCounter,
    attack,
    number,
    store_cards,
)
from tests.cards.till.till_client import Shop, TillClient, serving, till_over
from tests.support.memory_dynamodb import MemoryDynamoDB

CARDS = 1_000_000
GUESSES = 20_000
CUSTOMERS = 200
A_DAY = 24 * 60

TURNING, PRINTED, TYPED = "codes of phones", "codes on paper", "typed numbers"
MADE_UP, GARBLED = "made-up codes", "garbled codes"
WHILE_LOCKED = {
    TURNING: "ok",
    PRINTED: "ok",
    TYPED: "key_locked",
    MADE_UP: "key_locked",
    GARBLED: "card_unreadable",
}


def main(arguments: list[str] | None = None) -> int:
    """Attack the till and its mutant; 1 when the till was no better than it should be."""
    parser = argparse.ArgumentParser(prog="python -m bench till-attack", description=__doc__)
    parser.add_argument("--guesses", type=int, default=GUESSES)
    guesses = parser.parse_args(arguments).guesses
    till_client = TillClient(MemoryDynamoDB())
    handles = store_cards(till_client, NUMBERS, CARDS, random.Random(1))
    cards = ManyCards(till_client.client, handles)
    shop = till_client.shop()
    chance = CARDS / NUMBERS
    till, served = _attacked(till_client, cards, shop, guesses)
    till_client.key(shop)
    mutant, _ = _attacked(till_client, WithoutTheCounter(cards), shop, guesses)
    per_key = A_DAY / (LOCKED_MINUTES + 1) * BAD_TRIES_A_MINUTE
    patient = A_DAY * (BAD_TRIES_A_MINUTE - 1)

    say(f"{CARDS} active cards among {NUMBERS:.0e} numbers: {chance:.2e} expected hits a guess")
    say(f"till:   {till.hits} hits ({_expected(till, chance)}), "
        f"locked after {till.tries_until_the_lock} tries")  # fmt: skip
    for what, answers in served.items():
        told = ", ".join(f"{many} × {each}" for each, many in answers.items())
        say(f"        while locked, {what}: {told}")
    say(f"mutant: {mutant.hits} hits ({_expected(mutant, chance)}), "
        f"{mutant.guesses} guesses, never locked, "
        f"{mutant.guesses / mutant.seconds:.0f} a second")  # fmt: skip
    say(f"a key that is locked again and again: {per_key:.0f} guesses a day, "
        f"one hit in {1 / (per_key * chance * 365):.0f} years")  # fmt: skip
    say(f"a key that stays just under the lock: {patient} guesses a day, "
        f"one hit in {1 / (patient * chance * 365):.0f} years")  # fmt: skip
    seen = till.tries_until_the_lock == BAD_TRIES_A_MINUTE and mutant.tries_until_the_lock is None
    goes_on = all(served[what] == {right: CUSTOMERS} for what, right in WHILE_LOCKED.items())
    return int(not (seen and goes_on) or chance > 1e-9)


def _expected(found: Findings, chance: float) -> str:
    return f"{found.guesses * chance:.1e} expected"


def _attacked(
    till_client: TillClient, client: Any, shop: Shop, guesses: int
) -> tuple[Findings, dict[str, Counter[str]]]:
    """What the attacker found, and what the till says to others right after."""
    till_client.till = till_over(client, till_client.secrets)
    with (
        pytest.MonkeyPatch.context() as patch,
        serving(till_client, patch),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        found = attack(till_client, shop, NUMBERS, guesses, random.Random(2))
        return found, _served(till_client, shop)


def _served(till_client: TillClient, shop: Shop) -> dict[str, Counter[str]]:
    """What the till says to so many customers, and to those who made something up."""
    answers = {what: Counter[str]() for what in WHILE_LOCKED}
    for place in range(CUSTOMERS):
        mine = number(NUMBERS - 1 - place)
        handle = till_client.card(mine)
        shown = {
            TURNING: {"code": till_client.turning_code(mine)},
            PRINTED: {"code": till_client.static_code(mine)},
            TYPED: {"number": mine},
            MADE_UP: {"code": qr_codes.static_token(b"another key", handle, 1)},
            GARBLED: {"code": f"{mine[:9]}?"},
        }
        for what, form in shown.items():
            answer = till_client.check(shop, **form)
            told = answer.body.get("reason") or answer.body.get("code")
            answers[what][str(told)] += 1
    return answers


if __name__ == "__main__":
    raise SystemExit(main())
