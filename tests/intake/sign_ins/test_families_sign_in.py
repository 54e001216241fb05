"""Families come in without an account: by a code to their contact, at home or in a bot's chat."""

from dataclasses import replace
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError

from shared import clock
from shared.aws import NoTimeLeft
from tests.intake.api_client import (
    BOT,
    HQ,
    NAME,
    OPERATOR,
    PHONE,
    WORDS,
    IntakeClient,
    just_before_the_next_write,
    request,
    rows_read,
    staff,
)
from tests.intake.merges.builders import SECOND, merge, two, undo
from tests.intake.rights.builders import PETS

THROTTLED = ClientError({"Error": {"Code": "ThrottlingException"}}, "Sign")
NOTICE = "family_contact_changed_family"
OTHER = {"name": "Пётр", "channel": "sms", "phone": "+79161234568"}


def test_a_code_opens_what_is_the_familys_own_and_nothing_else(client: IntakeClient) -> None:
    mine, other = client.received(), client.received(contact=OTHER)
    stranger = client.ask_for_code("+79160000000")
    asked = client.ask_for_code()
    assert (asked.status, asked.headers) == (stranger.status, stranger.headers)
    assert asked.json.keys() == stranger.json.keys()
    assert client.message_of(stranger.json["id"])["refused"] == "unknown_contact"
    assert client.message_of(asked.json["id"])["address"] == PHONE

    answer = client.enter_code(asked.json["id"])
    me = client.recognise(answer.json["access_token"])

    assert (me.kind, me.role, me.audience) == ("person", "family", "intake")
    (own,) = client.get(me, "/own-cases").json["items"]
    assert (own["id"], own["words"][0]["text"]) == (mine, WORDS)
    family = f"/families/{own['family_id']}"
    assert client.get(me, f"/cases/{mine}/own").json == own
    assert client.get(me, f"{family}/export").json["contacts"][0]["name"] == NAME
    client.do(me, f"/cases/{mine}/corrections", PETS)
    client.do(me, f"{family}/consents", {"purpose": "contact", "given": False})
    client.do(me, f"/cases/{mine}/withdraw", {})
    client.do(me, f"/cases/{mine}/reopen", {"reason": "needs_returned"})
    for path in (f"/cases/{other}/own", f"/cases/{mine}", f"{client.of_family(other)}/export"):
        assert client.get(me, path).status == 404
    assert client.post(me, f"/cases/{other}/withdraw", {}).status == 404
    assert client.get(HQ, "/own-cases").status == 403
    seen = client.get(HQ, family).json
    assert seen["contacts"][0]["proof"] == "proven_by_code"
    assert [each["form"] for each in seen["consents"] if each["withdrawn_at"]] == ["spoken"]


