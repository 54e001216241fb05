"""Who works with cards in the demo region, and the everyday calls they make."""

import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from services.cards import qr_codes, till_read_model
from services.cards.cards.repository import handle_of
from services.cards.till.domain import CardUses, judge
from services.cards.till.scanning import scan
from shared import clock, keyring
from shared.identity import authorizer
from shared.identity.claims import ACT_FOR_FAMILY
from shared.principal import Principal
from tests.support.api import Answer, Api
from tests.support.world import World, at

PHONE = "+7 921 123-45-67"
CONTACT = {"name": "Мария", "channel": "sms", "phone": PHONE}


def person(name: str, role: str, *, districts: tuple[str, ...] = (), region: str = "ZR",
           org: str | None = None) -> Principal:  # fmt: skip
    """Somebody with an account and one role."""
    return Principal(
        id=name, kind="person", role=role, roles=(role,), regions=(region,),
        districts=districts, org=org,
    )  # fmt: skip


BOT = Principal(
    id="bot-max", kind="machine", role="bot", roles=("bot",), regions=("*",),
    scopes=(ACT_FOR_FAMILY, "bind_people"),
)  # fmt: skip
LEADER = person("CL-0", "community_leader")
LEADER_D05 = person("CL-5", "community_leader", districts=("D05",))
LEADER_Y = person("CL-Y", "community_leader", region="YY")
OFFICE = person("DO-02", "district_office", districts=("D02",))
AUTHORITY = person("RA", "regional_authority")
MANAGER = person("PM-01", "partner_manager", org="shop-01")
OTHER_MANAGER = person("PM-02", "partner_manager", org="shop-02")
HOLDER = person("FP-02", "foster_parent")
STRANGER = person("FP-09", "foster_parent")


def contact_of(who: Principal) -> dict[str, str]:
    """The contact of a foster parent with an account: each has a phone of their own."""
    if who.role != "foster_parent" or who.id == HOLDER.id or who.audience:
        return CONTACT
    return CONTACT | {"phone": f"+7922{zlib.crc32(who.id.encode()) % 10**7:07d}"}


def seconds(text: str) -> int:
    """Return a moment of the demo region as the till's rows have it."""
    return int(at(text).timestamp())


