"""Messages: what one costs through the ledger, what is lost or doubled in bad weather, webhooks.

Providers are the fake servers on this machine, DynamoDB is a stand-in in this process: what is
measured is our part. Work that was not done is no figure: what people have got is counted.
"""

import contextlib
import json
import math
import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.harness import Ratio, say
from infra.fake_carriers import CallBack, call_back
from tests.notifications.carrier_stage import PLACES, Stage, carrier_stage
from tests.notifications.fakes import ADDRESS
from tests.support.reference import reference_data

MESSAGES, CALLS, BURST = 200, 200, 1000
SLOWEST_ANSWER = 0.3
WEATHER = ("none",) * 12 + (
    "late", "too_many", "error", "accept_then_timeout", "half", "nonsense", "error_body",
)  # fmt: skip
# A whole hour of errors, then a storm.
HOUR = ("error",) * 60 + ("too_many",) * 60
# Where a silence is settled without a second copy, and so without a loss.
SETTLED = ("vk", "smsc")
READS, WRITES = ("get_item", "batch_get_item", "query"), ("put_item", "update_item", "delete_item")


def measure() -> Iterator[Ratio]:
    """Print calls, units, copies and losses; return the time of a webhook against its limit."""
    lines: list[str] = []
    # The world writes its log to where it is silent.
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere), _stage() as stage:
        lines += _one_message(stage)
        for provider in PLACES:
            lines += _bad_weather(stage, provider)
        lines += _burst(stage)
        found, times = _webhook(stage)
    for each in (*lines, *times):
        say(each)
    yield found


@contextlib.contextmanager
def _stage() -> Iterator[Stage]:
    """Run notifications and the fake servers, with the reference data of the tests."""
    with (
        tempfile.TemporaryDirectory() as folder,
        pytest.MonkeyPatch.context() as patch,
        reference_data(),
        carrier_stage(Path(folder), patch) as stage,
    ):
        yield stage


def _one_message(stage: Stage) -> Iterator[str]:
    """Say what the table is asked for one SMS, from the event to `sent`."""
    asked, units = _watch(stage)
    stage.reach_by("smsc")
    stage.tell(1)
    before = asked.copy(), units.copy()
    stage.tell(2)
    calls = {name: number - before[0][name] for name, number in asked.items()}
    spent = {name: number - before[1][name] for name, number in units.items()}
    yield (f"a message, event to sent: {sum(calls.values())} calls {json.dumps(calls)}")
    yield (f"  units of the table: {spent['read']:g} read, {spent['write']:g} written")
    first = stage.harness.docs("MESSAGE")[0]
    yield (f"  the SMS: {first['segments']} parts, {first['kopecks']} kopecks")


def _watch(stage: Stage) -> tuple[Counter[str], Counter[str]]:
    """Count each call of the table, and its units by the size of what is written."""
    asked: Counter[str] = Counter()
    units: Counter[str] = Counter()
    table = stage.harness.world.dynamodb

    def watched(name: str, call: Any) -> Any:
        def run(**request: Any) -> Any:
            asked[name] += 1
            if name in READS:
                units["read"] += 1
            elif name in WRITES:
                units["write"] += _kilobytes(request)
            else:
                for step in request["TransactItems"]:
                    units["write"] += 2 * _kilobytes(step)
            return call(**request)

        return run

    for name in (*READS, *WRITES, "transact_write_items"):
        setattr(table, name, watched(name, getattr(table, name)))
    return asked, units


def _kilobytes(request: Any) -> int:
    return math.ceil(len(json.dumps(request, default=str)) / 1024)


