"""Parallel tills on the local platform while cards are being blocked: `python -m bench till-load`.

Every answer is compared with what was true when its request was sent and when its answer came: a
check that was sent after a block had been answered must refuse, one that was answered before the
block was asked for must not. Checks between the two may say either.

Cards that will be blocked are issued, activated and blocked through the API of cards, as a leader
does it. The other cards, and shops so many that no key is locked, are laid out as the rows that
the registry writes. All is the deployed system over HTTP: gateway, functions, tables, relay.
"""

import argparse
import http.client
import json
import random
import statistics
import tempfile
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.harness import say
from bench.till import _value
from infra.http_client import Refused
from infra.local_platform import LocalPlatform
from services.cards import qr_codes, till_read_model
from services.cards.till_read_model import CardTill, KeyTill, OfferSpan, PartnerTill, StoreKeyParts
from shared.keyring import Secrets, unwrap_root_key

Item = dict[str, Any]

OTHER_CARDS = 500
PATIENCE = 900.0
REPEATS = 5
SHOPS = 1500  # so many that no key is tried often enough to be locked
PERCENT = 7


@dataclass
class Card:
    """A card, and when its block was asked for and answered; `id` when the registry made it."""

    number: str
    handle: str
    secret: str
    id: str = ""
    asked: float = float("inf")
    answered: float = float("inf")


@dataclass
class Report:
    """What came of the run."""

    seconds: list[float] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    repeated: int = 0


class Region:
    """The rows of a region full of cards and shops, on a running platform."""

    def __init__(self, platform: LocalPlatform, doomed: int) -> None:
        self._platform = platform
        self._client = platform.client("dynamodb")
        self._table = platform.facts["CardsDataTableName"]
        kept = platform.client("ssm").get_parameter(Name="/ryadom/cards/root-key")
        wrapped = kept["Parameter"]["Value"]
        kms = platform.client("kms")
        self._secrets = Secrets("cards", lambda: unwrap_root_key(kms, wrapped, "cards"))
        others = [self._card(f"7{place:015d}") for place in range(OTHER_CARDS)]
        self.keys = [self._key(place) for place in range(SHOPS)]
        rows = [_card_row(card) for card in others]
        rows += [row for place in range(SHOPS) for row in self._shop_rows(place)]
        for start in range(0, len(rows), 25):
            puts = [{"PutRequest": {"Item": row}} for row in rows[start : start + 25]]
            self._client.batch_write_item(RequestItems={self._table: puts})
        self.doomed = self._issue(doomed)
        self.cards = [*others, *self.doomed]

    def _issue(self, cards: int) -> list[Card]:
        """Active cards, made as a leader makes them; what follows from that is waited for."""
        body = {"region": "ZR", "club_id": "C-00", "authority_id": "RA", "started_on": "2020-01-01"}
        self._call("RA-1", "/cards/v1/programmes", body)
        with ThreadPoolExecutor(4) as pool:
            made = list(pool.map(self._issue_one, range(cards)))
        self._platform.time.settle(PATIENCE)
        return made

    def _issue_one(self, place: int) -> Card:
        holder = {"region": "ZR", "district_id": "D01", "holder_ref": f"FP-{place}"}
        issued = self._call("CL-0", "/cards/v1/cards", holder | {"placement_current": True})
        activation = {
            "number": issued["number"],
            "activation_code": issued["activation_code"],
            "district_id": "D01",
            "contact": {"name": "Мария", "channel": "phone_task", "phone": f"+7921{place:07d}"},
            "consent_processing": True,
            "consent_community": False,
            "evidence": "in_person",
        }
        self._call("CL-0", "/cards/v1/cards/activate", activation)
        card = self._card(issued["number"])
        card.id = issued["id"]
        return card

    def _call(self, user: str, path: str, body: Item) -> Item:
        key = str(uuid.uuid4())
        for _ in range(REPEATS):  # under one key, so that nothing happens twice
            reply = self._platform.call(user, "POST", path, body, key=key)
            if reply.status < 500:
                break
        if reply.status >= 400:
            raise Refused("POST", path, reply)
        answer: Item = reply.body
        return answer

    def _card(self, number: str) -> Card:
        handle = till_read_model.handle_of(self._secrets.child(till_read_model.NUMBER_KEY), number)
        key = self._secrets.child(qr_codes.ROTATING_KEY)
        return Card(number, handle, qr_codes.rotating_secret(key, handle, 1))

    def _key(self, place: int) -> StoreKeyParts:
        return StoreKeyParts(f"par_LOAD{place}", f"key_LOAD{place}", f"secret{place}", False)

    def _shop_rows(self, place: int) -> list[Item]:
        key, outlet = self.keys[place], f"out_LOAD{place}"
        offers = {outlet: [OfferSpan(f"ofr_LOAD{place}", PERCENT, 0, 0)]}
        partner = PartnerTill(
            key.partner_id, till_read_model.PARTNER_ACTIVE, "ZR", "Europe/Samara", offers
        )
        stored = KeyTill(
            key.partner_id,
            key.key_id,
            outlet,
            till_read_model.secret_hash(key.secret),
            till_read_model.KEY_LIVE,
            2**33,
        )
        return [
            _row(
                till_read_model.partner_key(key.partner_id),
                till_read_model.partner_attributes(partner),
            ),
            _row(
                till_read_model.store_key(key.partner_id, key.key_id),
                till_read_model.key_attributes(stored),
            ),
        ]

    def block(self, card: Card) -> None:
        """Block a card through the API, noting when."""
        card.asked = time.perf_counter()
        self._call("CL-0", f"/cards/v1/cards/{card.id}/block", {"reason": "lost"})
        card.answered = time.perf_counter()


