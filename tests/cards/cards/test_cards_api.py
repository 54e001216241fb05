"""Cards through the API: issue, activation, loss, replacement, end."""

import pytest

from services.cards import qr_codes
from shared.messaging.template_variables import declared
from tests.cards.api_client import (
    AUTHORITY,
    BOT,
    CONTACT,
    HOLDER,
    LEADER,
    LEADER_D05,
    LEADER_Y,
    OFFICE,
    STRANGER,
    CardsClient,
)
from tests.support.api import Answer
from tests.support.world import at

ORDER = {"order_ref": "17-р", "ordered_on": "2026-10-05"}


# programmes


@pytest.mark.requirement("S0-35")
def test_without_a_programme_in_the_region_no_card_is_issued(client: CardsClient) -> None:
    body = {"region": "YY", "district_id": "D01", "holder_ref": "FP-Y", "placement_current": True}
    refused = client.post(LEADER_Y, "/v1/cards", **body)

    assert (refused.status, refused.code) == (409, "no_programme")
    assert refused.json["next_steps"][0]["action"] == "start_programme"


@pytest.mark.requirement("S0-35")
def test_with_a_programme_of_both_parties_cards_are_issued(client: CardsClient) -> None:
    body = {"region": "YY", "club_id": "C-Y", "authority_id": "RA-Y", "started_on": "2026-10-01"}
    assert client.post(LEADER_Y, "/v1/programmes", **body).status == 201

    body = {"region": "YY", "district_id": "D01", "holder_ref": "FP-Y", "placement_current": True}
    assert client.post(LEADER_Y, "/v1/cards", **body).status == 201


@pytest.mark.requirement("S0-35")
def test_a_region_has_one_programme_run_by_two_parties(client: CardsClient) -> None:
    body = {"region": "ZR", "club_id": "C-00", "authority_id": "RA", "started_on": "2026-09-01"}

    assert client.post(AUTHORITY, "/v1/programmes", **body).code == "programme_exists"
    alone = client.post(LEADER_Y, "/v1/programmes", **(body | {"region": "YY", "club_id": "RA"}))
    assert (alone.status, alone.code) == (422, "two_parties_needed")
    assert client.get(AUTHORITY, "/v1/programmes/ZR").json["club_id"] == "C-00"
    assert client.get(LEADER_Y, "/v1/programmes/ZR").status == 404
    client.done(AUTHORITY, "/v1/programmes/ZR/close")
    body = {"region": "ZR", "district_id": "D02", "holder_ref": "FP-1", "placement_current": True}
    assert client.post(LEADER, "/v1/cards", **body).code == "no_programme"


# issue


@pytest.mark.requirement("S0-36")
def test_three_current_holders_get_three_cards_with_numbers_of_their_own(
    client: CardsClient,
) -> None:
    cards = [client.issue(f"FP-{n}") for n in (1, 2, 3)]

    assert len({card["number"] for card in cards}) == 3
    assert len({card["id"] for card in cards}) == 3
    assert len(client.events("CardIssued")) == 3


@pytest.mark.requirement("S0-36")
def test_a_holder_has_one_live_card(client: CardsClient) -> None:
    client.issue("FP-02")
    body = {"region": "ZR", "district_id": "D02", "holder_ref": "FP-02", "placement_current": True}
    second = client.post(LEADER, "/v1/cards", **body)

    assert (second.status, second.code) == (409, "holder_has_card")
    assert second.json["next_steps"][0]["action"] == "replace_card"


@pytest.mark.requirement("S0-36")
def test_neither_an_active_nor_a_blocked_card_gets_another_beside_it(client: CardsClient) -> None:
    card = client.active_card("FP-02")
    body = {"region": "ZR", "district_id": "D02", "holder_ref": "FP-02", "placement_current": True}
    beside_active = client.post(LEADER, "/v1/cards", **body)
    client.done(HOLDER, f"/v1/cards/{card['id']}/block", reason="lost")
    beside_blocked = client.post(LEADER, "/v1/cards", **body)

    assert beside_active.code == beside_blocked.code == "holder_has_card"


@pytest.mark.requirement("S0-36", "S0-37")
def test_a_candidate_without_placement_or_order_gets_no_card(client: CardsClient) -> None:
    body = {"region": "ZR", "district_id": "D02", "holder_ref": "FP-08"}
    refused = client.post(LEADER, "/v1/cards", **body)

    assert (refused.status, refused.code) == (409, "placement_missing")


@pytest.mark.requirement("S0-37")
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
    assert reached["address"] == "+79211234567"
    assert reached["variables"]["activation_code"] == answer.json["activation_code"]


def test_a_holder_has_a_value_for_all_that_any_template_about_a_card_names(
    client: CardsClient,
) -> None:
    card = client.active_card()
    # News of partners name the news: tests/cards/announcing.
    about_cards = declared("cards").keys() - {"partner_news_due_holder"}
    for template in about_cards:
        item = {"reference": card["id"], "event_id": "evt_1", "template": template}
        answer = client.world.call("cards", "resolve_recipients", {"items": [item]})
        (reached,) = answer["recipients"]
        assert reached["variables"].keys() == declared("cards")[template]


