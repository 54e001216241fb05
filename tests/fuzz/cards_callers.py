"""Who calls what in cards and at the till: holders, partners, batches and prints."""

from typing import Any

import pytest

from shared.identity.devices import Devices, holder_of
from shared.principal import Principal
from tests.cards.api_client import (
    AUTHORITY,
    BOT,
    CONTACT,
    HOLDER,
    LEADER,
    MANAGER,
    OFFICE,
    CardsClient,
    person,
)
from tests.fuzz.callers import Caller
from tests.support.world import World, at

HEADER = "Номер личного дела;Район;Ребёнок в семье;Номер распоряжения;Дата распоряжения;Имя;Телефон"
TABLE = f"{HEADER}\nFP-71;D01;да;;;Мария;8 921 123-45-67\n".encode()
OUTLET = {
    "title": "На площади", "district_id": "D01", "address": "площадь Труда, 1",
    "latitude": 53.2, "longitude": 50.1,
    "hours": [{"day": "mon", "opens": "09:00", "closes": "21:00"}],
}  # fmt: skip
LEAD: dict[str, Any] = {
    "region": "ZR", "title": "Аптека «Ромашка»", "category": "pharmacy", "district_ids": ["D01"],
    "manager_org": "shop-02",
}  # fmt: skip
EDITED = {"title": "Берёзка", "category": "grocery", "district_ids": ["D01", "D02"]}
OFFER = {"discount_percent": 9, "goods_scope": "Хлеб", "valid_from": "2026-11-01"}
NEW = {"region": "ZR", "district_id": "D02", "holder_ref": "FP-99", "placement_current": True}
ACTIVATION = {
    "district_id": "D02", "contact": CONTACT,
    "consent_processing": True, "consent_community": True,
}  # fmt: skip
NORTH = person("RA-N", "regional_authority", region="YN")
FAR = person("RA-Y", "regional_authority", region="YY")
SIGNED_IN = "+79211234577"
START = at("2026-10-12 12:00")


def callers(world: World, _: pytest.MonkeyPatch) -> dict[str, Caller]:
    """Seed cards and return a caller for every operation."""
    client = CardsClient(world)
    world.environment["API_URL"] = "https://ryadom.test"
    return _of_cards(client) | _of_sign_ins(client) | _of_partners(client) | _of_files(client)


