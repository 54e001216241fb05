"""Who calls what in cards and at the till: holders, partners, batches and prints."""

from typing import Any

from shared.principal import Principal
from tests.cards.api_client import (
    AUTHORITY,
    BOT,
    CONTACT,
    HOLDER,
    LEADER,
    MANAGER,
    OFFICE,
    Desk,
    person,
)
from tests.fuzz.callers import Seat
from tests.support.world import World

HEADER = "Номер личного дела;Район;Ребёнок в семье;Номер распоряжения;Дата распоряжения;Имя;Телефон"
TABLE = f"{HEADER}\nFP-71;D01;да;;;Мария;8 921 123-45-67\n".encode()
OUTLET = {
    "title": "На площади", "district_id": "D01", "address": "площадь Труда, 1",
    "latitude": 53.2, "longitude": 50.1,
    "hours": [{"day": "mon", "opens": "09:00", "closes": "21:00"}],
}  # fmt: skip
LEAD = {
    "region": "ZR", "title": "Аптека «Ромашка»", "category": "pharmacy", "district_ids": ["D01"],
    "manager_org": "shop-02",
}  # fmt: skip
OFFER = {"discount_percent": 9, "goods_scope": "Хлеб", "valid_from": "2026-11-01"}
NEW = {"region": "ZR", "district_id": "D02", "holder_ref": "FP-99", "placement_current": True}
ACTIVATION = {
    "district_id": "D02", "contact": CONTACT,
    "consent_processing": True, "consent_community": True,
}  # fmt: skip
FAR = person("RA-Y", "regional_authority", region="YY")


def seats(world: World) -> dict[str, Seat]:
    """Seed cards and sit down at every operation."""
    desk = Desk(world)
    return _of_cards(desk) | _of_partners(desk) | _of_files(desk)


def _of_cards(desk: Desk) -> dict[str, Seat]:
    card = desk.active_card()
    issued = desk.issue("FP-05")
    blocked = desk.active_card("FP-03", person("FP-03", "foster_parent"))
    desk.done(LEADER, f"/v1/cards/{blocked['id']}/block", reason="lost")

    left = person("FP-06", "foster_parent")
    revoked = desk.active_card("FP-06", left)
    desk.done(LEADER, f"/v1/cards/{revoked['id']}/revoke", reason="moved_away")

    def at(who: Principal = LEADER, found: Any = card, **more: Any) -> Seat:
        return Seat(who, {"card_id": str(found["id"])}, **more)

    proof = {"number": issued["number"], "activation_code": issued["activation_code"]}
    return {
        "issue_card": Seat(
            OFFICE,
            body=NEW | {"order": {"order_ref": "17-р", "ordered_on": "2026-10-05"}},
            keep=("region", "district_id", "order"),
        ),
        "activate_card": Seat(
            BOT,
            headers={"Ryadom-On-Behalf-Of": "per_01HOLDER00"},
            body=ACTIVATION | proof,
            keep=("number", "activation_code", "district_id"),
        ),
        "list_cards": Seat(LEADER, query={"region": "ZR", "district_id": "D02"}),
        "list_own_cards": Seat(HOLDER),
        "get_card": at(),
        "get_contact": at(),
        "get_card_page": at(HOLDER),
        "block_card": at(HOLDER, body={"reason": "stolen"}),
        "unblock_card": at(found=blocked),
        "hand_over_code": at(HOLDER),
        "renew_code": at(found=issued),
        "replace_card": at(body={"reason": "damaged"}),
        "revoke_card": at(body={"reason": "moved_away"}),
        "withdraw_consent": at(HOLDER),
        "erase_holder": at(left, revoked),
        "report_placement_end": Seat(
            OFFICE,
            body={
                "region": "ZR", "holder_ref": "FP-02", "district_id": "D02",
                "ended_on": "2026-10-01",
            },
            keep=("region", "district_id"),
        ),
        "start_programme": Seat(
            FAR,
            body={
                "region": "YY", "club_id": "C-0Y", "authority_id": "RA-Y",
                "started_on": "2026-09-01",
            },
            keep=("region",),
        ),
        "get_programme": Seat(LEADER, {"region": "ZR"}),
        "close_programme": Seat(AUTHORITY, {"region": "ZR"}),
        "get_report": Seat(AUTHORITY, query={"region": "ZR", "month": "2026-10"}),
    }  # fmt: skip


