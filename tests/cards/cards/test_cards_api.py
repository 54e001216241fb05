"""Cards through the API: issue, loss, replacement, end."""

import pytest

from services.cards.cards.repository import Cards
from shared.messaging.template_variables import declared
from shared.principal import Principal
from tests.cards.api_client import (
    CONTACT,
    HOLDER,
    LEADER,
    LEADER_D05,
    LEADER_Y,
    OFFICE,
    STRANGER,
    CardsClient,
)
from tests.cards.offices import issue

ORDER = {"order_ref": "17-р", "ordered_on": "2026-10-05"}


# issue


def test_three_current_holders_get_three_cards_with_numbers_of_their_own(
    client: CardsClient,
) -> None:
    cards = [client.issue(f"FP-{n}") for n in (1, 2, 3)]

    assert len({card["number"] for card in cards}) == 3
    assert len({card["id"] for card in cards}) == 3
    assert len(client.events("CardIssued")) == 3


def test_a_holder_has_one_live_card(client: CardsClient) -> None:
    client.issue("FP-02")
    body = {"region": "ZR", "district_id": "D02", "holder_ref": "FP-02", "placement_current": True}
    second = client.post(LEADER, "/v1/cards", **body)

    assert (second.status, second.code) == (409, "holder_has_card")
    assert second.json["next_steps"][0]["action"] == "replace_card"


def test_neither_an_active_nor_a_blocked_card_gets_another_beside_it(client: CardsClient) -> None:
    card = client.active_card("FP-02")
    body = {"region": "ZR", "district_id": "D02", "holder_ref": "FP-02", "placement_current": True}
    beside_active = client.post(LEADER, "/v1/cards", **body)
    client.done(HOLDER, f"/v1/cards/{card['id']}/block", reason="lost")
    beside_blocked = client.post(LEADER, "/v1/cards", **body)

    assert beside_active.code == beside_blocked.code == "holder_has_card"


def test_a_candidate_without_placement_or_order_gets_no_card(client: CardsClient) -> None:
    body = {"region": "ZR", "district_id": "D02", "holder_ref": "FP-08"}
    refused = client.post(LEADER, "/v1/cards", **body)

    assert (refused.status, refused.code) == (409, "placement_missing")
    assert [step["action"] for step in refused.json["next_steps"]] == ["register_order"]


def test_the_office_registers_an_order_and_the_card_is_issued_the_same_day(
    client: CardsClient,
) -> None:
    answer = client.post(
        OFFICE, "/v1/cards", region="ZR", district_id="D02", holder_ref="FP-02", order=ORDER,
        contact=CONTACT,
    )  # fmt: skip

    assert answer.status == 201
    (told,) = client.events("CardIssued")
    assert told["is_new_order"] and told["issued_month"] == "2026-10"
    shown = client.get(LEADER, f"/v1/cards/{answer.json['id']}").json
    assert shown["issued_at"].startswith("2026-10-05")
    asked = {
        "items": [{"reference": shown["id"], "event_id": "evt_1", "template": "card_issued_holder"}]
    }
    (reached,) = client.world.call("cards", "resolve_recipients", asked)["recipients"]
    assert (reached["address"], reached["district_id"]) == ("+79211234567", shown["district_id"])
    assert reached["variables"]["activation_code"] == answer.json["activation_code"]


def test_a_holder_has_a_value_for_all_that_any_template_about_a_card_names(
    client: CardsClient,
) -> None:
    card = client.active_card()
    # News of partners name the news, codes the sign-in: tests/cards/announcing and sign_ins.
    others = {"sign_in_requested_holder", "holder_contact_changed_holder"}
    about_cards = {
        name for name in declared("cards") if not name.startswith("partner_") and name not in others
    }
    for template in about_cards:
        item = {"reference": card["id"], "event_id": "evt_1", "template": template}
        answer = client.world.call("cards", "resolve_recipients", {"items": [item]})
        (reached,) = answer["recipients"]
        assert reached["variables"].keys() == declared("cards")[template]


