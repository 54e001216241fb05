"""Two tills at the same moment: one thread, every order in which their calls can interleave."""

from collections.abc import Callable
from functools import partial
from itertools import permutations
from typing import Any

import greenlet
import pytest

from services.cards.till.repository import TillRepository
from services.cards.till.use_cases import ATTEMPTS
from tests.cards.till.till_client import (
    CARD,
    Clock,
    ForwardingClient,
    Item,
    Shop,
    TillAnswer,
    TillClient,
    till_over,
)
from tests.simulation.fault_injection import client_error

OTHER = "1000000000000018"


class TakingTurns(ForwardingClient):
    """Hands the turn back before every call."""

    def call(self, operation: str, request: Item) -> Item:
        greenlet.getcurrent().parent.switch()
        return super().call(operation, request)


def _interleaved(order: tuple[int, ...], tasks: list[Callable[[], TillAnswer]]) -> list[TillAnswer]:
    """The answers of tasks whose calls happen in that order; what is left runs at the end."""
    told: dict[int, TillAnswer] = {}

    def runner(place: int) -> Callable[[], None]:
        def run() -> None:
            told[place] = tasks[place]()

        return run

    running = [greenlet.greenlet(runner(place)) for place in range(len(tasks))]
    for place in [*order, *(p for p in range(len(tasks)) for _ in range(40))]:
        if not running[place].dead:
            running[place].switch()
    return [told[place] for place in range(len(tasks))]


ORDERS = sorted(set(permutations((0, 0, 0, 1, 1, 1))))


@pytest.fixture(params=ORDERS, ids=lambda order: "".join(map(str, order)))
def order(request: pytest.FixtureRequest) -> tuple[int, ...]:
    found: tuple[int, ...] = request.param
    return found


@pytest.fixture
def racing(till_client: TillClient, monkeypatch: pytest.MonkeyPatch) -> Shop:
    till = till_over(TakingTurns(till_client.client), till_client.secrets)
    shop = till_client.shop()
    till_client.card(CARD)
    monkeypatch.setattr(TillRepository, "connect", lambda: till)
    return shop


BEFORE = pytest.mark.parametrize("before", [False, True], ids=["fresh", "counted before"])


@BEFORE
def test_one_request_sent_twice_at_once_is_one_check(
    till_client: TillClient, racing: Shop, order: tuple[int, ...], before: bool
) -> None:
    if before:
        till_client.tried(racing, 3)
        till_client.used(CARD, 3)
    same = [lambda: till_client.check(racing, number=CARD, repeat="same")] * 2

    told = _interleaved(order, same)

    assert told[0].body == told[1].body and told[0].body["valid"]
    assert len(till_client.records()) == 1
    assert till_client.tries(racing) == till_client.uses(CARD) == 1 + 3 * before


@BEFORE
def test_one_request_sent_twice_at_the_turn_of_a_window_is_one_check(
    till_client: TillClient, racing: Shop, order: tuple[int, ...], noon: Clock, before: bool
) -> None:
    noon.move(seconds=599)
    if before:
        till_client.tried(racing, 3)
        till_client.used(CARD, 3)

    def later() -> TillAnswer:
        noon.move(seconds=1)
        return till_client.check(racing, number=CARD, repeat="same")

    told = _interleaved(
        order, [lambda: till_client.check(racing, number=CARD, repeat="same"), later]
    )

    assert told[0].body == told[1].body and told[0].body["valid"]
    assert len(till_client.records()) == 1
    assert till_client.uses(CARD) == 1 + 3 * before


def test_two_tills_scan_one_code_at_once(
    till_client: TillClient, racing: Shop, order: tuple[int, ...]
) -> None:
    code = till_client.turning_code(CARD)

    told = _interleaved(order, [lambda: till_client.check(racing, code=code)] * 2)

    assert told[0].body == told[1].body and told[0].body["valid"]
    published = [row for row in till_client.records().values() if "pending" in row]
    assert [row["check_id"]["S"] for row in published] == [told[0].body["check_id"]]


@BEFORE
def test_two_checks_at_once_are_both_counted(
    till_client: TillClient, racing: Shop, order: tuple[int, ...], before: bool
) -> None:
    till_client.card(OTHER)
    if before:
        till_client.tried(racing, 1, minutes_ago=1)
    told = _interleaved(
        order, [partial(till_client.check, racing, number=n) for n in (CARD, OTHER)]
    )

    assert [answer.body["valid"] for answer in told] == [True, True]
    assert till_client.tries(racing) == 2


@BEFORE
def test_one_card_at_two_shops_at_once_is_counted_twice(
    till_client: TillClient, racing: Shop, order: tuple[int, ...], before: bool
) -> None:
    if before:
        till_client.used(CARD, 3, days_ago=1)
    other = till_client.shop(key_id="key_01JNEXT", secret="next")
    told = _interleaved(
        order, [partial(till_client.check, s, number=CARD) for s in (racing, other)]
    )

    assert [answer.body["valid"] for answer in told] == [True, True]
    assert till_client.uses(CARD) == 2


