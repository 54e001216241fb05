"""What a partner's tills did on a day is published once, after the day of the region is over."""

import itertools
import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.cards.counters.domain import SHARDS
from services.cards.counters.repository import TillCounters
from shared.events import cards
from shared.events.base import Event, to_cloud_event
from shared.events.cards import CardChecksSummed
from tests.cards.api_client import CardsClient
from tests.support.log_lines import metric_lines
from tests.support.world import at

PARTNER = "par_01HC0000000000000000000000"
NUMBERS = itertools.count()
NONE = dict.fromkeys(("checks", "valid", "purchases", "returns", "amount", "saved_amount"), 0)


def body(event: Event, when: datetime) -> str:
    """An event of the till that happened at that moment, as it lies in the queue."""
    detail = to_cloud_event(
        event, event_id=f"evt_{next(NUMBERS)}", time=when, sequence=1,
        correlation_id="cor_1", causation_id=None,
    )  # fmt: skip
    return json.dumps({"detail-type": event.detail_type(), "detail": json.loads(detail)})


def of_check(month: str = "2026-10", number: int | None = None) -> dict[str, Any]:
    check = f"chk_{next(NUMBERS) if number is None else number}"
    return {
        "region": "ZR", "check_id": check, "partner_id": PARTNER, "outlet_id": "out_1",
        "month": month,
    }  # fmt: skip


def checked(month: str = "2026-10", number: int | None = None) -> cards.CardChecked:
    return cards.CardChecked(
        **of_check(month, number), offer_id="ofr_1", discount_percent=7, method="typed",
        visitor="v1", key_id="key_1",
    )  # fmt: skip


def refused() -> cards.CardCheckRefused:
    return cards.CardCheckRefused(**of_check(), result="not_valid", method="typed", key_id="key_1")


def bought(amount: int, saved: int) -> cards.PurchaseRecorded:
    return cards.PurchaseRecorded(**of_check(), amount=amount, saved_amount=saved)


def returned(amount: int, saved: int, month: str = "2026-10") -> cards.PurchaseRolledBack:
    return cards.PurchaseRolledBack(
        **of_check(month), amount=amount, saved_amount=saved, whole=False
    )


def hear(client: CardsClient, *events: Event, at: datetime, times: int = 1) -> None:
    """Deliver events that happened at that moment, now."""
    bodies = [body(event, at) for event in events]
    client.world.queue.messages["cards"] += bodies * times
    client.world.settle()


def sums(client: CardsClient) -> dict[str, dict[str, int]]:
    """What was published, by day; a day that was published twice fails."""
    published = [each["data"] for each in client.world.events("cards.CardChecksSummed")]
    assert len({each["sum_id"] for each in published}) == len(published)
    return {each["day"]: {name: each[name] for name in NONE} for each in published}


def test_a_day_is_summed_once_an_hour_after_its_end(client: CardsClient) -> None:
    day = at("2026-10-05 10:00")
    hear(client, *(checked() for _ in range(40)), refused(), refused(), at=day, times=3)
    hear(client, bought(100_000, 7_000), bought(50_000, 3_500), returned(20_000, 1_400), at=day)

    client.world.advance(at("2026-10-06 00:59"))
    assert sums(client) == {}
    for moment in ("2026-10-06 01:00", "2026-10-06 01:01", "2026-10-09 12:00"):
        client.world.advance(at(moment))

    assert sums(client) == {
        "2026-10-05": {
            "checks": 42, "valid": 40, "purchases": 2, "returns": 1, "amount": 130_000,
            "saved_amount": 9_100,
        }
    }  # fmt: skip


def test_the_day_is_the_regions(client: CardsClient) -> None:
    """23:59 and 00:01 of the region are one day of UTC."""
    for moment in (at("2026-10-05 23:59"), at("2026-10-06 00:01")):
        client.world.set_time(moment)
        hear(client, checked(), at=moment)

    client.world.advance(at("2026-10-07 01:00"))

    assert {day: each["valid"] for day, each in sums(client).items()} == {
        "2026-10-05": 1,
        "2026-10-06": 1,
    }


def test_what_comes_late_is_waited_for(client: CardsClient) -> None:
    hear(client, checked(), at=at("2026-10-05 10:00"))
    client.world.set_time(at("2026-10-06 00:40"))
    hear(client, checked(), bought(100, 7), at=at("2026-10-05 23:58"))

    client.world.advance(at("2026-10-06 01:00"))

    assert sums(client) == {
        "2026-10-05": NONE
        | {"checks": 2, "valid": 2, "purchases": 1, "amount": 100, "saved_amount": 7}
    }


def test_what_comes_too_late_is_in_the_sum_of_a_later_day(
    client: CardsClient, capsys: pytest.CaptureFixture[str]
) -> None:
    hear(client, checked(), at=at("2026-10-05 10:00"))
    client.world.advance(at("2026-10-06 09:00"))
    hear(client, checked(), checked(), at=at("2026-10-05 23:58"))
    late = [line for line in metric_lines(capsys.readouterr().out) if "check_counted_late" in line]

    client.world.advance(at("2026-10-07 01:00"))

    assert {day: each["valid"] for day, each in sums(client).items()} == {
        "2026-10-05": 1,
        "2026-10-06": 2,
    }
    assert sum(sum(line["check_counted_late"]) for line in late) == 2


