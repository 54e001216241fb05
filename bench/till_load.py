"""Parallel tills on the local platform while cards are being blocked: `python -m bench till-load`.

Every answer is compared with what was true when its request was sent and when its answer came: a
check that was sent after a block had been answered must refuse, one that was answered before the
block was asked for must not. Checks between the two may say either.

Among the calls are repeats under the same `Idempotency-Key`, at once and some time later (the same
answer, but no yes of a card that is blocked since), purchases and their returns, whole and in
parts (whole kopecks, not more than bought, all parts together what was saved), and shops whose
better discount ends at midnight, in the middle of the run, and whose standing one resumes.
All is the deployed system over HTTP: gateway, functions, tables, relay.
"""

import argparse
import http.client
import json
import random
import statistics
import tempfile
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.harness import say
from bench.till_region import Card, Region, Shop
from infra.local_platform.platform import LocalPlatform
from services.cards import qr_codes

Item = dict[str, Any]

TYPED, RESUMING = 0.15, 0.1  # shares of the checks
AT_ONCE, LATER = 0.05, 0.1  # of the checks that are repeated
BOUGHT = 0.2  # of the checks that said yes
REMEMBERED = 300
LATER_SECONDS = 300.0  # within those in which a repeat is known


@dataclass
class Report:
    """What came of the run."""

    seconds: list[float] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    repeated: int = 0


@dataclass(frozen=True)
class Answer:
    """What came back, and between which moments it was made."""

    status: int
    body: Item
    sent: float
    came: float


@dataclass(frozen=True)
class Asked:
    """A check and its first answer."""

    card: Card
    shop: Shop
    form: Item
    key: str
    answer: Answer


class Tills:
    """Parallel clients, each with a connection of its own."""

    def __init__(self, url: str, region: Region, report: Report) -> None:
        self._address = urlsplit(url).netloc
        self._region = region
        self._report = report
        self._local = threading.local()
        self._lock = threading.Lock()
        self._lately: deque[Asked] = deque(maxlen=REMEMBERED)
        self._bought: set[str] = set()

    def check(self, number: int) -> None:
        """One check of some card at some shop and what follows it, and whether all is right."""
        chance = random.Random(number)
        asked = self._asked(chance, number)
        answer = asked.answer
        with self._lock:
            self._report.seconds.append(answer.came - answer.sent)
            told = str(answer.body.get("reason") or answer.body.get("code"))
            percent = answer.body.get("discount_percent")
            self._report.answers[f"{told} {percent} %" if percent else told] += 1
        self._note("check", self._complaint(asked))
        if chance.random() < AT_ONCE:
            self._repeat(asked, "repeat at once")
        with self._lock:
            self._lately.append(asked)
            earlier = chance.choice(self._lately)
        if chance.random() < LATER and time.perf_counter() - earlier.answer.came < LATER_SECONDS:
            self._repeat(earlier, "repeat later")
        if answer.body.get("valid") and chance.random() < BOUGHT:
            self._buy(asked, chance)

    def _asked(self, chance: random.Random, number: int) -> Asked:
        resuming = chance.random() < RESUMING
        shop = chance.choice(self._region.resuming if resuming else self._region.shops)
        card = chance.choice(self._region.cards)
        if chance.random() < TYPED and not resuming:  # the few would be locked by blocked cards
            form = {"number": card.number}
        else:
            step = qr_codes.step_at(time.time())
            form = {"code": qr_codes.rotating_token(card.secret, card.handle, 1, step)}
        key = f"load-{number}"
        return Asked(card, shop, form, key, self._post(shop, "", form, key))

    # what is right ----------------------------------------------------------------------------

    def _note(self, what: str, complaints: Iterator[str]) -> None:
        found = list(complaints)
        with self._lock:
            self._report.calls[what] += 1
            self._report.wrong += [f"{what}: {each}" for each in found[:1]]

    def _complaint(self, asked: Asked) -> Iterator[str]:
        """What is wrong with a first answer."""
        answer, blocked = asked.answer, asked.card.blocked
        if answer.status != 200:
            yield f"{answer.status} {answer.body.get('code')}"
        elif blocked.surely(answer.sent) and answer.body["valid"]:
            yield "valid after the block was answered"
        elif blocked.not_yet(answer.came) and not answer.body["valid"]:
            yield "refused before the block was asked for"
        elif answer.body["valid"]:
            right = self._region.discounts(asked.shop, answer.sent, answer.came)
            if answer.body["discount_percent"] not in right:
                yield f"{answer.body['discount_percent']} per cent instead of {right}"

    def _repeat(self, asked: Asked, what: str) -> None:
        """The same request under the same key."""
        again = self._post(asked.shop, "", asked.form, asked.key)
        self._note(what, self._unlike(asked, again))

    def _unlike(self, asked: Asked, again: Answer) -> Iterator[str]:
        """What is wrong with a repeat: its answer is the first one while the card is good."""
        if asked.answer.status != 200:
            return
        blocked = asked.card.blocked
        if again.status != 200:
            yield f"{again.status} {again.body.get('code')}"
        elif again.body["valid"] and (blocked.surely(again.sent) or not asked.answer.body["valid"]):
            yield "valid after a block or a refusal"
        elif blocked.not_yet(again.came) and again.body != asked.answer.body:
            yield "another answer"

    # purchases --------------------------------------------------------------------------------

    def _buy(self, asked: Asked, chance: random.Random) -> None:
        """A purchase, recorded twice; sometimes it is returned, whole or in two parts."""
        check, percent = asked.answer.body["check_id"], asked.answer.body["discount_percent"]
        with self._lock:  # one card at one till within half a minute has one check
            if check in self._bought:
                return
            self._bought.add(check)
        amount = chance.randint(2, 500_000)
        saved = (amount * percent + 50) // 100
        bought = {"amount_kopecks": amount, "receipt_id": f"r-{asked.key}"}
        for what in ("purchase", "purchase, repeated"):
            answer = self._post(asked.shop, f"/{check}/purchase", bought, f"{asked.key}-p")
            self._note(what, _differs(answer, "recorded", amount, saved, amount))
        if chance.random() < 0.5:
            self._give_back(asked, check, (amount, saved), chance)

    def _give_back(
        self, asked: Asked, check: str, bought: tuple[int, int], chance: random.Random
    ) -> None:
        (amount, saved), path = bought, f"/{check}/rollback"
        part = chance.choice((0, chance.randint(1, amount - 1)))
        kept = saved
        if part:
            too_much = self._post(
                asked.shop, path, {"amount_kopecks": amount + 1}, f"{asked.key}-m"
            )
            refused = too_much.body.get("code") == "return_exceeds_purchase"
            self._note("return of too much", iter(() if refused else ["was not refused"]))
            kept = (2 * saved * (amount - part) + amount) // (2 * amount)
            partly = self._post(asked.shop, path, {"amount_kopecks": part}, f"{asked.key}-1")
            state = "partly_rolled_back"
            self._note(
                "return of a part", _differs(partly, state, part, saved - kept, amount - part)
            )
        for what in ("return of the rest", "return, repeated"):
            rest = self._post(asked.shop, path, {}, f"{asked.key}-2")
            self._note(what, _differs(rest, "rolled_back", amount - part, kept, 0))

    # HTTP -------------------------------------------------------------------------------------

    def _post(self, shop: Shop, path: str, form: Item, repeat: str) -> Answer:
        headers = {
            "Content-Type": "application/json",
            "X-API-Key": shop.key,
            "Idempotency-Key": repeat,
        }
        sent = time.perf_counter()
        for _ in range(3):  # as the partners' client does: the same request under the same key
            wire = getattr(self._local, "wire", None)
            if wire is None:
                wire = self._local.wire = http.client.HTTPConnection(self._address, timeout=30)
            try:
                wire.request("POST", f"/till/v1/card-checks{path}", json.dumps(form), headers)
                answer = wire.getresponse()
                status, body = answer.status, json.loads(answer.read())
                if status < 500:
                    return Answer(status, body, sent, time.perf_counter())
            except (OSError, http.client.HTTPException):
                wire.close()
            with self._lock:
                self._report.repeated += 1
        return Answer(0, {"code": "unreachable"}, sent, time.perf_counter())


