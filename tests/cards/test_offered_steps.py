"""What refusals about cards, partners, offers, shops, keys, tables and lists offer succeeds."""

from collections.abc import Callable
from typing import Any

import pytest

from services.cards.cards.domain import Card
from services.cards.offers import domain
from services.cards.outlets import register
from services.cards.partners.values import NEXT_STEPS
from shared.principal import Principal
from tests.cards.api_client import (
    AUTHORITY,
    HOLDER,
    LEADER,
    LEADER_Y,
    MANAGER,
    OFFICE,
    OTHER_MANAGER,
    STRANGER,
    CardsClient,
    person,
)
from tests.cards.imports.uploads import run, text, upload
from tests.cards.offices import issue
from tests.support.offered_steps import Trial
from tests.support.world import at

HOTLINE = person("OP-1", "hotline_operator")
OPERATIONS = person("OPS", "operations", region="*")
COLLEAGUE = person("CL-7", "community_leader")


def check(
    client: CardsClient, callers: tuple[Principal, ...], path: str, said: Any, **more: Any
) -> int:
    """Try each step as each caller; return who sees the thing."""
    trial = Trial(client.world, path, said, **more)
    return trial.check(*(client.api(each) for each in callers))


# Cards ------------------------------------------------------------------------------------


def done(client: CardsClient, card: dict[str, Any], step: str, **body: Any) -> dict[str, Any]:
    client.done(LEADER, f"/v1/cards/{card['id']}/{step}", **body)
    return card


def replaced(client: CardsClient) -> dict[str, Any]:
    card = client.active_card()
    new = client.post(LEADER, f"/v1/cards/{card['id']}/replace", reason="damaged")
    assert new.status == 201
    return card


def held(client: CardsClient) -> dict[str, Any]:
    issue(client, "1024", "D02", PHONE)
    second = issue(client, "1024", "D05", PHONE).json
    assert second["held_because"]
    return dict(second)


def expired(client: CardsClient) -> dict[str, Any]:
    card = client.issue()
    client.world.advance(at("2027-01-20 10:00"))
    return card


PHONE = "+7 921 123-45-67"
CARDS: dict[str, Callable[[CardsClient], dict[str, Any]]] = {
    "issued": lambda client: client.issue(),
    "expired": expired,
    "active": lambda client: client.active_card(),
    "lost": lambda client: done(client, client.active_card(), "block", reason="lost"),
    "stolen": lambda client: done(client, client.active_card(), "block", reason="stolen"),
    "lost_when_new": lambda client: done(client, client.issue(), "block", reason="lost"),
    "held": held,
    "held_and_lost": lambda client: done(client, held(client), "block", reason="lost"),
    "replaced": replaced,
    "revoked": lambda client: done(client, client.active_card(), "revoke", reason="moved_away"),
}


def steps_of(card: dict[str, Any]) -> dict[str, Any]:
    one = f"/v1/cards/{card['id']}"
    activation = {
        "number": card["number"],
        "activation_code": card["activation_code"] or "00000000",
        "district_id": "D02",
        "contact": {"name": "Мария", "channel": "sms", "phone": PHONE},
        "consent_processing": True,
        "consent_community": True,
    }
    return {
        "activate": ("/v1/cards/activate", (activation, activation | {"evidence": "in_person"})),
        "renew_code": (f"{one}/renew-code", (None,)),
        "hand_over_code": (f"{one}/hand-over-code", (None,)),
        "block": (f"{one}/block", ({"reason": "lost"}, {"reason": "stolen"})),
        "unblock": (f"{one}/unblock", (None,)),
        "move": (f"{one}/move", ({"district_id": "D03"},)),
        "replace": (f"{one}/replace", ({"reason": "damaged"},)),
        "revoke": (f"{one}/revoke", ({"reason": "moved_away"},)),
        "decide_duplicate": (
            f"{one}/decide-duplicate",
            ({"decision": "different_person", "reason": "offices_asked"},),
        ),
        "withdraw_consent": (f"{one}/withdraw-consent", (None,)),
        "give_consent": (f"{one}/give-consent", (None,)),
        "print": ("/v1/prints", ({"card_ids": [card["id"]]},)),
    }


@pytest.mark.parametrize("standing", CARDS)
def test_a_card(client: CardsClient, standing: str) -> None:
    card = CARDS[standing](client)
    said = steps_of(card)
    callers = (LEADER, LEADER_Y, OFFICE, HOLDER, STRANGER, HOTLINE, AUTHORITY)
    beside = frozenset(said) - {step for steps in Card.STEPS.values() for step in steps}
    more: Any = {"idle": frozenset({"activate"}), "listed": ("/v1/cards", {"region": "ZR"}, "id")}
    assert check(client, callers, f"/v1/cards/{card['id']}", said, beside=beside, **more) >= 1