@pytest.mark.parametrize(
    ("tries", "bad", "numbers"),
    [(29, 0, [CARD, OTHER]), (9, 9, ["4000000000000001", "4000000000000002"])],
)
def test_the_last_free_try_of_a_minute_is_given_once(
    till_client: TillClient,
    racing: Shop,
    order: tuple[int, ...],
    tries: int,
    bad: int,
    numbers: list[str],
) -> None:
    till_client.card(OTHER)
    till_client.tried(racing, tries, bad)

    told = _interleaved(order, [partial(till_client.check, racing, number=n) for n in numbers])

    assert sorted(answer.status for answer in told) == [200, 429]
    assert till_client.tries(racing) == tries + 1


def test_the_last_use_of_a_day_is_given_once(
    till_client: TillClient, racing: Shop, order: tuple[int, ...]
) -> None:
    other = till_client.shop(key_id="key_01JNEXT", secret="next")
    till_client.used(CARD, 9)

    told = _interleaved(
        order, [partial(till_client.check, s, number=CARD) for s in (racing, other)]
    )

    assert sorted(answer.body["reason"] for answer in told) == ["not_valid", "ok"]


def test_one_purchase_wins(till_client: TillClient, racing: Shop, order: tuple[int, ...]) -> None:
    check_id = _interleaved((), [lambda: till_client.check(racing, number=CARD)])[0].body[
        "check_id"
    ]

    told = _interleaved(
        order,
        [
            lambda: till_client.buy(racing, check_id, 100),
            lambda: till_client.buy(racing, check_id, 200),
        ],
    )

    assert sorted(answer.status for answer in told) == [200, 409]
    assert len([key for key in till_client.records() if key[1] == "PURCHASE"]) == 1


def test_two_rollbacks_at_once_are_one(
    till_client: TillClient, racing: Shop, order: tuple[int, ...]
) -> None:
    check_id = _interleaved((), [lambda: till_client.check(racing, number=CARD)])[0].body[
        "check_id"
    ]
    _interleaved((), [lambda: till_client.buy(racing, check_id)])

    told = _interleaved(order, [lambda: till_client.roll_back(racing, check_id)] * 2)

    assert [answer.status for answer in told] == [200, 200]
    assert told[0].body == told[1].body
    assert len([key for key in till_client.records() if key[1] == "ROLLBACK"]) == 1


def test_two_parts_returned_at_once_are_two_and_never_too_much(
    till_client: TillClient, racing: Shop, order: tuple[int, ...]
) -> None:
    check_id = _interleaved((), [lambda: till_client.check(racing, number=CARD)])[0].body[
        "check_id"
    ]
    _interleaved((), [lambda: till_client.buy(racing, check_id, 1_000)])

    told = _interleaved(
        order, [lambda: till_client.roll_back(racing, check_id, amount_kopecks=600)] * 2
    )

    assert sorted(answer.status for answer in told) == [200, 422]
    rest = _interleaved((), [lambda: till_client.roll_back(racing, check_id)])[0]
    assert (rest.body["amount_kopecks"], rest.body["left_kopecks"]) == (400, 0)


def test_a_check_sent_after_the_block_was_answered_is_never_valid(
    till_client: TillClient, racing: Shop, order: tuple[int, ...]
) -> None:
    blocked_before: list[bool] = []

    def block() -> TillAnswer:
        greenlet.getcurrent().parent.switch()
        till_client.card(CARD, "blocked")
        blocked_before.append(True)
        return TillAnswer(200, {}, {})

    def check() -> TillAnswer:
        sent_after = bool(blocked_before)
        answer = till_client.check(racing, number=CARD)
        answer.body["sent_after"] = sent_after
        return answer

    _, told = _interleaved(order, [block, check])

    if told.body["sent_after"]:
        assert not told.body["valid"]


class Disturbed(ForwardingClient):
    """Tables whose next transactions are in the way of other ones."""

    def __init__(self, client: Any, times: int) -> None:
        super().__init__(client)
        self.times = times

    def transact_write_items(self, **request: Any) -> Item:
        if self.times:
            self.times -= 1
            raise client_error(
                "TransactionCanceledException",
                400,
                CancellationReasons=[{"Code": "TransactionConflict"}, {"Code": "None"}],
            )
        return super().transact_write_items(**request)


@pytest.mark.parametrize(("times", "status"), [(ATTEMPTS - 1, 200), (ATTEMPTS, 503)])
def test_a_check_that_others_are_in_the_way_of_is_decided_again(
    till_client: TillClient, times: int, status: int
) -> None:
    till_client.till = till_over(Disturbed(till_client.recorder, times), till_client.secrets)
    shop = till_client.shop()
    till_client.card(CARD)

    answer = till_client.check(shop, number=CARD)

    assert answer.status == status
    assert ("Retry-After" in answer.headers) == (status == 503)
    assert [name for name, _ in till_client.recorder.taken()].count("BatchGetItem") == ATTEMPTS
    assert len(till_client.records()) == (status == 200)
