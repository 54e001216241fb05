"""Guessing slows down the guesser and tells nothing; the card stays open for its holder."""

from typing import Any

import pytest

from services.cards.card_numbers import new_number
from tests.cards.api_client import (
    CONTACT,
    HOLDER,
    LEADER,
    LEADER_D05,
    LEADER_Y,
    OFFICE,
    STRANGER,
    CardsClient,
    person,
)
from tests.support.api import Answer
from tests.support.world import at

UNKNOWN = "2839480981189483"
WRONG = "00000000"


def guess(client: CardsClient, number: str, who: Any = STRANGER) -> Answer:
    """A try with a code that is surely wrong."""
    return client.activate({"number": number, "activation_code": WRONG}, who)


def test_a_stranger_who_guesses_must_wait_and_the_holder_need_not(client: CardsClient) -> None:
    card = client.issue()
    statuses = [guess(client, card["number"]).status for _ in range(7)]

    assert statuses == [422] * 5 + [429] * 2
    refused = client.activate(card, STRANGER)
    assert refused.code == "too_many_codes" and 0 < int(refused.headers["Retry-After"]) <= 3600
    assert client.activate(card, HOLDER).status == 200


def test_what_no_card_has_is_no_guess_and_signs_between_digits_do_no_harm(
    client: CardsClient,
) -> None:
    card = client.issue()
    number, code = card["number"], card["activation_code"]
    other = number[:-1] + str(9 - int(number[-1]))  # its check digit tells
    numbers = [number + "1", number[:-1] + "+", f"{number} {number}", "моя новая карта 1", other]
    codes = [code + "1", code[:-1], code[:-1] + "+", "код из письма", number]

    for name, slips, refused in (
        ("number", numbers, "card_number_mistyped"),
        ("activation_code", codes, "activation_code_mistyped"),
    ):
        told = [client.activate(card | {name: slip}, HOLDER) for slip in slips * 6]
        (errors,) = {str(each.json["errors"]) for each in told}
        assert refused in errors and f"'/{name}'" in errors
    typed = {"number": f"№ {number}", "activation_code": f" {code[:4]}-{code[4:]}\u00a0"}
    assert client.activate(card | typed, HOLDER).status == 200


def test_strangers_together_cannot_lock_a_holder_out(client: CardsClient) -> None:
    card = client.issue()
    for number in range(30):
        with client.from_address(f"192.0.2.{number}"):
            guess(client, card["number"], person(f"FP-1{number}", "foster_parent"))

    assert client.activate(card, HOLDER).status == 200


def test_one_address_cannot_guess_under_many_names(client: CardsClient) -> None:
    card = client.issue()
    names = [person(f"FP-1{number}", "foster_parent") for number in range(21)]

    assert [guess(client, card["number"], who).status for who in names] == [422] * 20 + [429]


def test_a_guesser_cannot_go_on_with_other_numbers(client: CardsClient) -> None:
    numbers = [new_number() for _ in range(21)]

    assert [guess(client, number).status for number in numbers] == [422] * 20 + [429]


def test_a_leader_helps_a_whole_meeting_where_codes_are_mistyped(client: CardsClient) -> None:
    mistyped = [{"number": new_number(), "activation_code": WRONG} for _ in range(25)]

    told_of = {client.activate(card, LEADER, evidence="in_person").code for card in mistyped}
    assert told_of == {"activation_code_wrong"}


def test_the_right_code_of_a_card_that_is_not_the_callers_to_activate_is_a_wrong_one(
    client: CardsClient,
) -> None:
    client.issue("FP-1", contact=CONTACT)
    card, other = client.issue("FP-2"), client.signed_in()
    evidence = {"evidence": "in_person"}

    for who, more in ((other, {}), (LEADER_Y, evidence), (LEADER_D05, evidence)):
        right, unknown = (
            client.activate(card | {"number": number}, who, **more)
            for number in (card["number"], UNKNOWN)
        )
        assert right.code == unknown.code == "activation_code_wrong"
        assert told(right) == told(unknown)
    assert client.activate(card, LEADER, **evidence).status == 200


@pytest.mark.parametrize("state", ["issued", "active", "blocked", "replaced", "revoked", "expired"])
@pytest.mark.parametrize("who", [STRANGER, LEADER, LEADER_Y])
def test_a_number_in_any_state_is_refused_like_one_that_was_never_issued(
    client: CardsClient, state: str, who: Any
) -> None:
    card = client.issue() if state in ("issued", "expired") else client.active_card()
    if state == "blocked":
        client.done(HOLDER, f"/v1/cards/{card['id']}/block", reason="lost")
    if state == "replaced":
        client.post(LEADER, f"/v1/cards/{card['id']}/replace", reason="lost")
    if state == "revoked":
        client.done(LEADER, f"/v1/cards/{card['id']}/revoke", reason="other")
    if state == "expired":
        client.world.set_time(at("2026-12-01 10:00"))

    for _ in range(7):
        live, unknown = (guess(client, number, who) for number in (card["number"], UNKNOWN))
        assert (live.status, told(live)) == (unknown.status, told(unknown))


def told(answer: Answer) -> dict[str, Any]:
    """What a refusal says, but for what is of this very call."""
    own = ("instance", "correlation_id", "retry_after")
    return {name: value for name, value in answer.json.items() if name not in own}


def test_a_try_reads_and_writes_as_much_for_a_live_number_as_for_none(
    client: CardsClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = client.issue()
    before = client.get(LEADER, f"/v1/cards/{card['id']}").json["version"]
    read = list[str]()
    get_item = client.world.dynamodb.get_item

    def got(**asked: Any) -> Any:
        read.append(asked["Key"]["sk"]["S"])
        return get_item(**asked)

    monkeypatch.setattr(client.world.dynamodb, "get_item", got)
    writes, reads = [], []
    for number in (card["number"], UNKNOWN):
        count = len(client.world.rows("cards-data"))
        read.clear()
        guess(client, number, person(f"FP-{number}", "foster_parent"))
        writes.append(len(client.world.rows("cards-data")) - count)
        reads.append([*read])

    assert writes[0] == writes[1] and reads[0] == reads[1]
    assert client.get(LEADER, f"/v1/cards/{card['id']}").json["version"] == before


def test_a_repeat_is_no_further_try(client: CardsClient) -> None:
    card = client.issue()
    own = {
        "number": card["number"], "activation_code": card["activation_code"], "district_id": "D02",
        "contact": CONTACT, "consent_processing": True, "consent_community": True,
    }  # fmt: skip
    assert client.post(HOLDER, "/v1/cards/activate", "same", **own).status == 200
    client.done(HOLDER, f"/v1/cards/{card['id']}/block", reason="lost")

    for _ in range(5):
        assert client.post(HOLDER, "/v1/cards/activate", "same", **own).status == 200

    assert guess(client, card["number"], HOLDER).code == "activation_code_wrong"


def test_a_new_code_is_tried_afresh(client: CardsClient) -> None:
    card = client.issue()
    for _ in range(6):
        guess(client, card["number"], HOLDER)
    renewed = client.done(LEADER, f"/v1/cards/{card['id']}/renew-code")

    assert client.activate(renewed, HOLDER).status == 200


def test_who_may_activate_nothing_learns_nothing(client: CardsClient) -> None:
    card = client.issue()

    assert guess(client, card["number"], OFFICE).status == 403
    assert guess(client, UNKNOWN, OFFICE).status == 403