# A phone that was stolen is signed out: its holder comes by the next one.
@pytest.mark.parametrize(
    ("reason", "then"),
    [
        ("lost", ""),
        ("lost", "put_into_use"),
        ("lost", "phone_changed"),
        ("stolen", "phone_changed"),
    ],
)
def test_a_lost_card_of_who_comes_by_phone(client: CardsClient, reason: str, then: str) -> None:
    card = issue(client, "FP-1", "D02", PHONE).json
    holder = client.signed_in()
    if then:
        assert client.activate(card, holder).status == 200
    done(client, card, "block", reason=reason)
    if then == "phone_changed":
        contact = {"name": "Мария", "channel": "sms", "phone": "+79031112233"}
        done(client, card, "change-contact", contact=contact, evidence="in_person")
        holder = client.signed_in(contact["phone"])
    said = steps_of(card)
    beside = frozenset(said) - {step for steps in Card.STEPS.values() for step in steps}
    one = f"/v1/cards/{card['id']}"
    more: Any = {"listed": ("/v1/my-cards", {}, "id")}
    assert check(client, (holder,), one, said, beside=beside, **more) == 1


@pytest.mark.parametrize("standing", ["active", "lost", "revoked"])
def test_a_card_among_the_holders_own(client: CardsClient, standing: str) -> None:
    card = CARDS[standing](client)

    (own,) = client.get(HOLDER, "/v1/my-cards").json["items"]

    assert own == client.get(HOLDER, f"/v1/cards/{card['id']}").json
    assert ("block" in own["next_steps"]) is (standing != "revoked")


# Partners, their offers, shops and keys ---------------------------------------------------


def lead(client: CardsClient) -> str:
    facts: dict[str, Any] = {
        "region": "ZR",
        "title": "Берёзка",
        "category": "grocery",
        "district_ids": ["D01", "D02"],
        "manager_org": "shop-01",
    }
    return str(client.post(AUTHORITY, "/v1/partners", **facts).json["id"])


def taken(client: CardsClient, *steps: tuple[str, dict[str, Any]]) -> str:
    partner, _ = client.active_partner()
    for step, body in steps:
        client.done(LEADER, f"/v1/partners/{partner}/{step}", **body)
    return partner


def declined(client: CardsClient) -> str:
    partner = client.partner()
    client.done(LEADER, f"/v1/partners/{partner}/decline", reason="not_interested")
    return partner


def closed_shop(client: CardsClient) -> str:
    partner = client.partner()
    outlet = outlet_of(client, partner)
    client.done(MANAGER, f"/v1/partners/{partner}/outlets/{outlet}/close")
    return partner


def two_keys(client: CardsClient) -> str:
    partner, outlet = client.active_partner()
    assert client.key(partner, outlet).status == 201
    return partner


def all_keys(client: CardsClient) -> str:
    partner = two_keys(client)
    for _ in range(2):
        assert client.key(partner, outlet_of(client, partner), sandbox=True).status == 201
    return partner


def full_of_offers(client: CardsClient) -> str:
    partner, _ = client.active_partner()
    for day in range(10, 20):
        assert client.offer(partner, since=f"2026-12-{day}").status == 201
    return partner


def offer_whose_day_has_come(client: CardsClient) -> str:
    partner, _ = client.active_partner()
    assert client.offer(partner, since="2026-10-07").status == 201
    client.world.set_time(at("2026-10-07 12:00"))
    return partner


def overlapping(client: CardsClient) -> str:
    partner, _ = client.active_partner()
    for since in ("2026-12-10", "2026-12-01"):
        assert client.offer(partner, since=since).status == 201
    later = offers(client, partner)[1]
    client.done(LEADER, f"/v1/partners/{partner}/offers/{later}/publish")
    return partner


def leaving_before_its_offer(client: CardsClient) -> str:
    partner, _ = client.active_partner()
    assert client.offer(partner, since="2026-12-10").status == 201
    client.done(LEADER, f"/v1/partners/{partner}/notice", last_day="2026-11-20")
    return partner


def on_its_last_day(client: CardsClient) -> str:
    partner = taken(client, ("notice", {"last_day": "2026-10-20"}))
    client.world.set_time(at("2026-10-20 12:00"))
    return partner