def _of_cards(client: CardsClient) -> dict[str, Caller]:
    card = client.active_card()
    issued = client.issue("FP-05")
    blocked = client.active_card("FP-03", person("FP-03", "foster_parent"))
    client.done(LEADER, f"/v1/cards/{blocked['id']}/block", reason="lost")

    left = person("FP-06", "foster_parent")
    revoked = client.active_card("FP-06", left)
    client.done(LEADER, f"/v1/cards/{revoked['id']}/revoke", reason="moved_away")

    parties: dict[str, Any] = {"region": "YN", "club_id": "C-N", "authority_id": "RA-N"}
    client.post(NORTH, "/v1/programmes", started_on="2026-09-01", **parties)
    client.done(NORTH, "/v1/programmes/YN/close")
    ending = client.issue("FP-07")
    client.done(
        OFFICE, "/v1/placement-ends",
        region="ZR", holder_ref="FP-07", district_id="D02", ended_on="2026-10-01",
    )  # fmt: skip

    order = {"order_ref": "17-р", "ordered_on": "2026-10-05"}
    client.issue("FP-08", district_id="D03")
    twin = client.post(
        OFFICE, "/v1/cards", region="ZR", district_id="D02", holder_ref="FP-08", order=order
    ).json
    assert twin["status"] == "held"

    def for_card(who: Principal = LEADER, found: Any = card, **more: Any) -> Caller:
        return Caller(who, {"card_id": str(found["id"])}, **more)

    proof = {"number": issued["number"], "activation_code": issued["activation_code"]}
    return {
        "issue_card": Caller(
            OFFICE,
            body=NEW | {"order": order},
            keep=("region", "district_id", "order"),
        ),
        "activate_card": Caller(
            person("FP-05", "foster_parent"),
            body=ACTIVATION | proof,
            keep=("number", "activation_code", "district_id"),
        ),
        "list_cards": Caller(LEADER, query={"region": "ZR", "district_id": "D02"}),
        "list_own_cards": Caller(HOLDER),
        "get_card": for_card(),
        "get_contact": for_card(),
        "get_card_page": for_card(HOLDER),
        "list_readings": for_card(HOLDER),
        "block_card": for_card(HOLDER, body={"reason": "stolen"}),
        "unblock_card": for_card(found=blocked),
        "hand_over_code": for_card(HOLDER),
        "renew_code": for_card(found=issued),
        "replace_card": for_card(body={"reason": "damaged"}),
        "revoke_card": for_card(body={"reason": "moved_away"}),
        "move_card": for_card(HOLDER, body={"district_id": "D05"}),
        "withdraw_consent": for_card(HOLDER),
        "give_consent": for_card(HOLDER),
        "erase_holder": for_card(left, revoked),
        "find_lost_card": Caller(
            person("OP-1", "hotline_operator"),
            body={"region": "ZR", "holder_ref": "FP-02", "last4": card["number"][-4:]},
            keep=("region",),
        ),
        "list_held_cards": Caller(LEADER, query={"region": "ZR", "district_id": "D02"}),
        "decide_duplicate": for_card(
            found=twin, body={"decision": "different_person", "reason": "offices_asked"}
        ),
        "dismiss_placement_end": for_card(found=ending),
        "report_placement_end": Caller(
            OFFICE,
            body={
                "region": "ZR", "holder_ref": "FP-02", "district_id": "D02",
                "ended_on": "2026-10-01",
            },
            keep=("region", "district_id"),
        ),
        "start_programme": Caller(
            FAR,
            body={
                "region": "YY", "club_id": "C-0Y", "authority_id": "RA-Y",
                "started_on": "2026-09-01", "grace_days": 60,
            },
            keep=("region",),
        ),
        "get_programme": Caller(LEADER, {"region": "ZR"}),
        "edit_programme": Caller(
            AUTHORITY,
            {"region": "ZR"},
            body={
                "club_id": "C-01", "authority_id": "RA", "started_on": "2026-09-01",
                "grace_days": 45,
            },
            headers={"If-Match": '"1"'},
        ),
        "close_programme": Caller(AUTHORITY, {"region": "ZR"}),
        "reopen_programme": Caller(NORTH, {"region": "YN"}),
        "get_report": Caller(AUTHORITY, query={"region": "ZR", "month": "2026-10"}),
    }  # fmt: skip


def _contact_change(client: CardsClient) -> tuple[str, dict[str, str], Principal]:
    """A change that waits for its two codes, and whose it is."""
    client.issue("FP-76", contact=CONTACT | {"phone": "+79211234576"})
    device = client.sign_in("+79211234576")["device_id"]
    with client.world.service("cards"):
        holder = holder_of(Devices.connect().get(device))
    contact = CONTACT | {"phone": "+79211234582"}
    change = client.post(holder, "/v1/contact-changes", contact=contact).json["id"]
    told = {each["use"]: each["sign_in_id"] for each in client.events("SignInRequested")}
    codes = {f"{which}_code": client.code_of(told[f"{which}_contact"]) for which in ("old", "new")}
    return str(change), codes, holder


