"""Somebody with a store key who guesses numbers as fast as the till answers."""

import random
import time
from dataclasses import dataclass

from services.cards import till_read_model
from services.cards.till_read_model import CardTill
from tests.cards.till.till_client import ForwardingClient, Item, Shop, TillClient
from tests.support.memory_dynamodb import MemoryDynamoDB

# 15 free digits; the last one follows from them, and an attacker knows how.
NUMBERS = 10**15


@dataclass(frozen=True)
class Findings:
    """What an attack came to."""

    guesses: int
    hits: int
    tries_until_the_lock: int | None
    seconds: float


class ManyCards(ForwardingClient):
    """Tables that hold a million active cards; a row is laid out when it is first read."""

    def __init__(self, client: MemoryDynamoDB, handles: set[str]) -> None:
        super().__init__(client)
        self.handles = handles

    def call(self, operation: str, request: Item) -> Item:
        if operation == "batch_get_item":
            for table, asked in request["RequestItems"].items():
                for key in asked["Keys"]:
                    self._lay_out(self.client.rows(table), key)
        return super().call(operation, request)

    def _lay_out(self, rows: dict[tuple[str, str], Item], key: Item) -> None:
        handle = key["pk"]["S"].removeprefix("CARD#")
        place = (key["pk"]["S"], key["sk"]["S"])
        if handle in self.handles and place not in rows:
            row = till_read_model.card_attributes(
                CardTill(handle, "crd_1", till_read_model.CARD_ACTIVE, 1, 1)
            )
            rows[place] = key | {
                name: {"N": str(value)} if isinstance(value, int) else {"S": value}
                for name, value in row.items()
            }


class WithoutTheCounter(ForwardingClient):
    """The mutant: the till with its counters taken out of every write."""

    def call(self, operation: str, request: Item) -> Item:
        if operation == "transact_write_items":
            steps = [step for step in request["TransactItems"] if "Put" in step]
            request = {"TransactItems": steps}
        return super().call(operation, request)


def store_cards(
    till_client: TillClient, numbers: int, cards: int, chance: random.Random
) -> set[str]:
    """Handles of that many different cards out of a space of so many numbers."""
    chosen: set[int] = set()
    while len(chosen) < cards:
        chosen.add(chance.randrange(numbers))
    return {till_client.handle(number(each)) for each in chosen}


def number(place: int) -> str:
    """The place-th card number, its check digit included: an attacker can work that out."""
    from stdnum import damm

    body = f"{place:015d}"
    return body + str(damm.calc_check_digit(body))


def attack(
    till_client: TillClient, shop: Shop, numbers: int, guesses: int, chance: random.Random
) -> Findings:
    """Guess until the key is locked or the guesses are spent."""
    hits, started = 0, time.perf_counter()
    for tried in range(guesses):
        answer = till_client.check(shop, number=number(chance.randrange(numbers)))
        if answer.status == 429:
            return Findings(tried, hits, tried, time.perf_counter() - started)
        hits += answer.body["valid"]
    return Findings(guesses, hits, None, time.perf_counter() - started)