def test_an_office_issues_on_orders_of_its_own_district_only(client: CardsClient) -> None:
    foreign = {"region": "ZR", "district_id": "D03", "holder_ref": "FP-3", "order": ORDER}
    mistyped = client.post(OFFICE, "/v1/cards", **foreign)
    assert (mistyped.status, mistyped.code) == (422, "district_not_yours")
    (error,) = mistyped.json["errors"]
    assert (error["code"], error["pointer"]) == ("district_not_yours", "/district_id")
    assert "Берёзовский район (D02)" in error["detail"]
    body = {"region": "ZR", "district_id": "D02", "holder_ref": "FP-3", "placement_current": True}
    assert client.post(OFFICE, "/v1/cards", **body).code == "row_without_order"
    elsewhere = client.post(LEADER_Y, "/v1/cards", **body)
    assert (elsewhere.status, elsewhere.json["errors"][0]["pointer"]) == (404, "/region")


def test_the_same_key_answers_the_same_card(client: CardsClient) -> None:
    body = {"region": "ZR", "district_id": "D02", "holder_ref": "FP-3", "placement_current": True}
    first = client.post(LEADER, "/v1/cards", "same-key", **body)
    again = client.post(LEADER, "/v1/cards", "same-key", **body)

    assert first.json == again.json
    assert len(client.events("CardIssued")) == 1


@pytest.mark.parametrize("lost", [False, True], ids=["", "lost and found"])
@pytest.mark.parametrize("asked", ["issue", "renew", "replace"])
def test_a_repeated_call_never_shows_a_code_that_was_made_since(
    client: CardsClient, asked: str, lost: bool
) -> None:
    facts = {"region": "ZR", "district_id": "D02", "holder_ref": "FP-02", "order": ORDER}
    call: tuple[Principal, str, str] = (OFFICE, "/v1/cards", "same-key")
    if asked != "issue":
        card, facts = client.issue(), {}
        call = (LEADER, f"/v1/cards/{card['id']}/renew-code", "same-key")
    if asked == "replace":
        call, facts = (LEADER, f"/v1/cards/{card['id']}/replace", "same-key"), {"reason": "lost"}
    first = client.post(*call, **facts).json
    assert client.post(*call, **facts).json == first

    renewed = client.done(LEADER, f"/v1/cards/{first['id']}/renew-code")
    if lost:
        client.done(LEADER, f"/v1/cards/{first['id']}/block", reason="lost")
        client.done(LEADER, f"/v1/cards/{first['id']}/unblock")
    again = client.post(*call, **facts)

    assert again.json == first | {"activation_code": None, "code_valid_until": None}
    assert renewed["activation_code"] not in again.text
    assert client.activate(renewed).status == 200


# life


def test_a_landline_gets_no_code_and_a_call_needs_none(client: CardsClient) -> None:
    facts = {"region": "ZR", "district_id": "D02", "holder_ref": "FP-1", "placement_current": True}
    landline = CONTACT | {"phone": "+7 495 123-45-67"}

    refused = client.post(LEADER, "/v1/cards", **facts, contact=landline)
    assert (refused.status, refused.code) == (422, "sms_needs_mobile")
    assert refused.json["errors"][0]["pointer"] == "/contact/phone"
    by_call = landline | {"channel": "phone_task"}
    assert client.post(LEADER, "/v1/cards", **facts, contact=by_call).status == 201


@pytest.mark.parametrize("said", ["-", "№", "__", "./.", "Ivanova"])
def test_what_has_no_digit_is_no_number_of_a_file_and_of_no_order(
    client: CardsClient, said: str
) -> None:
    facts = {"region": "ZR", "district_id": "D02"}
    order = {"order_ref": said.replace("№", "-"), "ordered_on": "2026-10-05"}

    answers = [
        client.post(LEADER, "/v1/cards", holder_ref=said, placement_current=True, **facts),
        client.post(LEADER, "/v1/cards", holder_ref="FP-1", order=order, **facts),
    ]

    assert [answer.status for answer in answers] == [422, 422]


def test_a_surname_in_place_of_a_file_number_is_refused_with_what_is_right(
    client: CardsClient,
) -> None:
    facts = {"region": "ZR", "district_id": "D02", "holder_ref": "Иванова"}

    refused = client.post(LEADER, "/v1/cards", placement_current=True, **facts)

    (error,) = refused.json["errors"]
    assert (error["pointer"], error["code"]) == ("/holder_ref", "bad_file_number")
    assert "ЛД-101" in error["detail"] and "Фамилию" in error["detail"]
    assert "Иванова" not in refused.text


