"""The representative of a guardian signs in by the contact of the application."""

from dataclasses import replace
from typing import Any

from shared.identity.devices import Devices, holder_of
from shared.identity.sign_ins import SignIns
from shared.principal import Principal
from shared.storage.command_context import CommandContext
from tests.matching.api_client import BOT, FEDERAL, HQ, MatchingClient, application, inn, read_text

PHONE = "+79160000777"
OTHER = "+79160000778"


def message_of(
    client: MatchingClient, sign_in: str, template: str = "sign_in_requested_guardian"
) -> dict[str, Any]:
    """Where a code goes, and the code."""
    item = {"reference": sign_in, "event_id": "e", "template": template}
    told = client.world.call("matching", "resolve_recipients", {"items": [item]})
    return dict(told["recipients"][0])


def asked(client: MatchingClient, phone: str = PHONE) -> str:
    """A code was asked for."""
    answer = client.post(None, "/sign-ins", {"contact": phone})
    assert answer.status == 202, answer.text
    return str(answer.json["id"])


def code_of(client: MatchingClient, sign_in: str) -> str:
    """The code that a phone gets."""
    return str(message_of(client, sign_in)["variables"]["sign_in_code"])


def signed_in(client: MatchingClient, phone: str = PHONE) -> tuple[Principal, dict[str, Any]]:
    """The representative of a phone, and the tokens."""
    sign_in = asked(client, phone)
    code = {"code": code_of(client, sign_in)}
    tokens = client.post(None, f"/sign-ins/{sign_in}/token", code)
    assert tokens.status == 200, tokens.text
    with client.world.service("matching"):
        device = Devices.connect().get(tokens.json["device_id"])
        return holder_of(device), dict(tokens.json)


def contact(phone: str) -> dict[str, str]:
    """A contact person with a phone."""
    return {"name": "Мария", "channel": "sms", "phone": phone}


def test_a_representative_signs_in_and_does_what_is_its_own(client: MatchingClient) -> None:
    mine = client.applied(contact=contact(PHONE))
    other = client.applied(contact=contact(OTHER))
    assert message_of(client, asked(client, "+79160000779"))["refused"] == "unknown_contact"
    me, _ = signed_in(client)
    assert (me.id, me.role, me.org, me.audience) == (mine, "guardian_rep", mine, "matching")

    view = client.api(me).get(f"/guardians/{mine}")
    team = {"team_kind": "work_collective", "team_size": 7}
    path = f"/guardians/{mine}/application"
    assert client.api(me).put(path, team | {"team_size": 1}, if_match=view.etag).status == 422
    group = {"team_kind": "volunteer_group", "team_size": 7}
    assert client.api(me).put(path, group, if_match=view.etag).status == 422
    assert client.api(me).put(path, team, if_match=view.etag).status == 200
    possible = {"capabilities": [{"category": "food_aid"}], "capacity_families": 2}
    etag = client.api(me).get(f"/guardians/{mine}").etag
    changed = client.api(me).put(f"/guardians/{mine}/possibilities", possible, if_match=etag)
    assert changed.status == 200, changed.text
    seen = client.get(FEDERAL, f"/guardians/{mine}")
    assert (seen["team_size"], seen["capabilities"][0]["category"]) == (7, "food_aid")
    for path in (f"/guardians/{other}", f"/guardians/{mine}/evidence"):
        assert client.api(me).get(path).status in (403, 404)
    assert client.api(me).get(f"/guardians/{mine}/contact").status == 200
    assert len(client.get(me, "/devices")["items"]) == 1


def test_a_representative_signs_declines_and_sees_its_families(client: MatchingClient) -> None:
    guardian = client.ready(signed=False, contact=contact(PHONE))
    me, tokens = signed_in(client)
    for side in (me, HQ):
        client.do(side, f"/guardians/{guardian}/participation-agreement", read_text())
    match = client.proposed(client.waiting(), guardian)
    assert [each["match_id"] for each in client.get(me, "/matches")["items"]] == [match]
    client.do(me, f"/matches/{match}/decline", {"reason": "other"})
    sign_in = asked(client)
    code = {"code": code_of(client, sign_in)}

    client.do(me, f"/guardians/{guardian}/withdrawal", {"reason": "moved"})

    assert client.post(None, f"/sign-ins/{sign_in}/token", code).code == "sign_in_over"

    assert client.api(me).get("/matches").code == "sign_in_again"
    refresh = {"refresh_token": tokens["refresh_token"]}
    assert client.post(None, "/tokens/refresh", refresh).code == "sign_in_again"
    assert message_of(client, asked(client))["refused"] == "unknown_contact"


def test_a_representative_that_is_reached_in_a_messenger_signs_in_there(
    client: MatchingClient,
) -> None:
    there = {"name": "Мария", "channel": "bot", "address": "max:7"}
    guardian = client.applied(contact=there)
    known = client.post(None, "/sign-ins", {"channel": "bot", "contact": "max:7"}).json["id"]

    sent = message_of(client, known)
    assert (sent["channel"], sent["address"]) == ("bot", "max:7")
    code = {"code": sent["variables"]["sign_in_code"]}
    tokens = client.post(None, f"/sign-ins/{known}/token", code)
    assert tokens.status == 200, tokens.text
    with client.world.service("matching"):
        assert Devices.connect().get(tokens.json["device_id"]).person == guardian


def test_a_code_that_is_withheld_goes_nowhere(client: MatchingClient) -> None:
    client.applied(contact=contact(PHONE))
    with client.world.service("matching"):
        sign_ins = SignIns.connect()
        withheld = sign_ins.get(asked(client)).model_copy(update={"withheld": True})
        sign_ins.save(CommandContext(BOT, "test", "cor_test"), withheld)

    assert message_of(client, withheld.id)["refused"] == "unknown_contact"


def test_who_applies_with_a_foreign_phone_gets_nothing_and_takes_nothing(
    client: MatchingClient,
) -> None:
    first = client.applied(contact=contact(PHONE))
    client.do(None, "/applications", application(contact=contact(PHONE), inn=inn(88), title="Б"))

    me, _ = signed_in(client)

    assert me.id == first


def test_a_chat_that_is_bound_to_a_guardian_is_renewed_in_the_bots_own_regions(
    client: MatchingClient,
) -> None:
    mine = client.applied(contact=contact(PHONE))
    bot = replace(BOT, scopes=("bind_people",))
    binding = client.post(bot, "/bindings", {"contact": PHONE, "chat": "chat-1"}).json["id"]
    code = {"code": code_of(client, binding)}
    device = client.post(bot, f"/bindings/{binding}/token", code).json["device_id"]

    assert client.post(bot, f"/devices/{device}/token").status == 200
    elsewhere = client.post(replace(bot, regions=("YY",)), f"/devices/{device}/token")
    assert elsewhere.status in (401, 404)
    with client.world.service("matching"):
        assert Devices.connect().get(device).person == mine