def withdrawn_offer(client: CardsClient) -> str:
    partner, _ = client.active_partner()
    assert client.offer(partner, since="2026-12-10").status == 201
    last = offers(client, partner)[-1]
    client.done(MANAGER, f"/v1/partners/{partner}/offers/{last}/withdraw")
    return partner


def outlet_of(client: CardsClient, partner: str) -> str:
    known = client.get(LEADER, f"/v1/partners/{partner}/outlets").json["items"]
    return str(known[0]["id"]) if known else client.outlet(partner)


def offers(client: CardsClient, partner: str) -> list[str]:
    found = client.get(LEADER, f"/v1/partners/{partner}/offers").json["items"]
    return [str(each["id"]) for each in sorted(found, key=lambda each: each["version"])]


PARTNERS: dict[str, Callable[[CardsClient], str]] = {
    "lead": lead,
    "negotiating": lambda client: client.partner(),
    "ready": lambda client: client.ready_partner()[0],
    "closed_shop": closed_shop,
    "active": taken,
    "two_keys": two_keys,
    "all_keys": all_keys,
    "full_of_shops": taken,
    "all_offers_in_force": taken,
    "full_of_offers": full_of_offers,
    "offer_whose_day_has_come": offer_whose_day_has_come,
    "overlapping": overlapping,
    "leaving_before_its_offer": leaving_before_its_offer,
    "withdrawn_offer": withdrawn_offer,
    "paused": lambda client: taken(client, ("pause", {})),
    "leaving": lambda client: taken(client, ("notice", {"last_day": "2026-12-20"})),
    "on_its_last_day": on_its_last_day,
    "ended": lambda client: taken(client, ("end", {"reason": "other"})),
    "declined": declined,
    "all_closed_and_full": closed_shop,
}


LIMITS = {
    "full_of_shops": (register, "MAX_OUTLETS"),
    "all_closed_and_full": (register, "MAX_OUTLETS"),
    "all_offers_in_force": (domain, "MAX_OPEN"),
}