@pytest.mark.parametrize("failure", [NoTimeLeft(), THROTTLED])
def test_a_code_is_not_lost_while_its_answer_cannot_be_signed(
    client: IntakeClient, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    client.received()
    asked = client.ask_for_code().json["id"]
    entered = {"code": client.code_of(asked)}
    with monkeypatch.context() as down:
        down.setattr(client.world.kms, "sign", Mock(side_effect=failure))
        answer = client.post(None, f"/sign-ins/{asked}/token", entered, key="enter-code-1")
    assert (answer.status, answer.json["code"]) == (503, "keys_unavailable")
    assert int(answer.headers["Retry-After"]) > 0

    answer = client.post(None, f"/sign-ins/{asked}/token", entered, key="enter-code-1")
    assert client.recognise(answer.json["access_token"]).role == "family"


def test_what_a_family_says_of_its_contact_is_proved_by_a_code_there(client: IntakeClient) -> None:
    case = client.received()
    me, family = client.signed_in(), client.of_family(case)

    client.do(me, f"{family}/contact", {"contact": OTHER})
    (contact,) = client.get(HQ, family).json["contacts"]
    assert contact["proof"] == "unproved"
    assert client.message_of(client.ask_for_code().json["id"])["refused"] == "unknown_contact"
    assert client.signed_in(OTHER["phone"]).id == me.id
    seen = client.get(HQ, family).json
    assert [each["proof"] for each in seen["contacts"]] == ["proven_by_code"]
    client.signed_in(OTHER["phone"])
    assert client.get(HQ, family).json["contacts"] == seen["contacts"]  # it is proved already


def test_the_former_contact_is_told_of_a_move_unless_its_phone_is_stolen(
    client: IntakeClient,
) -> None:
    case = client.received()
    me, family = client.signed_in(), client.of_family(case)
    refused = client.post(me, f"{family}/contact", {"contact": OTHER, "stolen": True})
    assert refused.json["errors"][0]["code"] == "stolen_to_headquarters"

    client.do(me, f"{family}/contact", {"contact": OTHER})
    (moved,) = client.published("FamilyContactChanged")
    told = client.told(moved["reference"], NOTICE)
    assert moved["notifies_former"]
    assert (told["address"], told["channel"], told["variables"]) == (
        PHONE,
        "sms",
        {"first_name": ""},
    )

    former = moved["reference"].partition(".")[0]
    (kept,) = (row for row in client.world.rows("intake-data") if row["sk"]["S"] == former)
    left = int(kept["expires_at"]["N"]) - clock.wall().timestamp()
    assert 23 * 3600 < left <= 24 * 3600 + 1

    # Nobody has proved the new one yet: it may be a stranger's, who hears nothing.
    third = OTHER | {"phone": "+79161234500"}
    client.do(me, f"{family}/contact", {"contact": third})
    assert not client.published("FamilyContactChanged")[1]["notifies_former"]
    client.signed_in(third["phone"])
    by_hand = {"evidence": "spoken_in_person"}
    client.do(HQ, f"{family}/contact", {"contact": OTHER, "stolen": True, **by_hand})
    assert not client.published("FamilyContactChanged")[2]["notifies_former"]
    client.wait(1 / 24)
    client.signed_in(OTHER["phone"])
    client.do(HQ, f"{family}/contact", {"contact": third, **by_hand})
    last = client.published("FamilyContactChanged")[3]
    assert last["notifies_former"]
    # Only a move of the first contact is one; the same phone under another name is none.
    client.do(HQ, f"{family}/contact", {"contact": third | {"name": "Анна Ивановна"}, **by_hand})
    assert len(client.published("FamilyContactChanged")) == 4
    client.do(HQ, f"{family}/erase", {"reason": "person_asked", **by_hand})
    assert client.told(last["reference"], NOTICE)["refused"] == "no_channel"


def test_a_notice_to_a_former_contact_is_written_and_never_said_by_a_colleague(
    client: IntakeClient,
) -> None:
    called = {"name": NAME, "channel": "phone_task", "phone": PHONE}
    case = client.received(contact=called)
    client.do(client.signed_in(), f"{client.of_family(case)}/contact", {"contact": OTHER})

    (moved,) = client.published("FamilyContactChanged")

    assert client.told(moved["reference"], NOTICE)["channel"] == "sms"


def test_a_phone_that_the_staff_may_have_mistyped_gets_no_notice_and_is_kept_no_more(
    client: IntakeClient,
) -> None:
    case = client.received()

    client.do(HQ, f"{client.of_family(case)}/contact", {"contact": OTHER, "evidence": "written"})

    (moved,) = client.published("FamilyContactChanged")
    assert not moved["notifies_former"]
    kept = [row for row in client.world.rows("intake-data") if row["sk"]["S"].startswith("cnt_")]
    assert len(kept) == 1


def test_who_is_given_another_contact_by_the_staff_is_signed_out(client: IntakeClient) -> None:
    case = client.received()
    tokens, chat = client.sign_in(), client.bind().json["device_id"]
    asked = client.ask_for_code().json["id"]
    code = client.code_of(asked)
    new = {"contact": OTHER, "evidence": "written"}
    former = client.recognise(tokens["access_token"])
    assert client.get(former, f"/cases/{case}/own").status == 200

    client.do(HQ, f"{client.of_family(case)}/contact", new)

    # Not even while the access token lives.
    assert client.get(former, f"/cases/{case}/own").code == "sign_in_again"

    refresh = {"refresh_token": tokens["refresh_token"]}
    assert client.post(None, "/tokens/refresh", refresh).code == "sign_in_again"
    assert client.post(BOT, f"/devices/{chat}/token").code == "sign_in_again"
    over = client.enter_code(asked, code)
    assert over.code == "sign_in_over"
    assert [each["action"] for each in over.json["next_steps"]] == ["request_code"]
    client.wait(1 / 24)
    fresh = client.sign_in(OTHER["phone"])
    me = client.recognise(fresh["access_token"])
    client.do(me, f"{client.of_family(case)}/erase", {"reason": "person_asked"})
    gone = {"refresh_token": fresh["refresh_token"]}
    assert client.post(None, "/tokens/refresh", gone).code == "sign_in_again"


def test_a_phone_of_several_families_opens_the_one_whose_number_is_named(
    client: IntakeClient,
) -> None:
    first = client.asked()
    second = client.asked(other_person=True, needs=[{"category": "food_aid"}])
    third = client.asked(contact=OTHER)
    assert len({each["family_id"] for each in (first, second, third)}) == 3
    asked = client.ask_for_code().json["id"]
    code = client.code_of(asked)

    bare = client.enter_code(asked, code)
    assert (bare.status, bare.code) == (422, "which_family")
    assert first["family_id"] not in bare.text and first["number"] not in bare.text
    foreign = client.enter_code(asked, code, number=third["number"])
    assert (foreign.status, foreign.code) == (422, "number_of_no_family")
    answer = client.enter_code(asked, code, number=second["number"])
    assert client.recognise(answer.json["access_token"]).id == second["family_id"]
    assert client.enter_code(asked, code, number=first["number"]).code == "sign_in_over"

    asked = client.do_asked(BOT, "chat-1")
    code = client.code_of(asked)
    tries = [client.enter_code(asked, code).code]  # a code of a bot is good in its chat alone
    for _ in range(6):
        body = {"code": code, "number": third["number"]}
        tries.append(client.post(BOT, f"/bindings/{asked}/token", body).code)
    assert tries == ["sign_in_over", *["number_of_no_family"] * 5, "sign_in_locked"]


def test_a_family_that_is_reached_in_a_messenger_signs_in_by_its_address_there(
    client: IntakeClient,
) -> None:
    there = {"name": NAME, "channel": "bot", "address": "max:7"}
    asked = client.asked(contact=there)

    sign_in = client.ask_for_code("max:7", channel="bot").json["id"]
    client.world.settle()
    told = client.message_of(sign_in)
    tokens = client.enter_code(sign_in, told["variables"]["sign_in_code"]).json

    assert (told["channel"], told["address"]) == ("bot", "max:7")
    me = client.recognise(tokens["access_token"])
    assert [each["id"] for each in client.get(me, "/own-cases").json["items"]] == [asked["case_id"]]


def test_a_phone_is_looked_for_in_all_regions_at_once(client: IntakeClient) -> None:
    here = client.asked()
    there = client.do(staff("OP-Y", "hotline_operator", "YY"), "/requests", request(region="YY"))
    with rows_read(client) as read:
        client.ask_for_code("+79160000000")
        asked = client.ask_for_code().json["id"]
    assert [each for each in read if each == "CONTACT"] == ["CONTACT", "CONTACT"]

    code = client.code_of(asked)
    assert client.enter_code(asked, code).code == "which_family"
    answer = client.enter_code(asked, code, number=there["number"])
    assert client.recognise(answer.json["access_token"]).id == there["family_id"]
    chosen = client.bind().json["access_token"]
    assert client.recognise(chosen).acts_for == here["family_id"]


def test_who_is_noted_under_the_phone_of_another_opens_no_family_but_its_own(
    client: IntakeClient,
) -> None:
    first, second = client.asked(), client.asked(contact=OTHER)
    mended = {"contact": OTHER | {"phone": PHONE}}
    client.do(OPERATOR, f"/requests/{second['id']}/mend", mended)
    asked = client.ask_for_code().json["id"]
    code = client.code_of(asked)

    assert client.enter_code(asked, code).code == "which_family"
    mine = client.enter_code(asked, code, number=second["number"]).json
    me = client.recognise(mine["access_token"])

    assert [each["id"] for each in client.get(me, "/own-cases").json["items"]] == [
        second["case_id"]
    ]
    assert client.get(me, f"/families/{first['family_id']}/export").status == 404


def test_a_forgotten_family_that_had_the_phone_too_is_asked_of_nobody(
    client: IntakeClient,
) -> None:
    """Its merged record has the phone until the next minute."""
    gone, record = two(client)
    merge(client, gone, record)
    mine = client.asked(contact=SECOND, other_person=True)
    asked = client.ask_for_code(SECOND["phone"]).json["id"]
    code = client.code_of(asked)
    wish = {"reason": "person_asked", "evidence": "written"}
    assert client.post(HQ, f"/families/{gone['family_id']}/erase", wish).status == 200

    answer = client.enter_code(asked, code)

    assert client.recognise(answer.json["access_token"]).id == mine["family_id"]


def test_a_chat_is_bound_by_a_code_and_only_in_the_regions_of_its_bot(client: IntakeClient) -> None:
    case = client.received()
    foreign = replace(BOT, regions=("YY",))
    asked = client.do_asked(foreign, "chat-2")
    assert client.message_of(asked)["refused"] == "unknown_contact"
    bound = client.bind()
    me = client.recognise(bound.json["access_token"])

    assert bound.json["refresh_token"] is None
    assert (me.id, me.kind, me.acts_for) == (BOT.id, "machine", client.family(case))
    client.do(me, f"/cases/{case}/corrections", PETS)
    entry = client.get(HQ, f"/cases/{case}/history").json["items"][-1]
    assert (entry["by"], entry["for_whom"]) == (BOT.id, client.family(case))
    renewal = f"/devices/{bound.json['device_id']}/token"
    assert client.post(BOT, renewal).status == 200
    assert client.post(foreign, renewal).code == "sign_in_again"
    (listed,) = client.get(me, "/devices").json["items"]
    assert (listed["kind"], listed["bot"]) == ("bot", BOT.id)
    itself = client.signed_in()
    client.do(itself, f"/devices/{bound.json['device_id']}/revoke")
    assert client.post(BOT, renewal).code == "sign_in_again"


@pytest.mark.parametrize("by_itself", [True, False])
def test_a_family_ends_a_chat_in_the_chat(client: IntakeClient, by_itself: bool) -> None:
    client.received()
    bound = client.bind().json
    family = client.recognise(bound["access_token"])
    ending = f"/devices/{bound['device_id']}/revoke"
    another = replace(BOT, id="bot-2")
    assert client.post(another, ending).status == 404
    assert client.post(replace(BOT, scopes=()), ending).status == 404

    assert client.post(family if by_itself else BOT, ending).status == 200

    assert client.post(BOT, f"/devices/{bound['device_id']}/token").code == "sign_in_again"
    claimed = client.api(BOT).with_(Ryadom_On_Behalf_Of=family.acts_for).get("/own-cases")
    assert claimed.code == "not_bound"


@pytest.mark.parametrize("changed", ["erased", "moved"])
def test_a_code_of_before_proves_nothing_of_what_changed_meanwhile(
    client: IntakeClient, changed: str
) -> None:
    case = client.received()
    asked = client.ask_for_code().json["id"]
    code, family = client.code_of(asked), client.of_family(case)
    if changed == "erased":
        client.do(HQ, f"{family}/erase", {"reason": "person_asked", "evidence": "written"})
    else:
        client.do(HQ, f"{family}/contact", {"contact": OTHER, "evidence": "written"})

    assert client.message_of(asked)["refused"] == "unknown_contact"
    assert client.enter_code(asked, code).code == "sign_in_over"


def test_a_name_that_is_written_right_signs_nobody_out(client: IntakeClient) -> None:
    """The phone is in the same hands; who has another one is signed out."""
    case = client.received()
    tokens, family = client.sign_in(), client.of_family(case)
    renamed = {"name": "Анна Ивановна", "channel": "sms", "phone": PHONE}
    by_hand = {"evidence": "spoken_in_person"}

    client.do(HQ, f"{family}/contact", {"contact": renamed, **by_hand})
    again = client.post(None, "/tokens/refresh", {"refresh_token": tokens["refresh_token"]})
    assert again.status == 200
    client.do(HQ, f"{family}/contact", {"contact": OTHER, **by_hand})
    out = {"refresh_token": again.json["refresh_token"]}
    assert client.post(None, "/tokens/refresh", out).status == 401


def test_a_stolen_phone_is_signed_out_though_its_number_stays(client: IntakeClient) -> None:
    """The number is put on a new card within the hour; the thief holds the phone of before."""
    case = client.received()
    tokens, chat = client.sign_in(), client.bind().json["device_id"]
    stolen = {"contact": request()["contact"], "stolen": True, "evidence": "spoken_in_person"}

    client.do(HQ, f"{client.of_family(case)}/contact", stolen)

    refresh = {"refresh_token": tokens["refresh_token"]}
    assert client.post(None, "/tokens/refresh", refresh).code == "sign_in_again"
    assert client.post(BOT, f"/devices/{chat}/token").code == "sign_in_again"
    assert len(client.published("FamilySignedOut")) == 1
    assert not client.published("FamilyContactChanged")


@pytest.mark.parametrize("by", [0, 1])
def test_a_family_of_two_records_sees_and_ends_where_either_is_signed_in(
    client: IntakeClient, by: int
) -> None:
    """A phone on which the merged record is signed in is lost like any other."""
    first, second = two(client)
    here = client.sign_in(), client.sign_in(SECOND["phone"])
    assert merge(client, first, second).status == 200
    me = client.recognise(here[by]["access_token"])

    seen = {each["id"]: each["this_one"] for each in client.get(me, "/devices").json["items"]}
    assert seen == {here[by]["device_id"]: True, here[1 - by]["device_id"]: False}
    client.do(me, f"/devices/{here[1 - by]['device_id']}/revoke")

    lost = {"refresh_token": here[1 - by]["refresh_token"]}
    assert client.post(None, "/tokens/refresh", lost).code == "sign_in_again"
    (left,) = client.get(me, "/devices").json["items"]
    assert left["this_one"]
    assert undo(client, first, second).status == 200
    other = client.signed_in(PHONE if by else SECOND["phone"])
    mine = client.sign_in(SECOND["phone"] if by else PHONE)["device_id"]
    assert client.post(other, f"/devices/{mine}/revoke").status == 404, "two families again"


@pytest.mark.parametrize("chat", [False, True])
def test_a_code_that_was_asked_for_before_a_theft_was_reported_signs_no_one_in(
    client: IntakeClient, chat: bool
) -> None:
    """It lies on the phone that the thief holds, though the number goes on."""
    case = client.received()
    asked = client.post(
        BOT if chat else None,
        "/bindings" if chat else "/sign-ins",
        {"contact": PHONE} | ({"chat": "chat-1"} if chat else {}),
    ).json["id"]
    code, path = client.code_of(asked), f"/{'bindings' if chat else 'sign-ins'}/{asked}/token"
    stolen = {"contact": request()["contact"], "stolen": True, "evidence": "spoken_in_person"}

    client.do(HQ, f"{client.of_family(case)}/contact", stolen)

    refused = client.post(BOT if chat else None, path, {"code": code})
    assert (refused.status, refused.code) == (409, "sign_in_over")
    assert client.get(client.signed_in(), "/own-cases").json["items"]


@pytest.mark.parametrize("call", ["code", "refresh", "chat"])
def test_a_repeated_call_gives_who_is_signed_out_no_token(client: IntakeClient, call: str) -> None:
    """In matching an access token is good for its 15 minutes, so there must be no other one."""
    case = client.received()
    asked = client.ask_for_code().json["id"]
    path, body = f"/sign-ins/{asked}/token", {"code": client.code_of(asked)}
    who = BOT if call == "chat" else None
    if call == "refresh":
        path, body = "/tokens/refresh", {"refresh_token": client.sign_in()["refresh_token"]}
    if call == "chat":
        path, body = f"/devices/{client.bind().json['device_id']}/token", {}
    assert client.post(who, path, body, key="once").json["access_token"]

    stolen = {"contact": OTHER, "stolen": True, "evidence": "spoken_in_person"}
    client.do(HQ, f"{client.of_family(case)}/contact", stolen)

    again = client.post(who, path, body, key="once")
    assert (again.status, again.json.get("code")) == (401, "sign_in_again")


def test_who_names_another_familys_number_is_not_signed_in_as_this_one(
    client: IntakeClient,
) -> None:
    """Two shared the phone; the other one has a new one since, or is of a region of another bot."""
    mine, other = client.asked(), client.asked(other_person=True)
    moved = {"contact": OTHER, "evidence": "written"}
    client.do(HQ, f"/families/{other['family_id']}/contact", moved)
    asked = client.ask_for_code().json["id"]
    code = client.code_of(asked)

    for number in (other["number"], "10000008"):  # one that no request has
        refused = client.enter_code(asked, code, number=number)
        assert (refused.status, refused.code) == (422, "number_of_no_family")
    answer = client.enter_code(asked, code, number=mine["number"])

    assert client.recognise(answer.json["access_token"]).id == mine["family_id"]


def test_a_contact_that_was_only_claimed_hears_nothing_of_its_change(client: IntakeClient) -> None:
    """Whoever typed it into the form may not own it."""
    client.post(None, "/web-requests", request())
    client.world.settle()
    (asked,) = client.published("RequestReceived")
    body = {"contact": OTHER, "evidence": "spoken_in_person"}

    client.do(HQ, f"/families/{asked['family_id']}/contact", body)

    (changed,) = client.published("FamilyContactChanged")
    assert not changed["notifies_former"]


def test_a_code_that_is_typed_while_the_contact_is_replaced_signs_no_one_in(
    client: IntakeClient,
) -> None:
    family = client.of_family(client.received())
    client.sign_in()  # so that the contact is proved already
    asked = client.ask_for_code().json["id"]
    code = client.code_of(asked)
    stolen = {"contact": OTHER, "stolen": True, "evidence": "spoken_in_person"}

    with just_before_the_next_write(client, lambda: client.do(HQ, f"{family}/contact", stolen)):
        refused = client.enter_code(asked, code)

    assert (refused.status, refused.code) == (409, "sign_in_over")
    me = client.signed_in(OTHER["phone"])
    assert len(client.get(me, "/devices").json["items"]) == 1