def test_a_queue_that_was_down_for_days_gives_each_day_its_sum(client: CardsClient) -> None:
    client.world.set_time(at("2026-10-08 12:00"))
    for day in ("05", "06", "06", "07"):
        hear(client, checked(), at=at(f"2026-10-{day} 10:00"))
    assert sums(client) == {}

    client.world.advance(at("2026-10-08 13:01"))

    assert {day: each["valid"] for day, each in sums(client).items()} == {
        "2026-10-05": 1,
        "2026-10-06": 2,
        "2026-10-07": 1,
    }


@pytest.mark.parametrize("month", ["10", "11"])
def test_a_clock_that_jumps_loses_no_day(client: CardsClient, month: str) -> None:
    """The next check comes before the sweep that would have summed the day of before."""
    hear(client, checked(number=1), at=at("2026-10-05 10:00"))
    later = at(f"2026-{month}-25 10:00")
    client.world.set_time(later)
    hear(client, checked(f"2026-{month}", number=1), at=later)

    client.world.advance(later)
    client.world.advance(later + timedelta(days=1))

    assert {day: each["valid"] for day, each in sums(client).items()} == {
        "2026-10-05": 1,
        f"2026-{month}-25": 1,
    }


def test_what_is_returned_in_another_month_is_taken_out_on_its_day(client: CardsClient) -> None:
    hear(client, bought(100_000, 7_000), at=at("2026-10-05 10:00"))
    client.world.advance(at("2026-11-03 12:00"))
    hear(client, returned(100_000, 7_000, "2026-10"), at=at("2026-11-03 12:00"))

    client.world.advance(at("2026-11-04 01:00"))

    november = NONE | {"returns": 1, "amount": -100_000, "saved_amount": -7_000}
    assert sums(client)["2026-11-03"] == november


def test_what_is_counted_while_the_day_is_summed_is_in_one_of_the_sums(
    client: CardsClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another worker counts a late check between the reading of the shards and the commit."""
    hear(client, checked(), at=at("2026-10-05 10:00"))
    late, whole = [body(checked(), at("2026-10-05 23:58"))], TillCounters.of_day

    def while_reading(self: TillCounters, *day: Any) -> Any:
        found = whole(self, *day)
        if late:
            batch = {"Records": [{"messageId": "1", "body": late.pop()}]}
            assert client.world.call("cards", "on_messages", batch) == {"batchItemFailures": []}
        return found

    monkeypatch.setattr(TillCounters, "of_day", while_reading)
    client.world.advance(at("2026-10-06 01:00"))

    assert late == []
    assert [each["valid"] for each in sums(client).values()] == [2]


def test_shards_keep_only_days_that_are_not_summed(client: CardsClient) -> None:
    for day in range(5, 13):
        moment = at(f"2026-10-{day:02d} 10:00")
        client.world.advance(moment)
        hear(client, *(checked() for _ in range(SHARDS * 2)), at=moment)

    shards = [
        json.loads(row["doc"]["S"])
        for row in client.world.rows("cards-data")
        if row.get("type", {}).get("S") == "USE"
    ]

    assert len(shards) == SHARDS
    assert max(len(shard["days"]) for shard in shards) <= 3
    assert sum(shard["counts"]["checks"] for shard in shards) == 8 * SHARDS * 2


def test_a_sum_names_no_card_and_no_check() -> None:
    assert set(CardChecksSummed.model_fields) == {
        "region", "programme", "sum_id", "partner_id", "day", *NONE,
    }  # fmt: skip


def test_a_check_of_a_chain_writes_its_count_and_not_the_days_of_all_keys(
    client: CardsClient,
) -> None:
    day = at("2026-10-05 10:00")

    def by_key(number: int) -> Event:
        return checked().model_copy(update={"key_id": f"key_{number:026d}"})

    def shards() -> dict[str, Any]:
        rows = client.world.rows("cards-data")
        return {row["pk"]["S"]: row for row in rows if row.get("type", {}).get("S") == "USE"}

    hear(client, *(by_key(number % 30) for number in range(300)), at=day)
    before = shards()
    hear(client, by_key(7), at=day)
    hear(client, by_key(7), at=day + timedelta(hours=1))

    assert len(before) == SHARDS
    moves = [int(row["version"]["N"]) - int(before[key]["version"]["N"])
             for key, row in shards().items()]  # fmt: skip
    assert sum(moves) == 2
    kept = [json.loads(row["doc"]["S"])["keys"] for row in before.values()]
    assert sum(map(len, kept)) == 30


def test_a_key_is_known_to_be_used_on_its_latest_day(client: CardsClient) -> None:
    for day in ("2026-10-05", "2026-10-07", "2026-10-06"):
        hear(client, checked(), checked(), at=at(f"{day} 10:00"))

    rows = client.world.rows("cards-data")
    kept = [json.loads(row["doc"]["S"])["keys"] for row in rows
            if row.get("type", {}).get("S") == "USE"]  # fmt: skip
    assert [keys for keys in kept if keys] == [{"key_1": "2026-10-07"}]


def test_checks_of_today_do_not_meet_on_one_row(client: CardsClient) -> None:
    """The first check of a day writes the day's row, and no later one."""
    day = at("2026-10-05 10:00")
    client.world.set_time(day)
    hear(client, checked(number=1), at=day)
    [begun] = days_kept(client)
    hear(client, refused(), checked(number=1), *(checked() for _ in range(20)), at=day)

    assert days_kept(client) == [begun]


def days_kept(client: CardsClient) -> list[dict[str, Any]]:
    rows = client.world.rows("cards-data")
    return [row for row in rows if row.get("type", {}).get("S") == "TILL_DAY"]