@pytest.mark.parametrize("standing", PARTNERS)
def test_a_partner(client: CardsClient, standing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    partner = PARTNERS[standing](client)
    if standing in LIMITS:
        monkeypatch.setattr(*LIMITS[standing], 1)
    one = f"/v1/partners/{partner}"
    outlets = client.get(LEADER, f"{one}/outlets").json["items"]
    outlet = outlets[0]["id"] if outlets else "out_01ARZ3NDEKTSV4RRFFQ69G5FAV"
    keys = [key["id"] for each in outlets for key in each["keys"]]
    versions = offers(client, partner)
    key = keys[0] if keys else "key_01ARZ3NDEKTSV4RRFFQ69G5FAV"
    shop = {
        "title": "На углу",
        "district_id": "D01",
        "address": "площадь Труда, 2",
        "latitude": 53.2,
        "longitude": 50.1,
    }
    described = {"title": "Сосна", "category": "grocery", "district_ids": ["D01", "D02"]}
    offers_from = tuple(
        {"discount_percent": 9, "goods_scope": "Всё", "valid_from": day}
        for day in ("2026-10-21", "2026-11-20", "2026-12-25")
    )
    said: Any = {
        "take": (f"{one}/take", (None,)),
        "decline": (f"{one}/decline", ({"reason": "not_interested"},)),
        "edit": (f"PUT {one}", (described,)),
        "record_agreement": (f"{one}/agreement", ({"agreement_ref": "15/2026"},)),
        "publish": (f"{one}/publish", (None,)),
        "pause": (f"{one}/pause", (None,)),
        "resume": (f"{one}/resume", (None,)),
        "give_notice": (f"{one}/notice", ({"last_day": "2026-12-30"},)),
        "withdraw_notice": (f"{one}/withdraw-notice", (None,)),
        "end": (f"{one}/end", ({"reason": "other"},)),
        "add_outlet": (f"{one}/outlets", (shop,)),
        "close_outlet": (f"{one}/outlets/{outlet}/close", (None,)),
        "issue_key": (
            f"{one}/keys",
            ({"outlet_id": outlet}, {"outlet_id": outlet, "sandbox": True}),
        ),
        "replace_key": (f"{one}/keys/{key}/replace", (None,)),
        "revoke_key": (f"{one}/keys/{key}/revoke", (None,)),
        "propose_offer": (f"{one}/offers", offers_from),
        "ask_for_keys": (f"{one}/key-list", (None,)),
    }
    for step in ("publish", "withdraw"):
        said[f"{step}_offer"] = (tuple(f"{one}/offers/{each}/{step}" for each in versions), (None,))
    callers = (LEADER, COLLEAGUE, LEADER_Y, MANAGER, OTHER_MANAGER, AUTHORITY, OFFICE, OPERATIONS)
    stated = "partner_{status}", frozenset(step for each in NEXT_STEPS.values() for step in each)
    beside, listed = frozenset(said) - stated[1], ("/v1/partners", {"region": "ZR"}, "id")
    assert check(client, callers, one, said, beside=beside, listed=listed, stated=stated) >= 3


def test_a_refused_version_of_an_offer_names_what_the_caller_does_about_it(
    client: CardsClient,
) -> None:
    partner = leaving_before_its_offer(client)
    late = offers(client, partner)[-1]

    refused = client.post(LEADER, f"/v1/partners/{partner}/offers/{late}/publish")

    assert refused.code == "offer_after_last_day"
    assert [step["action"] for step in refused.json["next_steps"]] == ["withdraw_notice"]


# Tables, lists of secrets, the programme --------------------------------------------------


@pytest.mark.parametrize("standing", ["waiting", "uploaded", "failed", "running", "done"])
def test_a_table_of_holders(client: CardsClient, standing: str) -> None:
    rows = text("FP-1;D01;да;;;;") if standing != "failed" else b"\0" * 99
    batch = upload(client, client.world.files, rows, dry_run=False)
    if standing == "waiting":
        client.world.files.objects.clear()
    if standing in ("failed", "done"):
        run(client, batch)
    if standing == "running":
        client.done(LEADER, f"/v1/batches/{batch}/start")
    one = f"/v1/batches/{batch}"
    said: Any = {
        "start_table": (f"{one}/start", (None,)),
        "cancel_table": (f"{one}/cancel", (None,)),
        "ask_for_list": (f"{one}/codes", (None,)),
        "take_list": (f"{one}/codes/take", (None,)),
    }
    assert check(client, (LEADER, COLLEAGUE, LEADER_Y, OFFICE), one, said, silent=True) >= 1


@pytest.mark.parametrize("standing", ["writing", "ready", "taken", "deleted", "ended"])
def test_a_list_of_keys(client: CardsClient, standing: str) -> None:
    partner, _ = client.active_partner()
    client.outlet(partner)
    one = f"/v1/partners/{partner}/key-list"
    client.done(MANAGER, one)
    if standing != "writing":
        client.world.settle()
    if standing == "taken":
        client.done(MANAGER, f"{one}/take")
    if standing == "ended":
        client.done(LEADER, f"/v1/partners/{partner}/end", reason="other")
    if standing == "deleted":
        client.world.advance(at("2026-10-05 12:00"))
    said: Any = {"write_again": (one, (None,)), "take_list": (f"{one}/take", (None,))}
    assert check(client, (LEADER, MANAGER, OTHER_MANAGER, OFFICE), one, said) >= 1


@pytest.mark.parametrize("standing", ["writing", "ready", "taken", "deleted"])
def test_a_list_of_codes(client: CardsClient, standing: str) -> None:
    batch = upload(client, client.world.files, text("FP-1;D01;да;;;;"), dry_run=False)
    run(client, batch)
    one = f"/v1/batches/{batch}/codes"
    client.done(LEADER, one)
    if standing != "writing":
        client.world.settle()
    if standing == "taken":
        client.done(LEADER, f"{one}/take")
    if standing == "deleted":
        client.world.advance(at("2026-10-05 12:00"))
    said: Any = {"write_again": (one, (None,)), "take_list": (f"{one}/take", (None,))}
    assert check(client, (LEADER, COLLEAGUE, LEADER_Y, OFFICE), one, said) == 1


@pytest.mark.parametrize("standing", ["running", "closed"])
def test_a_programme(client: CardsClient, standing: str) -> None:
    one = "/v1/programmes/ZR"
    if standing == "closed":
        client.done(AUTHORITY, f"{one}/close")
    card = {"region": "ZR", "district_id": "D02", "holder_ref": "FP-5", "placement_current": True}
    started: dict[str, Any] = {
        "region": "ZR",
        "club_id": "C-00",
        "authority_id": "RA",
        "started_on": "2026-09-01",
    }
    said: Any = {
        "start_programme": ("/v1/programmes", (started,)),
        "close_programme": (f"{one}/close", (None,)),
        "reopen_programme": (f"{one}/reopen", (None,)),
        "issue_card": ("/v1/cards", (card,)),
        "import_holders": ("/v1/batches", ({"region": "ZR"},)),
    }
    beside = frozenset(said) - {"close_programme", "reopen_programme"}
    assert check(client, (LEADER, AUTHORITY, LEADER_Y, OFFICE), one, said, beside=beside) >= 2