def _differs(answer: Answer, status: str, amount: int, saved: int, left: int) -> Iterator[str]:
    """What is wrong with the answer to a purchase or a return."""
    if answer.status not in (200, 201):
        yield f"{answer.status} {answer.body.get('code')}"
        return
    names = ("status", "amount_kopecks", "saved_kopecks", "left_kopecks")
    if tuple(answer.body[name] for name in names) != (status, amount, saved, left):
        yield "other sums"


def run(platform: LocalPlatform, checks: int, blocks: int, clients: int) -> Report:
    """Check in parallel, block on the way; the day ends in the middle."""
    region, report = Region(platform, blocks), Report()
    warm = Tills(platform.url, region, Report())
    for number in range(-clients, 0):
        warm.check(number)  # the function's first containers start
    tills = Tills(platform.url, region, report)
    doomed, done = list(region.doomed), threading.Event()

    def meanwhile() -> None:
        while not done.is_set():
            made = len(report.seconds)
            if not region.midnight.surely(time.perf_counter()) and made >= checks // 2:
                region.end_the_day()
            elif doomed and blocks - len(doomed) <= blocks * made // max(1, checks):
                region.block(doomed.pop())
            else:
                time.sleep(0.002)

    others = threading.Thread(target=meanwhile)
    started = time.perf_counter()
    others.start()
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(tills.check, range(checks)))
    taken = time.perf_counter() - started
    done.set()
    others.join()
    blocked = sum(card.blocked.surely(time.perf_counter()) for card in region.cards)
    _say(report, blocked, clients, taken)
    return report


def _say(report: Report, blocked: int, clients: int, taken: float) -> None:
    cuts = statistics.quantiles(report.seconds, n=100)
    pace = report.calls.total() / taken
    say(f"{report.calls.total()} calls by {clients} clients, {blocked} blocks: {pace:.0f} a second")
    say("calls: " + ", ".join(f"{n} × {what}" for what, n in report.calls.most_common()))
    say("checks: " + "   ".join(f"p{n} {cuts[n - 1] * 1000:.0f} ms" for n in (50, 95, 99)))
    say("answers: " + ", ".join(f"{n} × {what}" for what, n in report.answers.most_common()))
    say(f"wrong answers: {len(report.wrong)}; requests that had to be repeated: {report.repeated}")
    for what, count in Counter(report.wrong).most_common(5):
        say(f"  {count} × {what}")


def main(arguments: list[str] | None = None) -> int:
    """Run it on a platform of its own; 1 when an answer was wrong."""
    parser = argparse.ArgumentParser(prog="python -m bench till-load", description=__doc__)
    parser.add_argument("--checks", type=int, default=10_000)
    parser.add_argument("--blocks", type=int, default=500)
    parser.add_argument("--clients", type=int, default=8)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, LocalPlatform(Path(folder) / "state") as platform:
        report = run(platform, asked.checks, asked.blocks, asked.clients)
    return int(bool(report.wrong))


if __name__ == "__main__":
    raise SystemExit(main())