def _of_sign_ins(client: CardsClient) -> dict[str, Caller]:
    client.issue("FP-77", contact=CONTACT | {"phone": SIGNED_IN})
    client.issue("FP-78", contact=CONTACT | {"phone": "+79211234578"})
    tokens = client.sign_in(SIGNED_IN)
    asked = str(client.ask_for_code(SIGNED_IN).json["id"])
    chat = client.bind(phone="+79211234578").json
    binding = client.post(BOT, "/v1/bindings", contact=SIGNED_IN, chat="chat-3").json["id"]
    with client.world.service("cards"):  # whose time stands still, so no token is good
        holder = holder_of(Devices.connect().get(tokens["device_id"]))
    change, proof, other = _contact_change(client)
    code = client.code_of(asked)

    return {
        "request_code": Caller(body={"contact": "+79211234579"}, keep=("contact",)),
        "exchange_code": Caller(
            path={"sign_in_id": asked}, body={"code": code, "device": "phone"}, keep=("code",)
        ),
        "renew_tokens": Caller(
            body={"refresh_token": tokens["refresh_token"]}, keep=("refresh_token",)
        ),
        "request_binding": Caller(
            BOT, body={"contact": "+79211234579", "chat": "chat-2"}, keep=("contact", "chat")
        ),
        "bind_chat": Caller(
            BOT, {"sign_in_id": binding}, body={"code": client.code_of(binding)}, keep=("code",)
        ),
        "renew_chat": Caller(BOT, {"device_id": str(chat["device_id"])}),
        "list_devices": Caller(holder),
        "start_contact_change": Caller(
            other, body={"contact": CONTACT | {"phone": "+79211234580"}}, keep=("contact",)
        ),
        "confirm_contact_change": Caller(other, {"change_id": change}, body=proof, keep=(*proof,)),
        "change_contact": Caller(
            LEADER,
            {"card_id": str(client.issue("FP-79")["id"])},
            body={"contact": CONTACT | {"phone": "+79211234581"}, "evidence": "in_person"},
            keep=("contact",),
        ),
        "revoke_device": Caller(holder, {"device_id": tokens["device_id"]}),
    }


def _of_partners(client: CardsClient) -> dict[str, Caller]:
    active, outlet = client.active_partner()
    offer = client.offer(active, 9, "2026-11-01").json["number"]
    key = client.key(active, outlet).json["key_id"]
    spare = client.outlet(active)
    lead = str(client.post(AUTHORITY, "/v1/partners", **LEAD, contact=CONTACT).json["id"])
    taken = client.partner()
    ready, _ = client.ready_partner()
    chain = client.partner()
    client.outlet(chain)
    client.done(MANAGER, f"/v1/partners/{chain}/key-list")
    client.world.settle()
    paused, _ = client.active_partner()
    client.done(MANAGER, f"/v1/partners/{paused}/pause")
    leaving, _ = client.active_partner()
    client.done(MANAGER, f"/v1/partners/{leaving}/notice", last_day="2026-12-31")

    def for_partner(who: Principal | None = LEADER, partner: str = active, **more: Any) -> Caller:
        path = {"partner_id": partner} | more.pop("path", {})
        return Caller(who, path, **more)

    version = client.get(MANAGER, f"/v1/partners/{active}").json["version"]
    seen = {"If-Match": f'"{version}"'}
    return {
        "propose_partner": Caller(AUTHORITY, body=LEAD, keep=("region", "district_ids")),
        "list_partners": Caller(LEADER, query={"region": "ZR"}),
        "show_reference": Caller(query={"region": "ZR"}),
        "list_public_partners": Caller(query={"region": "ZR"}),
        "get_public_partner": for_partner(None),
        "show_partner_page": for_partner(None),
        "get_partner": for_partner(MANAGER),
        "get_partner_contact": for_partner(partner=lead),
        "list_contact_readings": for_partner(partner=lead),
        "edit_partner": for_partner(MANAGER, body=EDITED, headers=seen, keep=("district_ids",)),
        "change_partner_contact": for_partner(MANAGER, body=CONTACT, headers=seen),
        "list_offers": for_partner(MANAGER),
        "list_outlets": for_partner(MANAGER),
        "edit_outlet": for_partner(
            MANAGER,
            path={"outlet_id": outlet},
            body=OUTLET,
            headers={"If-Match": '"3"'},
            keep=("district_id",),
        ),
        "take_lead": for_partner(partner=lead),
        "decline_partner": for_partner(partner=taken, body={"reason": "not_interested"}),
        "record_agreement": for_partner(AUTHORITY, taken, body={"agreement_ref": "14/2026"}),
        "publish_partner": for_partner(partner=ready),
        "pause_partner": for_partner(MANAGER),
        "resume_partner": for_partner(MANAGER, paused),
        "give_notice": for_partner(
            MANAGER, body={"last_day": "2026-12-31", "reason": "partner_left"}
        ),
        "withdraw_notice": for_partner(MANAGER, leaving),
        "end_partner": for_partner(MANAGER, body={"reason": "closed_down"}),
        "propose_offer": for_partner(
            MANAGER, body=OFFER | {"outlet_ids": [outlet]}, keep=("outlet_ids",)
        ),
        "publish_offer": for_partner(path={"offer_id": offer}),
        "withdraw_offer": for_partner(path={"offer_id": offer}),
        "add_outlet": for_partner(MANAGER, body=OUTLET, keep=("district_id",)),
        "close_outlet": for_partner(MANAGER, path={"outlet_id": spare}),
        "issue_key": for_partner(
            MANAGER, body={"outlet_id": outlet, "sandbox": True}, keep=("outlet_id",)
        ),
        "ask_for_keys": for_partner(MANAGER),
        "get_key_list": for_partner(MANAGER, chain),
        "take_keys": for_partner(MANAGER, chain),
        "replace_key": for_partner(LEADER, path={"key_id": key}),
        "revoke_key": for_partner(MANAGER, path={"key_id": key}),
        "get_statistics": for_partner(MANAGER, query={"month": "2026-10"}),
        "get_sticker": for_partner(MANAGER),
    }


