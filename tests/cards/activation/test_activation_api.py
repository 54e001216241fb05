"""The holder puts a card into use: code, consent, phone."""

import pytest

from services.cards import qr_codes
from tests.cards.api_client import (
    BOT,
    CONTACT,
    HOLDER,
    LEADER,
    STRANGER,
    CardsClient,
    person,
)
from tests.cards.contact_changes.phones import reached
from tests.support.api import Answer
from tests.support.world import at


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
    assert told["holder_id"] == HOLDER.id
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
    assert qr_codes.step_of(key, scanned, 50 * 30.0) == 50


def test_another_phone_takes_over_and_older_codes_are_void(client: CardsClient) -> None:
    card = client.active_card()
    moved = client.done(HOLDER, f"/v1/cards/{card['id']}/hand-over-code")

    assert moved["generation"] == 2 and moved["qr_secret"] != card["qr_secret"]
    assert client.at_the_till(card["number"]).generation == 2


def test_a_repeated_activation_tells_nothing_of_what_happened_since(client: CardsClient) -> None:
    card = client.issue()
    body = {
        "number": card["number"], "activation_code": card["activation_code"],
        "district_id": "D02", "contact": CONTACT, "consent_processing": True,
        "consent_community": True, "evidence": "in_person",
    }  # fmt: skip
    first = client.post(LEADER, "/v1/cards/activate", "same-key", **body).json
    client.done(LEADER, f"/v1/cards/{card['id']}/revoke", reason="moved_away")

    again = client.post(LEADER, "/v1/cards/activate", "same-key", **body).json

    assert (first["status"], again["status"]) == ("active", "active")


def test_a_repeat_shows_no_secret_of_a_card_that_is_over(client: CardsClient) -> None:
    card = client.active_card()
    other = f"/v1/cards/{card['id']}/hand-over-code"
    secrets = [client.post(HOLDER, other, "same-key").json["qr_secret"] for _ in range(2)]
    assert secrets[0] is not None and secrets[0] == secrets[1]

    client.done(LEADER, f"/v1/cards/{card['id']}/revoke", reason="moved_away")

    again = client.post(HOLDER, other, "same-key").json
    assert (again["status"], again["qr_secret"], again["handle"]) == ("active", None, None)


def test_a_bot_activates_for_the_person_it_has_proved(client: CardsClient) -> None:
    card = client.issue(contact=CONTACT)
    claimed = {"Ryadom-On-Behalf-Of": "per_01HOLDER00"}
    assert client.activate(card, BOT, claimed).code == "not_bound"

    bound = client.recognise(client.bind().json["access_token"])
    answer = client.activate(card, bound)

    assert answer.status == 200
    assert client.get(LEADER, f"/v1/cards/{card['id']}").json["via"] == "bot"
    mine = {"Ryadom-On-Behalf-Of": bound.acts_for}
    (own,) = client.api(BOT).get("/v1/my-cards", headers=mine).json["items"]
    assert own["id"] == card["id"]
    assert client.activate(card, BOT, claimed).code == "not_bound"


def test_a_leader_helps_and_says_how_the_holder_was_known(client: CardsClient) -> None:
    card = client.issue()

    for code in ("00000000", card["activation_code"]) * 5:  # said before any code is looked at
        (error,) = client.activate(card, LEADER, activation_code=code).json["errors"]
        assert (error["code"], error["pointer"]) == ("evidence_missing", "/evidence")
    for _ in range(2):
        helped = client.activate(card, LEADER, evidence="in_person")
        assert (helped.status, helped.json["qr_secret"]) == (200, None)
    assert client.get(LEADER, f"/v1/cards/{card['id']}").json["via"] == "leader"
    assert len(client.events("CardActivated")) == 1
    audited = [
        row for row in client.world.rows("cards-audit")
        if row.get("action", {}).get("S") == "activate_card"
    ]  # fmt: skip
    assert {(row["actor"]["S"], row["evidence"]["S"]) for row in audited} == {
        (LEADER.id, "in_person")
    }
    (person,) = {row["on_behalf_of"]["S"] for row in audited}
    assert person.startswith("hld_"), "no number of a file outlives an erasure here"


def test_a_holder_is_no_evidence_of_herself(client: CardsClient) -> None:
    card = client.issue()

    (error,) = client.activate(card, HOLDER, evidence="in_person").json["errors"]

    assert (error["code"], error["pointer"]) == ("evidence_of_own_word", "/evidence")
    assert client.activate(card, HOLDER, evidence=None).status == 200


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

    assert unknown.json["errors"] == wrong.json["errors"]
    assert wrong.json["errors"][0]["pointer"] == "/activation_code"
    assert unknown.status == wrong.status == 422