@pytest.mark.parametrize(
    ("said", "kept"),
    [("№ 17-р", "17-р"), ("17–р", "17-р"), ("01‑03\\17", "01-03/17")],
    ids=["number sign", "dash", "hyphen that breaks no line"],
)
def test_an_order_may_be_written_as_word_processors_do(
    client: CardsClient, said: str, kept: str
) -> None:
    order = {"order_ref": said, "ordered_on": "2026-10-05"}

    client.issue(placement_current=False, order=order)

    (row,) = (row for row in client.world.rows("cards-data") if row["sk"]["S"] == "CARD")
    assert f'"order_ref":"{kept}"' in row["doc"]["S"]


def test_a_lost_card_is_refused_at_once_and_works_again_when_found(client: CardsClient) -> None:
    card = client.active_card()

    client.done(HOLDER, f"/v1/cards/{card['id']}/block", reason="lost")
    assert client.at_the_till(card["number"]).status == "blocked"
    client.done(HOLDER, f"/v1/cards/{card['id']}/unblock")

    assert client.at_the_till(card["number"]).status == "active"
    assert client.events("CardBlocked")[0]["reason"] == "lost"
    assert [told["again"] for told in client.events("CardActivated")] == [False, True]


def test_a_replacement_has_a_new_number_and_the_old_one_is_dead_for_good(
    client: CardsClient,
) -> None:
    card = client.active_card()
    answer = client.post(LEADER, f"/v1/cards/{card['id']}/replace", reason="lost")
    new = answer.json

    assert answer.status == 201 and new["number"] != card["number"]
    assert answer.headers["Location"].endswith(f"/v1/cards/{new['id']}")
    assert client.at_the_till(card["number"]).status == "replaced"
    assert client.at_the_till(new["number"]).status == "issued"
    assert client.activate(new).status == 200
    assert client.post(HOLDER, f"/v1/cards/{card['id']}/unblock").code == "card_replaced"
    (told,) = client.events("CardReplaced")
    assert (told["card_id"], told["replaced_by"]) == (card["id"], new["id"])
    second = {
        "region": "ZR",
        "district_id": "D02",
        "holder_ref": "FP-02",
        "placement_current": True,
    }
    assert client.post(LEADER, "/v1/cards", **second).code == "holder_has_card"


def test_a_placement_end_is_reported_by_the_office_and_confirmed_by_the_leader(
    client: CardsClient,
) -> None:
    card = client.active_card()
    noted = client.post(
        OFFICE, "/v1/placement-ends",
        region="ZR", holder_ref="FP-02", district_id="D02", ended_on="2026-10-05",
    )  # fmt: skip
    assert noted.json == {"noted": True}
    assert client.at_the_till(card["number"]).status == "active"

    client.done(LEADER, f"/v1/cards/{card['id']}/revoke", reason="placement_ended")

    assert client.at_the_till(card["number"]).status == "revoked"
    assert client.events("CardRevoked")[0]["reason"] == "placement_ended"
    assert client.issue("FP-02")["id"] != card["id"]


def test_a_revoked_holder_can_be_forgotten_for_good(client: CardsClient) -> None:
    card = client.active_card()
    assert client.post(HOLDER, f"/v1/cards/{card['id']}/erase").code == "card_in_use"
    client.done(LEADER, f"/v1/cards/{card['id']}/revoke", reason="holder_refused")
    client.done(HOLDER, f"/v1/cards/{card['id']}/erase")

    assert client.get(LEADER, f"/v1/cards/{card['id']}/contact").status == 404
    assert client.get(HOLDER, f"/v1/cards/{card['id']}/page").status == 404
    assert client.get(LEADER, "/v1/report", region="ZR").status == 200


def test_erasing_an_old_card_leaves_the_holders_new_card_usable(client: CardsClient) -> None:
    old = client.active_card()
    client.done(LEADER, f"/v1/cards/{old['id']}/revoke", reason="issued_in_error")
    new = client.issue()
    client.done(HOLDER, f"/v1/cards/{old['id']}/erase")

    assert client.get(HOLDER, f"/v1/cards/{old['id']}/page").status == 404
    assert client.activate(new).status == 200
    page = client.get(HOLDER, f"/v1/cards/{new['id']}/page").json
    assert page["number"] == new["number"]
    assert client.get(LEADER, f"/v1/cards/{new['id']}/contact").json["name"] == "Мария"
    assert [told["holder_too"] for told in client.events("CardErased")] == [False]