class CardsClient:
    """The cards API and shortcuts to what tests begin with."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.keys = iter(range(10**9))
        self.address = "192.0.2.1"
        started = self.post(
            AUTHORITY,
            "/v1/programmes",
            region="ZR", club_id="C-00", authority_id="RA", started_on="2026-09-01",
        )  # fmt: skip
        assert started.status == 201, started.text

    def api(self, who: Principal | None) -> Api:
        """The API as somebody."""
        return replace(self.world.api("cards", who), address=self.address)

    @contextmanager
    def from_address(self, address: str) -> Iterator[None]:
        """Calls in it come from that network address."""
        before, self.address = self.address, address
        yield
        self.address = before

    def post(
        self,
        who: Principal | None,
        path: str,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
        /,
        **body: Any,
    ) -> Answer:
        """A command under a fresh key, or under the given one."""
        chosen = key or f"k{next(self.keys)}"
        return self.api(who).post(path, body or None, key=chosen, headers=headers)

    def put(self, who: Principal | None, path: str, version: int, **body: Any) -> Answer:
        """A replacement of the version that was seen."""
        return self.api(who).put(path, body, headers={"If-Match": f'"{version}"'})

    def get(self, who: Principal | None, path: str, **query: Any) -> Answer:
        """A read."""
        return self.api(who).get(path, query=query)

    def all_of(self, who: Principal | None, path: str, **query: Any) -> list[Any]:
        """All items of a list, page by page."""
        page = self.get(who, path, **query).json
        items = list(page["items"])
        while page["next_cursor"]:
            page = self.get(who, path, cursor=page["next_cursor"], **query).json
            items += page["items"]
        return items

    def just_before_the_next_commit(self, happens: Callable[[], object]) -> None:
        """Let somebody else be faster between the next command's reading and its writing."""
        table, commit = self.world.dynamodb, self.world.dynamodb.transact_write_items

        def overtaken(**request: Any) -> Any:
            del table.__dict__["transact_write_items"]
            happens()
            return commit(**request)

        table.__dict__["transact_write_items"] = overtaken

    # cards

    def issue(self, holder_ref: str = "FP-02", **more: Any) -> dict[str, Any]:
        """A card issued by the leader to a current foster parent."""
        facts: dict[str, Any] = {
            "region": "ZR",
            "district_id": "D02",
            "placement_current": True,
        } | more
        answer = self.post(LEADER, "/v1/cards", holder_ref=holder_ref, **facts)
        assert answer.status == 201, answer.text
        return dict(answer.json)

    def activate(
        self,
        card: dict[str, Any],
        who: Principal = HOLDER,
        headers: Mapping[str, str] | None = None,
        /,
        **more: Any,
    ) -> Answer:
        """The holder's activation."""
        facts: dict[str, Any] = {
            "number": card["number"],
            "activation_code": card["activation_code"],
            "district_id": "D02",
            "contact": contact_of(who),
            "consent_processing": True,
            "consent_community": True,
        }
        return self.post(who, "/v1/cards/activate", None, headers, **(facts | more))

    def active_card(self, holder_ref: str = "FP-02", who: Principal = HOLDER) -> dict[str, Any]:
        """A card in use."""
        card = self.issue(holder_ref)
        answer = self.activate(card, who)
        assert answer.status == 200, answer.text
        return {**card, **answer.json}

    def active_card_of(self, card: dict[str, Any], contact: Mapping[str, str] = CONTACT) -> str:
        """A card put into use by the phone of its order."""
        holder = self.signed_in(contact["phone"])
        answer = self.activate(card, holder, contact=contact)
        assert answer.status == 200, answer.text
        return str(card["id"])

    def at_the_till(self, number: str) -> till_read_model.CardTill:
        """What the till reads of a card."""
        with self.world.service("cards"):
            key = till_read_model.card_key(handle_of(number))
        return till_read_model.read(
            till_read_model.CardTill, self.world.dynamodb.rows("cards-data")[key]
        )

    def scanned(self, number: str, text: str) -> str:
        """What the till says of a scanned text of that card."""
        with self.world.service("cards"):
            secrets = keyring.from_env()
            shown = scan(text, secrets, clock.wall().timestamp())
        assert shown is not None, text
        return judge(shown, self.at_the_till(number), CardUses(), 0)

    def on_the_phone(self, card: dict[str, Any]) -> str:
        """The text of the QR that a phone shows now with the secret it was given."""
        step = qr_codes.step_at(clock.wall().timestamp())
        return qr_codes.rotating_token(card["qr_secret"], card["handle"], card["generation"], step)

    def events(self, kind: str) -> list[dict[str, Any]]:
        """The data of all events of a kind told so far."""
        self.world.settle()
        return [body["data"] for body in self.world.events(f"cards.{kind}")]

    # without an account

    def ask_for_code(self, phone: str = PHONE, channel: str = "sms", **more: Any) -> Answer:
        """Somebody asks for a code to a phone."""
        return self.post(None, "/v1/sign-ins", contact=phone, channel=channel, **more)

    def message_of(self, sign_in_id: str) -> dict[str, Any]:
        """What notifications would be told of where a code goes."""
        item = {
            "reference": sign_in_id, "event_id": "evt_1", "template": "sign_in_requested_holder"
        }  # fmt: skip
        answer = self.world.call("cards", "resolve_recipients", {"items": [item]})
        return dict(answer["recipients"][0])

    def code_of(self, sign_in_id: str) -> str:
        """The code that a phone gets."""
        return str(self.message_of(sign_in_id)["variables"]["sign_in_code"])

    def enter_code(self, sign_in_id: str, code: str, key: str | None = None) -> Answer:
        """A code is entered."""
        return self.post(None, f"/v1/sign-ins/{sign_in_id}/token", key, code=code)

    def sign_in(self, phone: str = PHONE) -> dict[str, Any]:
        """The tokens of somebody who signs in by a phone."""
        asked = self.ask_for_code(phone).json["id"]
        answer = self.enter_code(asked, self.code_of(asked))
        assert answer.status == 200, answer.text
        return dict(answer.json)

    def renew(self, tokens: dict[str, Any], key: str | None = None) -> Answer:
        """A device takes new tokens for the ones that it has."""
        token = tokens["refresh_token"]
        return self.post(None, "/v1/tokens/refresh", key, refresh_token=token)

    def bind(self, chat: str = "chat-1", phone: str = PHONE, bot: Principal = BOT) -> Answer:
        """A person types the code that came to her phone in a bot's chat."""
        asked = self.post(bot, "/v1/bindings", contact=phone, chat=chat)
        assert asked.status == 202, asked.text
        code = self.code_of(asked.json["id"])
        return self.post(bot, f"/v1/bindings/{asked.json['id']}/token", code=code)

    def recognise(self, access_token: str) -> Principal:
        """Whom the platform's authorizer recognises by a token."""
        with self.world.service("cards"):
            return authorizer.recognise(f"Bearer {access_token}")

    def signed_in(self, phone: str = PHONE) -> Principal:
        """Somebody who has signed in by a phone."""
        return self.recognise(self.sign_in(phone)["access_token"])

    # partners

    def partner(self, **more: Any) -> str:
        """A lead that the club has taken up."""
        facts = {
            "region": "ZR", "title": "Гастроном «Берёзка»", "category": "grocery",
            "district_ids": ["D01", "D02"], "manager_org": "shop-01",
        }  # fmt: skip
        answer = self.post(AUTHORITY, "/v1/partners", **(facts | more))
        assert answer.status == 201, answer.text
        partner = str(answer.json["id"])
        self.done(LEADER, f"/v1/partners/{partner}/take")
        return partner

    def outlet(self, partner: str, district: str = "D01") -> str:
        """A shop of a partner."""
        answer = self.add_outlet(partner, district)
        assert answer.status == 201, answer.text
        return str(answer.json["number"])

    def add_outlet(self, partner: str, district: str) -> Answer:
        """A manager adds a shop, if that may be."""
        return self.post(
            MANAGER, f"/v1/partners/{partner}/outlets",
            title="На площади", district_id=district, address="площадь Труда, 1",
            latitude=53.2, longitude=50.1,
            hours=[{"day": "mon", "opens": "09:00", "closes": "21:00"}],
        )  # fmt: skip

    def offer(
        self, partner: str, percent: Any = 7, since: str = "2026-10-05", **more: Any
    ) -> Answer:
        """A proposed discount."""
        facts = {"discount_percent": percent, "goods_scope": "Все товары", "valid_from": since}
        return self.post(MANAGER, f"/v1/partners/{partner}/offers", **facts | more)

    def key(self, partner: str, outlet: str, key: str | None = None, **more: Any) -> Answer:
        """A store key of an outlet."""
        return self.post(MANAGER, f"/v1/partners/{partner}/keys", key, outlet_id=outlet, **more)

    def ready_partner(self, until: str | None = None, **more: Any) -> tuple[str, str]:
        """A partner with all it needs but the club's confirmation."""
        partner = self.partner(**more)
        outlet = self.outlet(partner, more.get("district_ids", ["D01"])[0])
        assert self.offer(partner, valid_to=until).status == 201
        assert self.key(partner, outlet).status == 201
        self.done(LEADER, f"/v1/partners/{partner}/agreement", agreement_ref="14/2026")
        return partner, outlet

    def active_partner(self, **more: Any) -> tuple[str, str]:
        """A published partner."""
        partner, outlet = self.ready_partner(**more)
        self.done(LEADER, f"/v1/partners/{partner}/publish")
        return partner, outlet

    def till_of(self, partner: str) -> till_read_model.PartnerTill:
        """What the till reads of a partner."""
        row = self.world.dynamodb.rows("cards-data")[till_read_model.partner_key(partner)]
        return till_read_model.read(till_read_model.PartnerTill, row)

    def offer_at_till(self, partner: str, moment: str, number: int = 1) -> int | None:
        """The percents that a till gives in an outlet of that number."""
        found = self.till_of(partner).offer_at(number, seconds(moment))
        return None if found is None else found.percent

    def key_at_the_till(self, store_key: str) -> till_read_model.KeyTill:
        """What the till reads of a store key."""
        parts = till_read_model.parse_store_key(store_key)
        assert parts is not None
        row = self.world.dynamodb.rows("cards-data")[
            till_read_model.store_key(parts.partner_id, parts.key_id)
        ]
        return till_read_model.read(till_read_model.KeyTill, row)

    def done(self, who: Principal, path: str, **body: Any) -> dict[str, Any]:
        """An action that must succeed."""
        answer = self.post(who, path, **body)
        assert answer.status == 200, answer.text
        return dict(answer.json)