def test_an_office_issues_on_orders_of_its_own_district_only(client: CardsClient) -> None:
    body = {"region": "ZR", "district_id": "D03", "holder_ref": "FP-3", "order": ORDER}

    assert client.post(OFFICE, "/v1/cards", **body).status == 403
    body = {"region": "ZR", "district_id": "D02", "holder_ref": "FP-3", "placement_current": True}
    assert client.post(OFFICE, "/v1/cards", **body).status == 403
    assert client.post(LEADER_Y, "/v1/cards", **body).status == 404


def test_the_same_key_answers_the_same_card(client: CardsClient) -> None:
    body = {"region": "ZR", "district_id": "D02", "holder_ref": "FP-3", "placement_current": True}
    first = client.post(LEADER, "/v1/cards", "same-key", **body)
    again = client.post(LEADER, "/v1/cards", "same-key", **body)

    assert first.json == again.json
    assert len(client.events("CardIssued")) == 1


# activation


@pytest.mark.requirement("S0-45")
def test_code_and_consent_make_the_card_valid_and_enter_it_into_the_registry(
    client: CardsClient,
) -> None:
    card = client.issue()
    assert client.at_the_till(card["number"]).status == "issued"

    answer = client.activate(card)

    assert (answer.status, answer.json["status"]) == (200, "active")
    assert client.at_the_till(card["number"]).status == "active"
    shown = client.get(LEADER, f"/v1/cards/{card['id']}").json
    assert (shown["status"], shown["via"], shown["consent_community"]) == ("active", "web", True)
    (told,) = client.events("CardActivated")
    assert told["consent_community"] and not told["again"]
    assert client.get(LEADER, f"/v1/cards/{card['id']}/contact").json["phone"] == "+79211234567"


def test_the_phone_gets_the_secret_of_its_turning_code_once(client: CardsClient) -> None:
    card = client.issue()
    first = client.activate(card).json
    again = client.activate(card).json

    assert again["qr_secret"] is None
    token = qr_codes.rotating_token(first["qr_secret"], first["handle"], first["generation"], 50)
    scanned = qr_codes.parse(token)
    with client.world.service("cards"):
        from shared import keyring

        key = keyring.from_env().child(qr_codes.ROTATING_KEY)
    assert scanned is not None
    assert qr_codes.step_of(key, scanned, 50 * 30.0) == 50


def test_another_phone_takes_over_and_older_codes_are_void(client: CardsClient) -> None:
    card = client.active_card()
    moved = client.done(HOLDER, f"/v1/cards/{card['id']}/hand-over-code")

    assert moved["generation"] == 2 and moved["qr_secret"] != card["qr_secret"]
    assert client.at_the_till(card["number"]).generation == 2


@pytest.mark.requirement("S0-45")
def test_a_bot_activates_for_the_person_it_has_proved(client: CardsClient) -> None:
    card = client.issue()

    answer = client.activate(card, who=BOT, headers={"Ryadom-On-Behalf-Of": "per_01HOLDER00"})

    assert answer.status == 200
    assert client.get(LEADER, f"/v1/cards/{card['id']}").json["via"] == "bot"
    assert (
        client.activate(card, who=BOT, headers={"Ryadom-On-Behalf-Of": "per_01OTHER000"}).status
        == 409
    )


@pytest.mark.requirement("S0-45")
def test_a_leader_helps_and_says_how_the_holder_was_known(client: CardsClient) -> None:
    card = client.issue()

    assert client.activate(card, who=LEADER).code == "evidence_missing"
    assert client.activate(card, who=LEADER, evidence="in_person").status == 200
    assert client.activate(card, who=LEADER, evidence="in_person").status == 200
    assert client.get(LEADER, f"/v1/cards/{card['id']}").json["via"] == "leader"
    assert len(client.events("CardActivated")) == 1


@pytest.mark.requirement("S0-45")
def test_five_wrong_codes_lock_the_card_until_a_new_code_is_given(client: CardsClient) -> None:
    card = client.issue()
    for _ in range(5):
        wrong = client.activate(card, activation_code="00000000")
        assert (wrong.status, wrong.code) == (422, "activation_code_wrong")

    assert client.activate(card).code == "code_locked"
    renewed = client.done(LEADER, f"/v1/cards/{card['id']}/renew-code")
    assert renewed["number"] == card["number"]
    assert client.activate(renewed).status == 200


@pytest.mark.requirement("S0-45")
def test_a_wrong_code_under_the_same_key_is_never_remembered_as_a_success(
    client: CardsClient,
) -> None:
    card = client.issue()
    body = {
        "number": card["number"], "activation_code": "00000000", "district_id": "D02",
        "contact": CONTACT, "consent_processing": True, "consent_community": False,
    }  # fmt: skip

    statuses = {client.post(HOLDER, "/v1/cards/activate", "same", **body).status for _ in range(3)}

    assert statuses == {422}