def test_a_replaced_card_is_erased_beside_the_one_that_replaced_it(client: CardsClient) -> None:
    old = client.active_card()
    new = client.post(LEADER, f"/v1/cards/{old['id']}/replace", reason="lost").json
    client.done(HOLDER, f"/v1/cards/{old['id']}/erase")

    assert client.get(LEADER, f"/v1/cards/{old['id']}/page").status == 404
    renewed = client.done(LEADER, f"/v1/cards/{new['id']}/renew-code")
    assert client.activate(renewed).status == 200
    assert client.post(HOLDER, f"/v1/cards/{new['id']}/erase").code == "card_in_use"


def test_with_the_last_card_the_holder_is_erased_and_gets_no_other_one(
    client: CardsClient,
) -> None:
    first = client.active_card()
    second = client.post(LEADER, f"/v1/cards/{first['id']}/replace", reason="lost").json
    client.done(LEADER, f"/v1/cards/{second['id']}/revoke", reason="holder_refused")
    client.done(LEADER, f"/v1/cards/{second['id']}/erase")
    client.done(HOLDER, f"/v1/cards/{first['id']}/erase")

    for card in (first, second):
        assert client.get(LEADER, f"/v1/cards/{card['id']}/page").status == 404
    assert client.get(LEADER, f"/v1/cards/{first['id']}/contact").status == 404
    assert not [row for row in client.world.rows("cards-keys") if "wrapped" in row]
    assert client.events("CardErased")[0]["holder_too"]
    again = {"region": "ZR", "district_id": "D02", "holder_ref": "FP-02", "placement_current": True}
    assert client.post(LEADER, "/v1/cards", **again).code == "subject_erased"


def test_a_card_issued_while_its_holder_is_erased_is_refused_or_lives(client: CardsClient) -> None:
    old = client.active_card()
    client.done(LEADER, f"/v1/cards/{old['id']}/revoke", reason="issued_in_error")
    client.just_before_the_next_commit(lambda: client.issue(contact=CONTACT))
    client.done(HOLDER, f"/v1/cards/{old['id']}/erase")

    (living,) = [c for c in client.get(LEADER, "/v1/cards").json["items"] if c["id"] != old["id"]]
    assert client.get(LEADER, f"/v1/cards/{living['id']}/page").status == 200
    assert client.get(LEADER, f"/v1/cards/{living['id']}/contact").status == 200