def _of_partners(desk: Desk) -> dict[str, Seat]:
    active, outlet = desk.active_partner()
    offer = desk.offer(active, 9, "2026-11-01").json["number"]
    key = desk.key(active, outlet).json["key_id"]
    spare = desk.outlet(active)
    lead = str(desk.post(AUTHORITY, "/v1/partners", **LEAD, contact=CONTACT).json["id"])
    taken = desk.partner()
    ready, _ = desk.ready_partner()
    paused, _ = desk.active_partner()
    desk.done(MANAGER, f"/v1/partners/{paused}/pause")

    def at(who: Principal | None = LEADER, partner: str = active, **more: Any) -> Seat:
        path = {"partner_id": partner} | more.pop("path", {})
        return Seat(who, path, **more)

    return {
        "propose_partner": Seat(AUTHORITY, body=LEAD, keep=("region", "district_ids")),
        "list_partners": Seat(LEADER, query={"region": "ZR"}),
        "show_reference": Seat(query={"region": "ZR"}),
        "list_public_partners": Seat(query={"region": "ZR"}),
        "get_public_partner": at(None),
        "get_partner": at(MANAGER),
        "get_partner_contact": at(partner=lead),
        "take_lead": at(partner=lead),
        "decline_partner": at(partner=taken, body={"reason": "not_interested"}),
        "record_agreement": at(AUTHORITY, taken, body={"agreement_ref": "14/2026"}),
        "publish_partner": at(partner=ready),
        "pause_partner": at(MANAGER),
        "resume_partner": at(MANAGER, paused),
        "give_notice": at(MANAGER, body={"last_day": "2026-12-31", "reason": "partner_left"}),
        "end_partner": at(MANAGER, body={"reason": "closed_down"}),
        "propose_offer": at(MANAGER, body=OFFER | {"outlet_ids": [outlet]}, keep=("outlet_ids",)),
        "publish_offer": at(path={"offer_id": offer}),
        "withdraw_offer": at(path={"offer_id": offer}),
        "add_outlet": at(MANAGER, body=OUTLET, keep=("district_id",)),
        "close_outlet": at(MANAGER, path={"outlet_id": spare}),
        "issue_key": at(MANAGER, body={"outlet_id": outlet, "sandbox": True}, keep=("outlet_id",)),
        "revoke_key": at(MANAGER, path={"key_id": key}),
        "get_statistics": at(MANAGER, query={"month": "2026-10"}),
        "get_sticker": at(MANAGER),
    }


def _of_files(desk: Desk) -> dict[str, Seat]:
    opened, done = (
        str(desk.post(LEADER, "/v1/batches", region="ZR", dry_run=True).json["id"])
        for _ in range(2)
    )
    for batch in (opened, done):
        desk.world.files.objects[f"batches/{batch}/upload"] = TABLE
    desk.done(LEADER, f"/v1/batches/{done}/start")
    card = desk.active_card("FP-04", person("FP-04", "foster_parent"))
    order = desk.post(LEADER, "/v1/prints", card_ids=[card["id"]])
    assert order.status == 201, order.text
    desk.world.settle()
    return {
        "open_batch": Seat(LEADER, body={"region": "ZR"}, keep=("region",)),
        "get_batch": Seat(LEADER, {"batch_id": done}),
        "get_batch_result": Seat(LEADER, {"batch_id": done}),
        "start_batch": Seat(LEADER, {"batch_id": opened}),
        "order_print": Seat(LEADER, body={"card_ids": [card["id"]]}, keep=("card_ids",)),
        "get_print": Seat(LEADER, {"print_id": str(order.json["id"])}),
    }