def test_an_unknown_number_is_refused_like_a_wrong_code(client: CardsClient) -> None:
    card = client.issue()
    unknown = client.activate(card | {"number": "2839480981189483"})
    wrong = client.activate(card, activation_code="00000000")

    assert unknown.json["code"] == wrong.json["code"]
    assert unknown.status == wrong.status == 422


@pytest.mark.requirement("S0-45")
def test_without_processing_consent_the_card_stays_issued(client: CardsClient) -> None:
    card = client.issue()
    refused = client.activate(card, consent_processing=False)

    assert (refused.status, refused.code) == (409, "processing_consent_missing")
    assert client.at_the_till(card["number"]).status == "issued"


@pytest.mark.requirement("S0-45")
def test_activating_again_is_harmless_for_the_holder_and_refused_to_others(
    client: CardsClient,
) -> None:
    card = client.active_card()

    again = client.activate(card)
    other = client.activate(card, who=STRANGER)

    assert (again.status, again.json["id"]) == (200, card["id"])
    assert (other.status, other.code) == (409, "card_not_awaiting_activation")
    assert len(client.events("CardActivated")) == 1


def test_the_code_is_good_for_thirty_days_with_a_reminder_after_fourteen(
    client: CardsClient,
) -> None:
    card = client.issue(contact=CONTACT)
    client.world.advance(at("2026-10-19 09:59"))
    assert client.events("CardActivationDue") == []
    client.world.advance(at("2026-10-19 10:00"))
    client.world.advance(at("2026-10-20 10:00"))
    (told,) = client.events("CardActivationDue")
    assert told["code_expires_on"] == "2026-11-04"

    client.world.set_time(at("2026-11-04 23:59"))
    assert client.activate(card, activation_code="00000000").status == 422
    client.world.set_time(at("2026-11-05 00:00"))
    assert client.activate(card).code == "code_expired"


@pytest.mark.parametrize("spelling", ["{0} {1} {2} {3}", "{0}-{1}-{2}-{3}", "{0}–{1}—{2} {3}"])
def test_the_number_may_be_typed_as_people_type_it(client: CardsClient, spelling: str) -> None:
    card = client.issue()
    fours = [card["number"][i : i + 4] for i in range(0, 16, 4)]

    assert client.activate(card | {"number": spelling.format(*fours)}).status == 200


def test_unknown_fields_are_named(client: CardsClient) -> None:
    card = client.issue()
    refused = client.activate(card, placement_form="guardianship")

    assert refused.status == 422
    assert refused.json["errors"][0]["pointer"] == "/placement_form"


@pytest.mark.requirement("S0-45", "X-04")
def test_of_two_activations_at_once_one_wins_and_the_other_is_told(client: CardsClient) -> None:
    card = client.issue()
    others: list[Answer] = []
    client.just_before_the_next_commit(
        lambda: others.append(client.activate(card, who=STRANGER, contact=CONTACT))
    )

    mine = client.activate(card)

    assert sorted([mine.status, others[0].status]) == [200, 409]
    assert len(client.events("CardActivated")) == 1


@pytest.mark.requirement("X-04")
def test_of_two_issues_at_once_for_one_holder_one_wins(client: CardsClient) -> None:
    body = {"region": "ZR", "district_id": "D02", "holder_ref": "FP-02", "placement_current": True}
    others: list[Answer] = []
    client.just_before_the_next_commit(
        lambda: others.append(client.post(LEADER, "/v1/cards", **body))
    )

    mine = client.post(LEADER, "/v1/cards", **body)

    assert sorted([mine.status, others[0].status]) == [201, 409]
    assert len(client.events("CardIssued")) == 1


@pytest.mark.requirement("X-04")
def test_a_block_is_not_lost_to_an_activation_at_the_same_moment(client: CardsClient) -> None:
    card = client.active_card()
    client.just_before_the_next_commit(
        lambda: client.post(HOLDER, f"/v1/cards/{card['id']}/block", reason="lost")
    )

    client.done(HOLDER, f"/v1/cards/{card['id']}/withdraw-consent")

    assert client.at_the_till(card["number"]).status == "blocked"


# life


@pytest.mark.requirement("S0-47")
def test_a_lost_card_is_refused_at_once_and_works_again_when_found(client: CardsClient) -> None:
    card = client.active_card()

    client.done(HOLDER, f"/v1/cards/{card['id']}/block", reason="lost")
    assert client.at_the_till(card["number"]).status == "blocked"
    client.done(HOLDER, f"/v1/cards/{card['id']}/unblock")

    assert client.at_the_till(card["number"]).status == "active"
    assert client.events("CardBlocked")[0]["reason"] == "lost"
    assert [told["again"] for told in client.events("CardActivated")] == [False, True]


@pytest.mark.requirement("S0-47")
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


@pytest.mark.requirement("S0-47")
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
    client: CardsClient,
) -> None:
    card = client.active_card()
    client.world.settle()
    tables = ("cards-data", "cards-outbox", "cards-audit", "cards-keys")
    stored = str([client.world.rows(table) for table in tables])

    for secret in (card["number"], "79211234567", "Мария", f'"{card["activation_code"]}"'):
        assert secret not in stored