def test_a_card_that_a_list_does_not_show_yet_is_not_erased_with_its_holder(
    client: CardsClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = client.active_card()
    client.done(LEADER, f"/v1/cards/{old['id']}/revoke", reason="issued_in_error")
    living = client.issue(contact=CONTACT)["id"]
    listed = Cards.list_by_file
    monkeypatch.setattr(Cards, "list_by_file", lambda *asked: listed(*asked)[:1])

    client.done(HOLDER, f"/v1/cards/{old['id']}/erase")

    assert client.get(LEADER, f"/v1/cards/{living}/contact").status == 200


@pytest.mark.parametrize(("step", "code"), [("", "card_issued"), ("block", "card_blocked")])
def test_a_consent_of_a_card_that_was_never_in_use_is_refused_by_what_the_card_is(
    client: CardsClient, step: str, code: str
) -> None:
    one = f"/v1/cards/{client.issue('FP-3')['id']}"
    if step:
        client.done(LEADER, f"{one}/{step}", reason="lost")

    refused = client.post(LEADER, f"{one}/withdraw-consent")

    assert (refused.code, "введите" in refused.json["detail"]) == (code, False)


def test_a_consent_to_letters_given_and_taken_back_is_told_once(client: CardsClient) -> None:
    card = client.active_card()
    for _ in range(2):
        client.done(HOLDER, f"/v1/cards/{card['id']}/withdraw-consent")

    assert [told["card_id"] for told in client.events("LettersConsentGiven")] == [card["id"]]
    (withdrawn,) = client.events("LettersConsentWithdrawn")
    assert not withdrawn["consent_community"]


def test_a_holder_agrees_again_to_letters_and_no_one_does_it_for_her(client: CardsClient) -> None:
    card = client.active_card()
    client.done(HOLDER, f"/v1/cards/{card['id']}/withdraw-consent")
    path = f"/v1/cards/{card['id']}/give-consent"

    assert [client.post(who, path).status for who in (LEADER, HOLDER, HOLDER)] == [403, 200, 200]

    assert client.get(HOLDER, f"/v1/cards/{card['id']}").json["consent_community"]
    assert len(client.events("LettersConsentGiven")) == 2
    client.done(HOLDER, f"/v1/cards/{card['id']}/block", reason="lost")
    client.post(LEADER, f"/v1/cards/{card['id']}/replace", reason="damaged")
    assert client.post(HOLDER, path).code == "card_replaced"
    # What she takes back, she takes back for good.
    client.done(HOLDER, f"/v1/cards/{card['id']}/withdraw-consent")
    assert len(client.events("LettersConsentWithdrawn")) == 2
    assert client.post(HOLDER, f"/v1/cards/{client.issue('FP-3')['id']}/give-consent").status == 404


# who sees what


def test_a_holder_sees_the_own_card_and_nobody_elses(client: CardsClient) -> None:
    card = client.active_card()

    (own,) = client.get(HOLDER, "/v1/my-cards").json["items"]
    page = client.get(HOLDER, f"/v1/cards/{card['id']}/page").json
    assert own["id"] == card["id"] and "number" not in own
    assert page["number"] == card["number"]
    assert card["number"] not in page["qr_text"]
    assert client.get(STRANGER, f"/v1/cards/{card['id']}").status == 404
    assert client.get(STRANGER, "/v1/my-cards").json["items"] == []
    assert client.get(HOLDER, "/v1/cards").status == 403


def test_a_leader_sees_the_registry_of_the_own_territory(client: CardsClient) -> None:
    card = client.active_card()
    five = client.issue("FP-5", district_id="D05")

    listed = {c["id"] for c in client.get(LEADER, "/v1/cards").json["items"]}
    of_five = {c["id"] for c in client.get(LEADER_D05, "/v1/cards").json["items"]}
    assert listed == {card["id"], five["id"]}
    assert of_five == {five["id"]}
    assert client.get(LEADER_D05, f"/v1/cards/{card['id']}").status == 404
    assert client.get(LEADER_Y, f"/v1/cards/{card['id']}").status == 404
    assert client.get(OFFICE, f"/v1/cards/{card['id']}").status == 404


@pytest.mark.requirement("X-08")
def test_neither_number_nor_contact_nor_code_is_stored_in_plain_text_or_told(
    client: CardsClient, capsys: pytest.CaptureFixture[str]
) -> None:
    card = client.active_card()
    mail = {"name": "Ольга", "channel": "email", "address": "olga@example.org"}
    client.issue("FP-3", contact=mail)
    client.world.settle()
    tables = ("cards-data", "cards-outbox", "cards-audit", "cards-keys")
    stored = str([client.world.rows(table) for table in tables])
    logged = capsys.readouterr().out

    code = f'"{card["activation_code"]}"'
    for secret in (card["number"], "79211234567", "Мария", code, mail["name"], mail["address"]):
        assert secret not in stored and secret not in logged


@pytest.mark.parametrize(
    ("step", "seen"),
    [
        ("", ("issued", None)),
        ("block", ("issued", None)),
        ("replace", ("replaced", None)),
        ("revoke", ("revoked", "other")),
    ],
)
def test_an_office_sees_of_a_card_that_it_issued_only_whether_it_has_ended(
    client: CardsClient, step: str, seen: tuple[str, str | None]
) -> None:
    card = issue(client, "FP-1", "D02", CONTACT["phone"]).json
    assert client.activate(card, client.signed_in()).status == 200
    if step:
        client.post(LEADER, f"/v1/cards/{card['id']}/{step}", reason="other")

    shown = client.get(OFFICE, f"/v1/cards/{card['id']}").json

    assert (shown["status"], shown["reason"]) == seen
    assert (shown["via"], shown["activated_at"], shown["next_steps"]) == (None, None, [])
