"""Nobody can tell one dead card from another by what the till does about it."""

import json
from datetime import timedelta
from typing import Any

import pytest

from services.cards.till_read_model import OfferSpan
from tests.cards.till.till_client import NOON, TillClient

Item = dict[str, Any]
LIVE, ISSUED, BLOCKED, REPLACED, REVOKED, SPENT = (f"30000000000000{n:02d}" for n in range(6))
STATUSES = {ISSUED: "issued", BLOCKED: "blocked", REPLACED: "replaced", REVOKED: "revoked"}


def _numbers(till_client: TillClient) -> dict[str, Item]:
    return {
        "unknown": {"number": "4000000000000001"},
        "wrong check digit": {"number": "3000000000000006"},
        "blocked": {"number": BLOCKED},
        "replaced": {"number": REPLACED},
        "revoked": {"number": REVOKED},
        "used too often today": {"number": SPENT},
    }


def _printed(till_client: TillClient) -> dict[str, Item]:
    return {
        "unknown": {"code": till_client.static_code("4000000000000001")},
        "forged": {"code": till_client.static_code(LIVE)[:-4] + "AAAA"},
        "older generation": {"code": till_client.static_code(LIVE, generation=7)},
        "blocked": {"code": till_client.static_code(BLOCKED)},
        "replaced": {"code": till_client.static_code(REPLACED)},
        "revoked": {"code": till_client.static_code(REVOKED)},
        "used too often today": {"code": till_client.static_code(SPENT)},
    }


def _turning(till_client: TillClient) -> dict[str, Item]:
    return {
        "unknown": {"code": till_client.turning_code("4000000000000001")},
        "forged": {"code": till_client.turning_code(LIVE)[:-4] + "AAAA"},
        "expired": {"code": till_client.turning_code(LIVE, NOON - timedelta(seconds=60))},
        "older generation": {"code": till_client.turning_code(LIVE, generation=7)},
        "blocked": {"code": till_client.turning_code(BLOCKED)},
        "replaced": {"code": till_client.turning_code(REPLACED)},
        "revoked": {"code": till_client.turning_code(REVOKED)},
    }


def _shape(value: Any) -> Any:
    """A request with every text and number replaced by its length."""
    if isinstance(value, dict):
        return {name: _shape(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_shape(inner) for inner in value]
    return len(value) if isinstance(value, str) else value


def _units(calls: list[tuple[str, Item]]) -> dict[str, int]:
    """Capacity units that the calls consume by DynamoDB's rules, worked out from the requests."""
    units = {"read": 0, "write": 0, "index": 0}
    for operation, request in calls:
        if operation == "BatchGetItem":
            # A consistent read of up to 4 KiB is one unit.
            units["read"] += sum(len(t["Keys"]) for t in request["RequestItems"].values())
            continue
        steps = request.get("TransactItems", [{"Put": request}])
        for step in steps:
            ((verb, action),) = step.items()
            # An updated row is charged by its own size: keys and cards stay under 1 KiB.
            kib = _kib(action["Item"]) if verb == "Put" else 1
            units["write"] += kib * (2 if "TransactItems" in request else 1)
            units["index"] += kib if "pending" in action.get("Item", {}) else 0
    return units


def _kib(item: Item) -> int:
    return -(-sum(len(n) + len(str(*v.values())) for n, v in item.items()) // 1024)


@pytest.mark.parametrize("held_out", [_numbers, _printed, _turning])
@pytest.mark.parametrize(
    "offer",
    [OfferSpan("ofr_1", 7, 0, 0), OfferSpan("ofr_1", 0, 0, 0, kopecks=30_000, minimum=200_000)],
    ids=["percent", "fixed sum"],
)
def test_every_dead_card_costs_the_same_calls_the_same_bytes_and_the_same_units(
    till_client: TillClient, offer: OfferSpan, held_out: Any
) -> None:
    shops = [
        till_client.shop(partner_id=f"par_01JP{n:02d}", outlet_id=f"out_01JO{n:02d}")
        for n in range(40)
    ]
    for shop in shops:
        till_client.partner(shop, offers=[offer])
    for number in (LIVE, SPENT, *STATUSES):
        till_client.card(number, STATUSES.get(number, "active"))
    for shop in shops[20:30]:
        till_client.check(shop, number=SPENT)
    till_client.recorder.taken()

    # Of a turning code the answer that a repeat may ask for is looked up once it is refused.
    turning = held_out is _turning
    reads = ["BatchGetItem"] * (2 if turning else 1)
    shapes, told, units = set(), set(), set()
    for place, (context, body) in enumerate(held_out(till_client).items()):
        answer = till_client.post("/v1/card-checks", body, shops[place], repeat="repeat-0001")
        assert answer.body["reason"] == "not_valid", context
        calls = till_client.recorder.taken()
        assert [name for name, _ in calls] == [*reads, "TransactWriteItems"]
        shapes.add(json.dumps(_shape(calls), sort_keys=True))
        units.add(json.dumps(_units(calls)))
        told.add(json.dumps(_shape(answer.body) | {"message": answer.body["message"]}))

    assert len(shapes) == 1 and len(told) == 1
    assert units == {json.dumps({"read": 6 if turning else 5, "write": 6, "index": 2})}


def test_what_each_kind_of_check_costs(till_client: TillClient) -> None:
    shop = till_client.shop()
    till_client.card(LIVE)
    found = {}
    for name, body in {
        "turning": {"code": till_client.turning_code(LIVE)},
        "typed": {"number": LIVE},
        "printed": {"code": till_client.static_code(LIVE)},
    }.items():
        assert till_client.post("/v1/card-checks", body, shop).body["valid"]
        calls = till_client.recorder.taken()
        found[name] = ([operation for operation, _ in calls], _units(calls))

    assert found == {
        "turning": (["BatchGetItem", "PutItem"], {"read": 3, "write": 2, "index": 2}),
        "typed": (["BatchGetItem", "TransactWriteItems"], {"read": 5, "write": 8, "index": 2}),
        "printed": (["BatchGetItem", "TransactWriteItems"], {"read": 5, "write": 8, "index": 2}),
    }
