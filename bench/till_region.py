"""A region full of cards and shops on a local platform, and what is true of each at a moment.

Cards that will be blocked are issued, activated and blocked through the API of cards, as a leader
does it. So are partners with a discount of one day, behind which the standing one waits. The other
cards, and shops so many that no key is locked, are laid out as the rows that the registry writes.
"""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as hour
from typing import Any
from zoneinfo import ZoneInfo

from urllib3.exceptions import HTTPError

from bench.till import _value
from infra.local_platform.http_client import Refused
from infra.local_platform.platform import LocalPlatform
from services.cards import qr_codes, till_read_model
from services.cards.till_read_model import CardTill, KeyTill, OfferSpan, PartnerTill, StoreKeyParts
from shared.keyring import Secrets, unwrap_root_key

Item = dict[str, Any]

OTHER_CARDS = 500
PATIENCE = 900.0
REPEATS = 5
SHOPS = 1500  # so many that no key is tried often enough to be locked
MANAGERS = ("PT-01", "PT-02", "PT-03", "PT-04")
STANDING, OF_A_DAY = 7, 15
NEVER = float("inf")
REGION, ZONE = "ZR", "Europe/Samara"


@dataclass
class Turn:
    """Something that becomes true between the moment it was asked for and that of the answer."""

    asked: float = NEVER
    answered: float = NEVER

    def surely(self, sent: float) -> bool:
        """Whether it was so when a request was sent."""
        return self.answered <= sent

    def not_yet(self, came: float) -> bool:
        """Whether it was not so when an answer came."""
        return came <= self.asked


@dataclass(frozen=True)
class Card:
    """A card, and its block; `id` when the registry made it."""

    number: str
    handle: str
    secret: str
    blocked: Turn
    id: str = ""


