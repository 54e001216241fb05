"""Guessing numbers finds nothing before the key is locked; without the counter it would."""

import random

from tests.cards.till.attack import NUMBERS, ManyCards, WithoutTheCounter, attack, store_cards
from tests.cards.till.till_client import TillClient, till_over

FEW = 2000  # a number space small enough for a guess to hit
CARDS = 200
GUESSES = 120


def test_a_typed_guess_hits_a_million_cards_once_in_a_billion() -> None:
    # The till's own cap would let one key guess 9 times a minute for ever, unseen by the lock.
    assert 1_000_000 / NUMBERS <= 1e-9
    assert 9 * 60 * 24 * 1_000_000 / NUMBERS < 2e-5


def test_a_guessing_key_is_locked_after_ten_tries_and_the_mutant_is_not(
    till_client: TillClient,
) -> None:
    shop = till_client.shop()
    handles = store_cards(till_client, FEW, CARDS, random.Random(1))
    cards = ManyCards(till_client.client, handles)
    till_client.till = till_over(cards, till_client.secrets)

    guarded = attack(till_client, shop, FEW, GUESSES, random.Random(2))
    till_client.till = till_over(WithoutTheCounter(cards), till_client.secrets)
    till_client.key(shop)
    mutant = attack(till_client, shop, FEW, GUESSES, random.Random(3))

    assert guarded.tries_until_the_lock is not None
    assert guarded.tries_until_the_lock - guarded.hits == 10
    assert mutant.tries_until_the_lock is None and mutant.guesses == GUESSES
    assert mutant.hits > 3 * guarded.hits
