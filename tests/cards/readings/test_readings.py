"""A holder, and the leader of the district, see who has read what is kept about the holder."""

from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from shared import clock
from shared.principal import Principal
from shared.reference.code_lists import shipped
from tests.cards.api_client import (
    AUTHORITY,
    CONTACT,
    HOLDER,
    LEADER,
    LEADER_D05,
    LEADER_Y,
    OFFICE,
    STRANGER,
    CardsClient,
    contact_of,
    person,
)
from tests.cards.offices import PHONE_2, PHONE_3, code_of, decide, issue

LEADER_D03 = person("CL-3", "community_leader", districts=("D03",))
OTHERS = (
    LEADER_Y, LEADER_D05, AUTHORITY, STRANGER, person("OP-1", "hotline_operator"),
    person("HQ-1", "regional_hq"), person("FH-1", "federal_hq", region="*"),
)  # fmt: skip


@pytest.fixture(autouse=True)
def passing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Readings of one millisecond have no order."""
    start, passed = clock.wall(), count()
    monkeypatch.setattr(clock, "wall", lambda: start + timedelta(milliseconds=next(passed)))


def log_of(card_id: str) -> str:
    return f"/v1/cards/{card_id}/access-log"


def seen(client: CardsClient, who: Principal, card_id: str) -> list[tuple[str, str]]:
    """Who read by which right, the earliest first."""
    found = client.all_of(who, log_of(card_id), limit="100")
    return [(each["role"], each["purpose"]) for each in reversed(found)]


def test_a_holder_sees_who_has_read_what_about_her(client: CardsClient) -> None:
    card: dict[str, Any] = issue(client, "FP-02", "D02", CONTACT["phone"]).json
    code_of(client, card["id"])
    client.activate(card)
    client.get(LEADER, f"/v1/cards/{card['id']}/contact")
    client.get(HOLDER, f"/v1/cards/{card['id']}/page")

    found = client.get(HOLDER, log_of(card["id"])).json["items"]

    told = [(each["role"], each["purpose"], each["record"]) for each in reversed(found)]
    assert told == [
        ("district_office", "hand_over", card["id"]),
        ("system", "notify_holder", "contact"),
        ("system", "notify_holder", card["id"]),
        ("community_leader", "card_matter", "contact"),
        ("foster_parent", "card_page", card["id"]),
    ]
    for hidden in (LEADER.id, OFFICE.id, CONTACT["name"], "9211234567", card["number"]):
        assert hidden not in str(found)


def test_a_look_of_the_staff_is_recorded_and_the_holders_own_is_not(client: CardsClient) -> None:
    card = client.active_card()["id"]
    before = seen(client, HOLDER, card)

    first = client.get(LEADER, log_of(card), limit="1").json
    assert [each["purpose"] for each in first["items"]] == ["show_access_log"]
    rest = client.get(LEADER, log_of(card), limit="100", cursor=first["next_cursor"]).json
    assert len(rest["items"]) == len(before)
    looks = [("community_leader", "show_access_log")] * 2
    assert seen(client, HOLDER, card) == [*before, *looks]


def test_who_signs_in_by_phone_sees_the_card_of_her_account_as_her_own(client: CardsClient) -> None:
    card = client.active_card_of(client.issue(contact=CONTACT))
    account = client.active_card("FP-03", person("FP-03", "foster_parent"))
    by_phone = client.signed_in(contact_of(person("FP-03", "foster_parent"))["phone"])

    before = seen(client, by_phone, account["id"])

    assert before == seen(client, by_phone, account["id"])
    assert client.get(by_phone, log_of(card)).status == 404


def test_others_do_not_learn_whether_there_is_such_a_card(client: CardsClient) -> None:
    card = client.active_card()["id"]
    before = seen(client, HOLDER, card)
    for stranger in OTHERS:
        assert client.get(stranger, log_of(card)).status == 404, stranger.role
    assert client.get(None, log_of(card)).status == 401
    assert seen(client, HOLDER, card) == before


def test_the_office_that_issued_a_card_reads_no_contact_and_no_log(client: CardsClient) -> None:
    card = issue(client, "1024", "D02").json["id"]
    assert client.get(OFFICE, f"/v1/cards/{card}").status == 200
    assert client.get(OFFICE, log_of(card)).status == 403


def test_who_signed_in_by_phone_sees_what_was_read_of_each_of_her_cards(
    client: CardsClient,
) -> None:
    first = client.issue(contact=CONTACT)
    new = client.post(LEADER, f"/v1/cards/{first['id']}/replace", reason="damaged").json
    other = client.issue("FP-03", contact=CONTACT | {"phone": PHONE_2})
    client.get(LEADER, f"/v1/cards/{other['id']}/contact")
    holder = client.signed_in()
    bot = client.recognise(client.bind().json["access_token"])
    assert client.get(bot, log_of(new["id"])).status == 200

    for card in (first["id"], new["id"]):
        found = client.get(holder, log_of(card)).json["items"]
        opened = [each["record"] for each in found if each["purpose"] == "hand_over"]
        assert opened == [new["id"], first["id"]]
        assert "card_matter" not in [each["purpose"] for each in found]
    assert client.get(holder, log_of(other["id"])).status == 404


@pytest.mark.parametrize("decision", ["same_person", "different_person", None])
def test_her_other_file_is_shown_once_a_leader_has_found_it_to_be_hers(
    client: CardsClient, decision: str | None
) -> None:
    first = issue(client, "1024", "D02", PHONE_2).json["id"]
    second = issue(client, "77", "D03", PHONE_2).json["id"]
    if decision:
        decide(client, second, decision)

    found = client.get(client.signed_in(PHONE_2), log_of(first)).json["items"]

    assert (second in str(found)) is (decision == "same_person")


def test_a_leader_of_a_district_sees_nothing_of_a_file_in_another(client: CardsClient) -> None:
    first = issue(client, "1024", "D02", PHONE_2).json["id"]
    second = issue(client, "77", "D03", PHONE_2).json["id"]
    decide(client, second, "same_person")
    client.get(LEADER, f"/v1/cards/{first}/contact")

    of_district = client.get(LEADER_D03, log_of(second)).json["items"]
    of_region = client.get(LEADER, log_of(second)).json["items"]

    told = [(each["purpose"], each["record"]) for each in reversed(of_district)]
    assert told == [("hand_over", second), ("show_access_log", "access_log")]
    assert {first, "contact"} <= {each["record"] for each in of_region}
    assert client.get(LEADER_D03, log_of(first)).status == 404


def test_who_is_erased_still_sees_who_had_read_it(client: CardsClient) -> None:
    card = client.active_card()["id"]
    client.get(LEADER, f"/v1/cards/{card}/contact")
    client.done(LEADER, f"/v1/cards/{card}/revoke", reason="holder_refused")
    client.done(HOLDER, f"/v1/cards/{card}/erase")

    assert ("community_leader", "card_matter") in seen(client, HOLDER, card)
    assert seen(client, LEADER, card)[-1] == ("community_leader", "show_access_log")


def test_a_card_that_no_list_shows_yet_has_its_readings(client: CardsClient) -> None:
    with client.world.dynamodb.lagging_indexes():
        card = client.issue()["id"]
        assert ("community_leader", "hand_over") in seen(client, LEADER, card)


def test_everything_shown_has_words(client: CardsClient) -> None:
    """By any way that opens what is sealed for a holder."""
    card = client.issue(contact=CONTACT)["id"]
    renewed = client.post(LEADER, f"/v1/cards/{card}/renew-code").json
    code_of(client, card)
    new = {"contact": CONTACT | {"phone": PHONE_3}}
    client.done(LEADER, f"/v1/cards/{card}/change-contact", **new, evidence="signed_form")
    holder = client.signed_in(PHONE_3)
    assert client.activate(renewed, holder, **new).status == 200
    printed = client.post(LEADER, "/v1/prints", card_ids=[card])
    assert printed.status in (201, 202), printed.text
    client.world.settle()
    client.get(holder, f"/v1/cards/{card}/page")
    client.get(LEADER, f"/v1/cards/{card}/contact")
    client.get(LEADER, log_of(card))

    found = client.get(holder, log_of(card), limit="100").json["items"]

    purposes = {each["purpose"] for each in found}
    assert purposes == {
        "hand_over", "renew_code", "notify_holder", "change_contact", "send_code", "print_cards",
        "card_page", "card_matter", "show_access_log",
    }  # fmt: skip
    lists = shipped()
    assert purposes <= {*lists["reading_purpose"].codes}
    assert {each["role"] for each in found} <= {*lists["acting_role"].codes}
    assert {part for each in found for part in each["fields"]} <= {*lists["read_field"].codes}
