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
from infra.local_platform.fake_carriers import CallBack, call_back
from services.notifications.channels.registry import Channels
from services.notifications.channels.sms.sms_aero import CALL_BACK, CALL_BACK_FOR
from shared.identity import signed_links
from tests.notifications.carrier_stage import PLACES, Stage, carrier_stage
from tests.notifications.fakes import ADDRESS
from tests.support.reference import reference_data

MESSAGES, CALLS, BURST, KILLS = 200, 200, 1000, 10
SLOWEST_ANSWER = 0.3
WEATHER = ("none",) * 12 + (
    "late", "too_many", "error", "accept_then_timeout", "half", "nonsense", "error_body",
    "bad_gateway", "unavailable", "come_again", "gateway_timeout",
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
        asked, units = _watch(stage)
        for provider in PLACES:
            lines += _one_message(stage, provider, asked, units)
        for provider in PLACES:
            lines += _killed(stage, provider)
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


def _one_message(
    stage: Stage, provider: str, asked: Counter[str], units: Counter[str]
) -> Iterator[str]:
    """Say what the table is asked for one message by a provider, from the event to `sent`."""
    stage.clean()
    stage.only(provider)
    stage.reach_by(provider)
    stage.tell(1)
    before = asked.copy(), units.copy()
    stage.tell(2)
    calls = {name: number - before[0][name] for name, number in asked.items()}
    spent = {name: number - before[1][name] for name, number in units.items()}
    first, second = _to_holders(stage)
    if (first["status"], second["status"], stage.copies()) != ("sent", "sent", [1, 1]):
        raise AssertionError(f"{provider}: the message did not arrive once")
    cost = f"; {second.get('segments')} parts, {second.get('kopecks')} kopecks"
    yield (
        f"{provider}: a message, event to sent: {sum(calls.values())} calls "
        f"({calls['transact_write_items']} transactions), {spent['read']:g} units read, "
        f"{spent['write']:g} written{cost if 'segments' in second else ''}"
    )


def _to_holders(stage: Stage) -> list[dict[str, Any]]:
    return [one for one in stage.harness.docs("MESSAGE") if one["audience"] == "holder"]


def _killed(stage: Stage, provider: str) -> Iterator[str]:
    """Kill the worker before and after each call of a provider; say copies when it is resumed."""
    whole = Channels.send
    held = {"before": 0, "after": 0}
    for moment in held:
        stage.clean()
        stage.only(provider)
        stage.reach_by(provider)

        def dies(self: Channels, name: str, message: Any, moment: str = moment) -> Any:
            if name != provider:
                return whole(self, name, message)
            if moment == "after":
                whole(self, name, message)
            raise RuntimeError("the container is gone")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Channels, "send", dies)
            for number in range(KILLS):
                stage.tell(number)
        claimed = [one for one in _to_holders(stage) if one["status"] == "claimed"]
        if len(claimed) != KILLS:
            raise AssertionError(f"{provider}: {len(claimed)} workers of {KILLS} were killed")
        _let_all_be_settled(stage)
        held[moment] = len(stage.copies())
        _check(stage, provider, KILLS)
        if held[moment] != (KILLS if moment == "after" or provider in SETTLED else 0):
            raise AssertionError(f"{provider}: {held[moment]} of {KILLS} arrived")
    yield (
        f"{provider}: workers killed {KILLS} times before the call, {KILLS} after it, and resumed: "
        f"0 doubled, {held['before']} and {held['after']} arrived by it, the others by a call"
    )


def _let_all_be_settled(stage: Stage) -> None:
    """Let a provider be tried again, and time pass until nothing is in doubt."""
    stage.rest_is_over()
    stage.let_pass(hours=5)