def _card_row(card: Card) -> Item:
    """The row of an active card."""
    row = CardTill(card.handle, f"crd_{card.number}", till_read_model.CARD_ACTIVE, 1)
    return _row(till_read_model.card_key(card.handle), till_read_model.card_attributes(row))


def _row(key: tuple[str, str], attributes: Any) -> Item:
    row: Item = {"pk": {"S": key[0]}, "sk": {"S": key[1]}}
    return row | {name: _value(value) for name, value in attributes.items()}


class Tills:
    """Parallel clients, each with a connection of its own."""

    def __init__(self, url: str, region: Region, report: Report) -> None:
        self._address = urlsplit(url).netloc
        self._region = region
        self._report = report
        self._local = threading.local()
        self._lock = threading.Lock()

    def check(self, number: int) -> None:
        """One check of some card at some shop, and whether its answer is right."""
        chance = random.Random(number)
        card, key = chance.choice(self._region.cards), chance.choice(self._region.keys)
        typed = chance.random() < 0.15
        step = qr_codes.step_at(time.time())
        form = (
            {"number": card.number}
            if typed
            else {"code": qr_codes.rotating_token(card.secret, card.handle, 1, step)}
        )
        sent = time.perf_counter()
        status, body = self._post(form, key, f"load-{number}")
        came = time.perf_counter()
        told = str(body.get("reason") or body.get("code"))
        with self._lock:
            self._report.seconds.append(came - sent)
            self._report.answers[f"{status} {told}"] += 1
            if complaint := _complaint(card, sent, came, status, body):
                self._report.wrong.append(complaint)

    def _post(self, form: Item, key: StoreKeyParts, repeat: str) -> tuple[int, Item]:
        headers = {
            "Content-Type": "application/json",
            "X-API-Key": till_read_model.write_store_key(key),
            "Idempotency-Key": repeat,
        }
        for _ in range(3):  # as the partners' client does: the same request under the same key
            wire = getattr(self._local, "wire", None)
            if wire is None:
                wire = self._local.wire = http.client.HTTPConnection(self._address, timeout=30)
            try:
                wire.request("POST", "/till/v1/card-checks", json.dumps(form), headers)
                answer = wire.getresponse()
                status, body = answer.status, json.loads(answer.read())
                if status < 500:
                    return status, body
            except (OSError, http.client.HTTPException):
                wire.close()
            with self._lock:
                self._report.repeated += 1
        return 0, {"code": "unreachable"}


def _complaint(card: Card, sent: float, came: float, status: int, body: Item) -> str | None:
    """What is wrong with an answer, given when the card was blocked."""
    if status != 200:
        return f"{status} {body.get('code')}"
    if card.answered <= sent and body["valid"]:
        return "valid after the block was answered"
    if came <= card.asked and not body["valid"]:
        return "refused before the block was asked for"
    if body["valid"] and body["discount_percent"] != PERCENT:
        return "another discount"
    return None


def run(platform: LocalPlatform, checks: int, blocks: int, clients: int) -> Report:
    """Check in parallel, block on the way."""
    region, report = Region(platform, blocks), Report()
    tills = Tills(platform.url, region, report)
    for number in range(-clients, 0):
        tills.check(number)  # the function's first containers start
    report.seconds.clear()
    report.answers.clear()
    report.repeated = 0
    doomed, done = list(region.doomed), threading.Event()

    def blocking() -> None:
        while doomed and not done.is_set():
            due = blocks * len(report.seconds) // max(1, checks)
            if blocks - len(doomed) <= due:
                region.block(doomed.pop())
            else:
                time.sleep(0.002)

    blocker = threading.Thread(target=blocking)
    started = time.perf_counter()
    blocker.start()
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(tills.check, range(checks)))
    taken = time.perf_counter() - started
    done.set()
    blocker.join()
    blocked = sum(card.answered < float("inf") for card in region.cards)
    _say(report, checks, blocked, clients, taken)
    return report


def _say(report: Report, checks: int, blocked: int, clients: int, taken: float) -> None:
    cuts = statistics.quantiles(report.seconds, n=100)
    say(f"{checks} checks by {clients} clients, {blocked} blocks: {checks / taken:.0f} a second")
    say("   ".join(f"p{n} {cuts[n - 1] * 1000:.0f} ms" for n in (50, 95, 99)))
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