def test_without_processing_consent_the_card_stays_issued(client: CardsClient) -> None:
    card = client.issue()
    for code in ("00000000", card["activation_code"]) * 5:  # and no try is lost
        refused = client.activate(card, consent_processing=False, activation_code=code)
        assert (refused.status, refused.code) == (409, "processing_consent_missing")
    assert client.activate(card, district_id="D99").status == 422, "of no list"
    assert client.at_the_till(card["number"]).status == "issued"


def test_activating_again_is_harmless_for_the_holder_and_refused_to_others(
    client: CardsClient,
) -> None:
    card = client.active_card()

    again = client.activate(card)
    other = client.activate(card, STRANGER)

    assert (again.status, again.json["id"]) == (200, card["id"])
    assert (other.status, other.code) == (409, "card_not_awaiting_activation")
    assert len(client.events("CardActivated")) == 1


def test_a_reminder_that_comes_after_the_last_day_of_the_code_does_not_name_it(
    client: CardsClient,
) -> None:
    card = client.issue(contact=CONTACT)
    client.world.set_time(at("2026-11-04 23:59"))
    assert reached(client, card["id"], "card_activation_due_holder") == "+79211234567"

    client.world.advance(at("2026-11-05 00:00"))  # the sweep was silent for two weeks

    assert len(client.events("CardActivationDue")) == 1  # by which the leader has work
    for template in ("card_activation_due_holder", "card_issued_holder"):
        assert reached(client, card["id"], template) == "code_expired"
    client.done(LEADER, f"/v1/cards/{card['id']}/renew-code")
    assert reached(client, card["id"], "card_issued_holder") == "+79211234567"


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


@pytest.mark.requirement("X-04")
def test_of_two_activations_at_once_one_wins_and_the_other_is_told(client: CardsClient) -> None:
    card = client.issue()
    others: list[Answer] = []
    client.just_before_the_next_commit(
        lambda: others.append(client.activate(card, STRANGER, contact=CONTACT))
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


def test_a_block_is_not_lost_to_an_activation_at_the_same_moment(client: CardsClient) -> None:
    card = client.active_card()
    client.just_before_the_next_commit(
        lambda: client.post(HOLDER, f"/v1/cards/{card['id']}/block", reason="lost")
    )

    client.done(HOLDER, f"/v1/cards/{card['id']}/withdraw-consent")

    assert client.at_the_till(card["number"]).status == "blocked"


def test_a_card_lost_on_its_way_is_blocked_and_waits_again_when_found(client: CardsClient) -> None:
    card = client.issue("FP-1", contact=CONTACT)
    hotline, me = person("OP-1", "hotline_operator"), client.signed_in()
    for who in (hotline, LEADER, me):
        client.done(who, f"/v1/cards/{card['id']}/block", reason="lost")

        refused = client.activate(card, me)
        assert (refused.status, refused.code) == (409, "card_blocked")
        assert refused.json["next_steps"][0]["action"] == "unblock"
        assert client.scanned(card["number"], card["number"]) == "not_valid"
        assert client.post(STRANGER, f"/v1/cards/{card['id']}/unblock").status == 404
        client.done(me, f"/v1/cards/{card['id']}/unblock")
        assert client.get(me, f"/v1/cards/{card['id']}").json["status"] == "issued"

    # it is not told that the card works: the code is sent again
    assert client.events("CardActivated") == []
    assert [told["renewed"] for told in client.events("CardIssued")] == [False, True, True, True]
    assert client.activate(card, me).status == 200


def test_who_finds_a_card_has_thirty_days_for_its_code_again(client: CardsClient) -> None:
    """The message with the code says so, however long the card was lost."""
    card = client.issue("FP-1", contact=CONTACT)
    client.world.advance(at("2026-10-20 10:00"))
    assert len(client.events("CardActivationDue")) == 1
    client.done(LEADER, f"/v1/cards/{card['id']}/block", reason="lost")
    client.world.advance(at("2026-11-20 10:00"))
    client.done(LEADER, f"/v1/cards/{card['id']}/unblock")
    client.world.advance(at("2026-11-20 10:01"))
    assert len(client.events("CardActivationDue")) == 1, "it is not due at once"

    client.world.advance(at("2026-12-04 11:00"))
    assert client.events("CardActivationDue")[1]["code_expires_on"] == "2026-12-20"
    client.world.set_time(at("2026-12-20 23:59"))
    assert client.activate(card).status == 200