def _on_paper(client: CardsClient, holder_ref: str) -> str:
    """A table that gave a card without a phone."""
    opened = client.post(LEADER, "/v1/batches", region="ZR", dry_run=False).json["id"]
    table = f"{HEADER}\n{holder_ref};D01;да;;;;\n".encode()
    client.world.files.objects[f"batches/{opened}/upload"] = table
    client.done(LEADER, f"/v1/batches/{opened}/start")
    client.world.settle()
    return str(opened)


def _of_files(client: CardsClient) -> dict[str, Caller]:
    opened, done = (
        str(client.post(LEADER, "/v1/batches", region="ZR", dry_run=True).json["id"])
        for _ in range(2)
    )
    for batch in (opened, done):
        client.world.files.objects[f"batches/{batch}/upload"] = TABLE
    client.done(LEADER, f"/v1/batches/{done}/start")
    asked, paper = (_on_paper(client, f"FP-{number}") for number in (72, 73))
    client.done(LEADER, f"/v1/batches/{paper}/codes")
    card = client.active_card("FP-04", person("FP-04", "foster_parent"))
    order = client.post(LEADER, "/v1/prints", card_ids=[card["id"]])
    assert order.status == 201, order.text
    client.world.settle()
    return {
        "open_batch": Caller(LEADER, body={"region": "ZR"}, keep=("region",)),
        "list_batches": Caller(LEADER, query={"region": "ZR", "district_id": "D02"}),
        "get_batch": Caller(LEADER, {"batch_id": done}),
        "get_batch_result": Caller(LEADER, {"batch_id": done}),
        "start_batch": Caller(LEADER, {"batch_id": opened}),
        "cancel_batch": Caller(LEADER, {"batch_id": opened}),
        "order_print": Caller(LEADER, body={"card_ids": [card["id"]]}, keep=("card_ids",)),
        "ask_for_codes": Caller(LEADER, {"batch_id": asked}),
        "get_codes": Caller(LEADER, {"batch_id": paper}),
        "take_codes": Caller(LEADER, {"batch_id": paper}),
        "list_prints": Caller(LEADER, query={"region": "ZR"}),
        "get_print": Caller(LEADER, {"print_id": str(order.json["id"])}),
    }