def _check(stage: Stage, provider: str, made: int) -> tuple[int, int]:
    """Refuse a copy, a loss, or a doubt that could be settled; return what was left, and lost."""
    copies, messages = stage.server.copies(), _to_holders(stage)
    calls = {
        each
        for item in stage.harness.docs("WORK_ITEM")
        if item["kind"] == "tell_by_phone"
        for each in item["calls"]
    }
    lost, doubts = 0, 0
    for one in messages:
        by_it = one["message_id"] in copies and one["status"] == "sent"
        by_phone = one["message_id"] in calls and one["status"] == "handed_over"
        lost += not (by_it or (by_phone and one["doubts"] == [provider]))
        doubts += bool(one["doubts"])
    twice = sum(each > 1 for each in copies.values())
    if len(messages) != made or twice or lost or (provider in SETTLED and doubts):
        raise AssertionError(
            f"{provider}: {made} made, {len(messages)} kept, {twice} doubled, {lost} lost, "
            f"{doubts} in doubt"
        )
    return doubts, lost


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
    _let_all_be_settled(stage)
    doubts, lost = _check(stage, provider, MESSAGES // 4)
    yield (
        f"{provider}: {MESSAGES // 4} messages in bad weather, 0 doubled, {lost} lost, {doubts} "
        "left unknown and each of them in a call"
    )


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
    messages = _to_holders(stage)
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
    stage.clean()
    stage.only(*PLACES)
    lines, slowest, stored = [], (0.0, 0.0), 0
    for kind, (path, status, asked, is_new) in WEBHOOKS.items():
        took = []
        for number in range(CALLS):
            call = asked(number)
            address = path(stage, number) if callable(path) else path
            begun = time.perf_counter()
            answer = api.call("POST", f"/webhooks/{address}", call.body, headers=call.headers)
            took.append(time.perf_counter() - begun)
            assert answer.status == status, (kind, answer.status)
        stored += CALLS if is_new else 0
        assert len(stage.harness.docs("PROVIDER_UPDATE")) == stored, kind
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


def _of_vk(number: int) -> CallBack:
    said = {"group_id": 1, "secret": "demo-secret", "event_id": f"e{number}", "type": "message_new"}
    return CallBack(json.dumps(said | {"object": {"message": {"peer_id": 15, "text": "Да"}}}), {})


def _of_telegram(number: int) -> CallBack:
    said = {"update_id": number, "message": {"chat": {"id": 15}, "text": "Да"}}
    return CallBack(json.dumps(said), {"X-Telegram-Bot-Api-Secret-Token": "demo-secret"})


def _signed(stage: Stage, number: int) -> str:
    with stage.harness.world.service("notifications"):
        about = f"msg_{number}"
        return f"sms_aero/{signed_links.issue(CALL_BACK, about, about, CALL_BACK_FOR)}"


def _of(carrier: str) -> Callable[[int], CallBack]:
    return lambda number: call_back(carrier, f"msg_{number}", ADDRESS)


Address = str | Callable[[Stage, int], str]
# What comes, to which address, the answer that it must get, and whether it is stored as new.
WEBHOOKS: dict[str, tuple[Address, int, Callable[[int], CallBack], bool]] = {
    "a delivery of SMSC": ("smsc", 200, _of("smsc"), True),
    "the same again": ("smsc", 200, _of("smsc"), False),
    "a delivery of SMS Aero": (_signed, 200, _of("sms_aero"), True),
    "a delivery of SES": ("ses/demo-secret", 200, _of("ses"), True),
    "words to a bot of MAX": ("max", 200, _of_max, True),
    "words to a bot of VK": ("vk", 200, _of_vk, True),
    "words to a bot of Telegram": ("telegram", 200, _of_telegram, True),
    "10 000 letters": ("max", 200, lambda number: _of_max(CALLS + number, "я" * 10_000), True),
    "10 MB": (
        "max",
        200,
        lambda number: CallBack("x" * 10_000_000, _of_max(number).headers),
        False,
    ),
    "forged": ("max", 401, lambda number: _of_max(number, secret="wrong"), False),
    "of no provider": ("none", 401, _of_max, False),
}