@dataclass(frozen=True)
class Shop:
    """A till's key; `resumes` when its discount of a day ends and the standing one resumes."""

    key: str
    resumes: bool = False


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
        self.midnight = Turn()
        others = [self._card(f"7{place:015d}") for place in range(OTHER_CARDS)]
        keys = [self._key(place) for place in range(SHOPS)]
        rows = [_card_row(card) for card in others]
        rows += [row for place, key in enumerate(keys) for row in _shop_rows(place, key)]
        for start in range(0, len(rows), 25):
            puts = [{"PutRequest": {"Item": row}} for row in rows[start : start + 25]]
            self._client.batch_write_item(RequestItems={self._table: puts})
        self.doomed = self._issue(doomed)
        self.cards = [*others, *self.doomed]
        self.shops = [Shop(till_read_model.write_store_key(key)) for key in keys]
        self.resuming = [Shop(self._partner(name), resumes=True) for name in MANAGERS]
        platform.time.settle(PATIENCE)
        self._day += timedelta(days=1)
        self._go_to(hour(22))  # the first half may take its time

    def _go_to(self, moment: hour) -> None:
        self._platform.time.set(datetime.combine(self._day, moment, ZoneInfo(ZONE)))

    # cards and shops --------------------------------------------------------------------------

    def _issue(self, cards: int) -> list[Card]:
        """Active cards, made as a leader makes them; what follows from that is waited for."""
        self._day: date = self._platform.now().astimezone(ZoneInfo(ZONE)).date()
        body = {"region": REGION, "club_id": "C-00", "authority_id": "RA"}
        self._call("RA-1", "/cards/v1/programmes", body | {"started_on": "2020-01-01"})
        with ThreadPoolExecutor(4) as pool:
            return list(pool.map(self._issue_one, range(cards)))

    def _issue_one(self, place: int) -> Card:
        holder = {"region": REGION, "district_id": "D01", "holder_ref": f"FP-{place}"}
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
        return self._card(issued["number"], issued["id"])

    def _card(self, number: str, identifier: str = "") -> Card:
        handle = till_read_model.handle_of(self._secrets.child(till_read_model.NUMBER_KEY), number)
        key = self._secrets.child(qr_codes.ROTATING_KEY)
        return Card(number, handle, qr_codes.rotating_secret(key, handle, 1), Turn(), identifier)

    def _key(self, place: int) -> StoreKeyParts:
        return StoreKeyParts(f"par_LOAD{place}", f"key_LOAD{place}", f"secret{place}", False)

    def _partner(self, manager: str) -> str:
        """A partner whose discount of tomorrow is better than the standing one; its store key."""
        lead = {"region": REGION, "title": manager, "category": "grocery", "manager_org": manager}
        made = self._call("RA-1", "/cards/v1/partners", lead | {"district_ids": ["D01"]})
        path = f"/cards/v1/partners/{made['id']}"
        self._call("CL-0", f"{path}/take")
        shop = {
            "title": "На площади",
            "district_id": "D01",
            "address": "площадь Труда, 1",
            "latitude": 53.2,
            "longitude": 50.1,
            "hours": [{"day": "mon", "opens": "09:00", "closes": "21:00"}],
        }
        outlet = self._call(manager, f"{path}/outlets", shop)["number"]
        key = self._call(manager, f"{path}/keys", {"outlet_id": outlet})["store_key"]
        offer = {"goods_scope": "Все товары", "valid_from": self._day.isoformat()}
        self._call(manager, f"{path}/offers", offer | {"discount_percent": STANDING})
        self._call("CL-0", f"{path}/agreement", {"agreement_ref": "14/2026"})
        self._call("CL-0", f"{path}/publish")
        day = (self._day + timedelta(days=1)).isoformat()
        better = offer | {"discount_percent": OF_A_DAY, "valid_from": day, "valid_to": day}
        proposed = self._call(manager, f"{path}/offers", better)["number"]
        self._call("CL-0", f"{path}/offers/{proposed}/publish")
        return str(key)

    # what happens on the way ------------------------------------------------------------------

    def block(self, card: Card) -> None:
        """Block a card through the API, noting when."""
        card.blocked.asked = time.perf_counter()
        self._call("CL-0", f"/cards/v1/cards/{card.id}/block", {"reason": "lost"})
        card.blocked.answered = time.perf_counter()

    def end_the_day(self) -> None:
        """Let the day of the better discounts end."""
        self._day += timedelta(days=1)
        self.midnight.asked = time.perf_counter()
        self._go_to(hour(0, 0, 5))
        self.midnight.answered = time.perf_counter()

    def discounts(self, shop: Shop, sent: float, came: float) -> set[int]:
        """Return the discounts that an answer of the shop may have named in that time."""
        if not shop.resumes or self.midnight.surely(sent):
            return {STANDING}
        return {OF_A_DAY} if self.midnight.not_yet(came) else {STANDING, OF_A_DAY}

    def _call(self, user: str, path: str, body: Item | None = None) -> Item:
        key, reply = str(uuid.uuid4()), None
        for _ in range(REPEATS):  # under one key, so that nothing happens twice
            with suppress(HTTPError):  # on a machine at its limits an answer may not come
                reply = self._platform.call(user, "POST", path, body, key=key)
                if reply.status < 500:
                    break
        if reply is None:
            raise TimeoutError(path)
        if reply.status >= 400:
            raise Refused("POST", path, reply)
        answer: Item = reply.body
        return answer


def _shop_rows(place: int, key: StoreKeyParts) -> list[Item]:
    partner = PartnerTill(
        key.partner_id,
        till_read_model.PARTNER_ACTIVE,
        REGION,
        ZONE,
        offers=[OfferSpan(f"ofr_LOAD{place}", STANDING, 0, 0)],
    )
    stored = KeyTill(
        key.partner_id,
        key.key_id,
        f"out_LOAD{place}",
        till_read_model.secret_hash(key.secret),
        till_read_model.KEY_LIVE,
        2**33,
        outlet_number=1,
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


def _card_row(card: Card) -> Item:
    """The row of an active card."""
    row = CardTill(card.handle, f"crd_{card.number}", till_read_model.CARD_ACTIVE, 1, 1)
    return _row(till_read_model.card_key(card.handle), till_read_model.card_attributes(row))


def _row(key: tuple[str, str], attributes: Any) -> Item:
    row: Item = {"pk": {"S": key[0]}, "sk": {"S": key[1]}}
    return row | {name: _value(value) for name, value in attributes.items()}
