"""A record is what the relay publishes, the same to the byte as the shared events would be."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.cards.till import records
from services.cards.till.records import Check, Purchase, Rollback
from services.cards.till_read_model import read
from shared.events import cards as told
from shared.events.base import Event, to_cloud_event
from shared.messaging import outbox
from shared.storage import rows
from shared.storage.rows import Item
from shared.storage.tables import TableAccess, Tables
from tests.cards.till.till_client import CARD, DATA, NOON, OUTBOX, Clock, TillClient

DAY = 24 * 3600


def _check(**more: Any) -> Check:
    facts: dict[str, Any] = {
        "check_id": "chk_01JABCDEFGHJKMNPQRSTVWXYZ0",
        "partner_id": "par_1",
        "outlet_id": "out_1",
        "key_id": "key_1",
        "region": "ZR",
        "month": "2026-10",
        "at": int(NOON.timestamp()),
        "reason": "ok",
        "method": "typed",
        "offer_id": "ofr_1",
        "percent": 7,
        "handle": "H" * 32,
        "fingerprint": "f" * 32,
        "sandbox": False,
    }
    return Check(**(facts | more))


def _purchase(kind: type[Purchase] = Purchase, **more: Any) -> Purchase:
    facts: dict[str, Any] = {
        "check_id": "chk_01JABCDEFGHJKMNPQRSTVWXYZ0",
        "partner_id": "par_1",
        "outlet_id": "out_1",
        "region": "ZR",
        "month": "2026-10",
        "at": int(NOON.timestamp()),
        "amount": 200_000,
        "saved": 14_000,
        "receipt_id": "1",
        "fingerprint": "f" * 32,
        "repeat": "r" * 32,
        "sandbox": False,
    }
    return kind(**(facts | more))


def _detail(item: Item) -> tuple[str, str]:
    (entry,) = json.loads(item["entries"]["S"])
    return entry["type"], entry["detail"]


def _as_shared(event: Event, place: str, at: int) -> tuple[str, str]:
    body = to_cloud_event(
        event,
        event_id=f"evt_01JABCDEFGHJKMNPQRSTVWXYZ0_{place}",
        time=datetime.fromtimestamp(at, UTC),
        sequence=int(place),
        correlation_id="corr",
        causation_id=None,
    )
    return event.detail_type(), body


@given(
    percent=st.integers(1, 100),
    at=st.integers(1_700_000_000, 2_000_000_000),
    method=st.sampled_from(["rotating", "static", "typed"]),
    region=st.text("ABCДЯ-", min_size=2, max_size=6),
)
@settings(max_examples=50)
def test_a_valid_check_tells_what_the_shared_event_would(
    percent: int, at: int, method: Any, region: str
) -> None:
    secrets = TillClient(None).secrets
    check = _check(percent=percent, at=at, method=method, region=region)
    event = told.CardChecked(
        region=region,
        check_id=check.check_id,
        partner_id="par_1",
        outlet_id="out_1",
        offer_id="ofr_1",
        discount_percent=percent,
        method=method,
        month="2026-10",
        visitor=records.visitor(secrets, check),
        key_id="key_1",
    )

    assert _detail(records.item(check, secrets, "corr")) == _as_shared(event, "0", at)


@pytest.mark.parametrize("reason", ["not_activated", "not_valid"])
def test_a_refused_check_tells_what_the_shared_event_would(reason: Any) -> None:
    check = _check(reason=reason)
    event = told.CardCheckRefused(
        region="ZR",
        check_id=check.check_id,
        partner_id="par_1",
        outlet_id="out_1",
        result=reason,
        method="typed",
        month="2026-10",
        key_id="key_1",
    )

    item = records.item(check, TillClient(None).secrets, "corr")

    assert _detail(item) == _as_shared(event, "0", check.at)


@pytest.mark.parametrize(
    ("record", "kind", "place"),
    [(Purchase, told.PurchaseRecorded, "1"), (Rollback, told.PurchaseRolledBack, "2")],
)
def test_a_purchase_tells_what_the_shared_event_would(
    record: type[Purchase], kind: Any, place: str
) -> None:
    purchase = _purchase(record)
    event = kind(
        region="ZR",
        check_id=purchase.check_id,
        partner_id="par_1",
        outlet_id="out_1",
        month="2026-10",
        amount=200_000,
        saved_amount=14_000,
    )

    item = records.item(purchase, TillClient(None).secrets, "corr")

    assert _detail(item) == _as_shared(event, place, purchase.at)


def test_a_record_is_pending_where_the_sweeper_looks() -> None:
    item = records.item(_check(), TillClient(None).secrets, "corr")

    assert item["pending"]["S"] == rows.pending_shard(item["pk"]["S"])


def test_what_was_written_reads_back() -> None:
    secrets = TillClient(None).secrets
    for record in (
        _check(),
        _check(sandbox=True),
        _check(reason="not_valid"),
        _purchase(),
        _purchase(Rollback),
        _purchase(sandbox=True),
    ):
        assert read(type(record), records.item(record, secrets, "c")) == record


def test_a_check_forgets_the_card_after_45_days_and_a_purchase_never_knew_it(noon: Clock) -> None:
    now = int(noon.moment.timestamp())
    check = records.item(_check(), TillClient(None).secrets, "c")
    purchase = records.item(_purchase(), TillClient(None).secrets, "c")

    assert int(check["expires_at"]["N"]) == now + 45 * DAY
    assert int(purchase["expires_at"]["N"]) == now + 400 * DAY
    assert "H" * 32 in json.dumps(check)
    assert "handle" not in purchase


def test_a_family_cannot_be_followed_from_shop_to_shop_or_month_to_month() -> None:
    secrets = TillClient(None).secrets
    here = records.visitor(secrets, _check())

    assert here == records.visitor(secrets, _check(check_id="chk_2", outlet_id="out_2"))
    assert here != records.visitor(secrets, _check(partner_id="par_2"))
    assert here != records.visitor(secrets, _check(month="2026-11"))


@pytest.mark.requirement("X-03")
def test_each_answer_and_its_event_are_one_row(till_client: TillClient) -> None:
    shop = till_client.shop()
    till_client.card(CARD)
    check_id = till_client.check(shop, code=till_client.turning_code(CARD)).body["check_id"]
    till_client.buy(shop, check_id)
    till_client.roll_back(shop, check_id)
    till_client.check(shop, number="1000000000000018")

    types = sorted(_detail(item)[0] for item in till_client.records().values())

    assert types == [
        "cards.CardCheckRefused",
        "cards.CardChecked",
        "cards.PurchaseRecorded",
        "cards.PurchaseRolledBack",
    ]
    assert all("pending" in item and "commit_id" in item for item in till_client.records().values())

    # Nobody heard of them from the stream; the sweeper finds them, once.
    tables, bus = TableAccess(till_client.client, Tables(DATA, OUTBOX)), Mock()
    bus.put_events.side_effect = lambda Entries: {"Entries": [{} for _ in Entries]}
    swept = [outbox.sweep(tables, bus, "bus", timedelta())[:2] for _ in range(2)]
    assert swept == [(4, 4), (0, 0)]
    sent = [each for call in bus.put_events.call_args_list for each in call.kwargs["Entries"]]
    assert sorted(each["DetailType"] for each in sent) == types


def test_the_month_is_the_regions(till_client: TillClient, noon: Clock) -> None:
    shop = till_client.shop()
    till_client.card(CARD)
    noon.moment = datetime(2026, 10, 31, 20, 0, tzinfo=UTC)  # 00:00 of 1 November in ZR
    till_client.check(shop, number=CARD)

    (item,) = till_client.records().values()
    assert item["month"]["S"] == "2026-11"