def _bad_weather(stage: Stage, provider: str) -> Iterator[str]:
    """Send in bad weather; say copies, losses and what another way was taken for."""
    dice = random.Random(provider)
    stage.clean()
    stage.only(provider)
    stage.reach_by(provider)
    for number in range(MESSAGES // 4):
        stage.server.provider.fail(dice.choice(WEATHER), 1, provider)
        stage.tell(number)
    stage.let_pass(hours=5)
    copies = stage.server.copies()
    twice = sum(each > 1 for each in copies.values())
    messages = [one for one in stage.harness.docs("MESSAGE") if one["audience"] == "holder"]
    doubts = [one for one in messages if one["doubts"]]
    lost = [one for one in messages if one["status"] not in ("sent", "handed_over")]
    yield (
        f"{provider}: {len(messages)} messages, {twice} doubled, {len(lost)} lost, "
        f"{len(doubts)} left unknown and on another way"
    )
    if twice or lost or (provider in SETTLED and doubts):
        raise AssertionError(f"{provider}: a copy, a loss, or a doubt that could be settled")


def _burst(stage: Stage) -> Iterator[str]:
    """Send a thousand messages at once over two providers that fail in turn; say copies, losses."""
    dice = random.Random("burst")
    stage.clean()
    pair = {name: stage.server.configuration()[name] for name in ("smsc", "sms_aero")}
    stage.configure(**{name: one | {"per_second": 100_000} for name, one in pair.items()})
    stage.reach_by("smsc")
    for name in pair:
        faults = [*HOUR, *dice.choices(WEATHER, k=BURST)]
        stage.server.provider._faults[name] = faults
    begun = time.perf_counter()
    for number in range(BURST):
        stage.tell(number)
    took = time.perf_counter() - begun
    stage.let_pass(minutes=60)
    for name in pair:
        stage.server.provider.fail("none", 0, name)
    time.sleep(1.1)  # who rests is tried again
    stage.let_pass(hours=7)
    copies = stage.server.copies()
    messages = [one for one in stage.harness.docs("MESSAGE") if one["audience"] == "holder"]
    doubts = {one["message_id"] for one in messages if one["doubts"]}
    twice = sum(each > 1 for each in copies.values())
    lost = {one["message_id"] for one in messages} - set(copies) - doubts
    yield (
        f"a burst of {len(messages)} over two providers, in {took:.0f} s: {twice} doubled, "
        f"{len(lost)} lost, {len(doubts)} left unknown and on another way"
    )
    if twice or lost or len(messages) != BURST:
        raise AssertionError("a copy or a loss in the burst")


def _webhook(stage: Stage) -> tuple[Ratio, list[str]]:
    """Return the slowest kind's 95th percentile against its limit, and the times of all kinds."""
    api = stage.harness.world.api("notifications", None)
    stage.only("smsc", "max")
    lines, slowest = [], (0.0, 0.0)
    for kind, (path, status, asked) in WEBHOOKS.items():
        took = []
        for number in range(CALLS):
            call = asked(number)
            begun = time.perf_counter()
            answer = api.call("POST", f"/webhooks/{path}", call.body, headers=call.headers)
            took.append(time.perf_counter() - begun)
            assert answer.status == status, (kind, answer.status)
        took.sort()
        middle, high = took[CALLS // 2], took[CALLS * 95 // 100]
        slowest = max(slowest, (high, middle))
        lines.append(f"webhook, {kind}: median {middle * 1000:.1f} ms, p95 {high * 1000:.1f} ms")
    high, middle = slowest
    ratio = Ratio(
        "webhook of the slowest kind, p95 (p10: median) ÷ 300 ms",
        high / SLOWEST_ANSWER,
        middle / SLOWEST_ANSWER,
        1.0,
        1.0,
        1000 * SLOWEST_ANSWER,
    )
    return ratio, lines


def _of_max(number: int, text: str = "Да", secret: str = "demo-secret") -> CallBack:
    message = {"sender": {"user_id": 15}, "body": {"mid": f"mid.{number}", "text": text}}
    said = json.dumps({"update_type": "message_created", "message": message})
    return CallBack(said, {"X-Max-Bot-Api-Secret": secret})


# What comes, to which address, and the answer that it must get.
WEBHOOKS: dict[str, tuple[str, int, Callable[[int], CallBack]]] = {
    "a delivery": ("smsc", 200, lambda number: call_back("smsc", f"msg_{number}", ADDRESS)),
    "the same again": ("smsc", 200, lambda number: call_back("smsc", f"msg_{number}", ADDRESS)),
    "words to a bot": ("max", 200, _of_max),
    "10 000 letters": ("max", 200, lambda number: _of_max(CALLS + number, "я" * 10_000)),
    "10 MB": ("max", 200, lambda number: CallBack("x" * 10_000_000, _of_max(number).headers)),
    "forged": ("max", 401, lambda number: _of_max(number, secret="wrong")),
    "of no provider": ("none", 401, _of_max),
}
