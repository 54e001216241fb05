"""A placement ends: the card follows after the programme's time of grace."""

from typing import Any

import pytest

from services.cards.holders.vault_records import phone_index
from shared.privacy.vault import Vault
from tests.cards.api_client import CONTACT, HOLDER, LEADER, OFFICE, CardsClient, person
from tests.cards.offices import PHONE_2, PHONE_3, decide, issue
from tests.support.api import Answer
from tests.support.world import at

ORDER = {"order_ref": "17-р", "ordered_on": "2026-10-05"}


def reported(client: CardsClient, who: Any = OFFICE, **more: Any) -> Answer:
    """The office's report that the placement ended today."""
    body = {"region": "ZR", "holder_ref": "FP-02", "district_id": "D02", "ended_on": "2026-10-05"}
    return client.post(who, "/v1/placement-ends", **(body | more))


def test_a_card_closes_by_itself_after_the_grace_and_everyone_is_told(client: CardsClient) -> None:
    card = client.active_card()
    for _ in range(2):
        assert reported(client).json == {"noted": True}
    (told,) = client.events("PlacementEndReported")
    assert told["closes_on"] == "2026-11-04"

    client.world.advance(at("2026-11-04 23:59"))
    assert client.at_the_till(card["number"]).status == "active"
    client.world.advance(at("2026-11-05 00:00"))

    assert client.at_the_till(card["number"]).status == "revoked"
    (closed,) = client.events("CardRevoked")
    assert (closed["reason"], closed["by_time"]) == ("placement_ended", True)
    audited = [row for row in client.world.rows("cards-audit") if row["pk"]["S"] == card["id"]]
    assert "placement_ended" in {row["reason"]["S"] for row in audited if "reason" in row}
    assert client.issue("FP-02")["id"] != card["id"]


def test_an_end_before_the_order_is_that_of_another_placement(client: CardsClient) -> None:
    card = issue(client, "1024", "D02").json["id"]
    earlier = {"holder_ref": "1024", "ended_on": "2026-10-04"}

    refused = reported(client, **earlier)

    assert (refused.status, refused.code) == (422, "end_before_order")
    assert refused.json["errors"][0]["pointer"] == "/ended_on"
    assert "распоряжению от 05.10.2026" in refused.json["detail"]
    assert client.get(LEADER, f"/v1/cards/{card}").json["closes_on"] is None
    assert reported(client, holder_ref="1024").status == 200  # on its very day
    client.issue("1025")  # a child was in the family; since when, no one has said
    assert reported(client, **earlier | {"holder_ref": "1025"}).status == 200


def test_a_leader_says_that_the_placement_goes_on(client: CardsClient) -> None:
    card = client.active_card()
    reported(client)
    path = f"/v1/cards/{card['id']}/dismiss-placement-end"
    assert client.post(HOLDER, path).status == 403
    client.done(LEADER, path)
    client.world.advance(at("2027-01-01 00:00"))

    assert client.at_the_till(card["number"]).status == "active"
    assert len(client.events("PlacementEndDismissed")) == 1
    assert client.post(LEADER, path).code == "no_placement_end"


def test_nobody_is_reminded_of_a_card_that_is_to_close_until_the_placement_goes_on(
    client: CardsClient,
) -> None:
    card = client.issue(contact=CONTACT)
    client.world.advance(at("2026-10-10 10:00"))
    reported(client)
    client.world.advance(at("2026-10-25 10:00"))
    assert client.events("CardActivationDue") == []

    client.done(LEADER, f"/v1/cards/{card['id']}/dismiss-placement-end")
    client.world.advance(at("2026-10-25 10:01"))

    assert len(client.events("CardActivationDue")) == 1


def test_an_end_that_a_leader_found_wrong_asks_no_one_again(client: CardsClient) -> None:
    card = client.active_card()
    reported(client)
    client.done(LEADER, f"/v1/cards/{card['id']}/dismiss-placement-end")

    again = reported(client)

    assert (again.status, again.code, again.json["next_steps"]) == (409, "placement_goes_on", [])
    assert "лидер" in again.json["detail"]
    assert client.get(LEADER, f"/v1/cards/{card['id']}").json["closes_on"] is None
    assert len(client.events("PlacementEndReported")) == 1
    assert client.post(LEADER, f"/v1/cards/{card['id']}/replace", reason="lost").status == 201
    assert reported(client).code == "placement_goes_on"
    # Another day is another end.
    client.world.advance(at("2026-10-07 09:00"))
    assert reported(client, ended_on="2026-10-06").status == 200
    told = client.events("PlacementEndReported")
    # And the one that was found wrong does not come back by that: the card would end sooner.
    client.world.advance(at("2026-10-20 09:00"))
    assert reported(client).code == "placement_goes_on"
    assert client.events("PlacementEndReported") == told


def test_who_has_a_child_again_before_the_card_ends_keeps_it_and_the_office_learns_how(
    client: CardsClient,
) -> None:
    card = client.active_card()
    reported(client)
    again = {"region": "ZR", "district_id": "D02", "holder_ref": "FP-02", "order": ORDER}

    refused = client.post(OFFICE, "/v1/cards", **again)

    assert (refused.status, refused.code, refused.json["next_steps"]) == (409, "card_closing", [])
    assert "последний день 04.11.2026" in refused.json["detail"]
    steps = client.post(LEADER, "/v1/cards", **again).json["next_steps"]
    assert [step["action"] for step in steps] == ["dismiss_placement_end"]
    client.done(LEADER, f"/v1/cards/{card['id']}/dismiss-placement-end")
    assert client.post(OFFICE, "/v1/cards", **again).code == "holder_has_card"
    client.world.advance(at("2027-01-01 00:00"))
    assert client.at_the_till(card["number"]).status == "active"


def test_a_card_that_waits_or_is_blocked_closes_too(client: CardsClient) -> None:
    waiting = client.issue()
    reported(client)
    blocked = client.active_card("FP-03", person("FP-03", "foster_parent"))
    client.done(LEADER, f"/v1/cards/{blocked['id']}/block", reason="lost")
    reported(client, holder_ref="FP-03")
    client.world.advance(at("2026-11-05 00:00"))

    for card in (waiting, blocked):
        assert client.at_the_till(card["number"]).status == "revoked"


def test_the_issuing_office_sees_and_reports_a_card_whose_holder_has_moved(
    client: CardsClient,
) -> None:
    card = client.post(
        OFFICE, "/v1/cards", region="ZR", district_id="D02", holder_ref="FP-02", order=ORDER
    ).json
    first = client.get(OFFICE, f"/v1/cards/{card['id']}").json
    client.world.advance(at("2026-10-06 10:00"))
    renewed = client.done(LEADER, f"/v1/cards/{card['id']}/renew-code")
    assert client.activate(renewed, district_id="D05").status == 200

    client.done(LEADER, f"/v1/cards/{card['id']}/block", reason="lost")
    shown = client.get(OFFICE, f"/v1/cards/{card['id']}").json
    assert (shown["status"], shown["district_id"], shown["reason"]) == ("issued", "D02", None)
    assert {shown[each] for each in ("activated_at", "via", "consent_community")} == {None}
    assert shown == first
    assert client.get(OFFICE, f"/v1/cards/{card['id']}/page").status == 403
    assert client.get(OFFICE, f"/v1/cards/{card['id']}/contact").status == 403
    assert reported(client).status == 200
    office_5 = person("DO-05", "district_office", districts=("D05",))
    assert client.get(office_5, f"/v1/cards/{card['id']}").status == 404
    assert client.post(LEADER, f"/v1/cards/{card['id']}/replace", reason="stolen").status == 201
    replaced = client.get(OFFICE, f"/v1/cards/{card['id']}").json
    assert (replaced["status"], replaced["reason"]) == ("replaced", None)
    assert reported(client, office_5, district_id="D05").status == 200
    office_3 = person("DO-03", "district_office", districts=("D03",))
    assert reported(client, office_3, district_id="D03").status == 404
    assert reported(client, holder_ref="FP-99").status == 404
    assert reported(client, office_3).code == "district_not_yours"
    assert reported(client, LEADER, district_id="D99").code == "unknown_district"


def test_the_office_of_the_file_reports_whoever_issued_the_card(client: CardsClient) -> None:
    card = client.issue()  # by a leader, for a file of D02
    assert client.activate(card, district_id="D05").status == 200

    assert reported(client).status == 200


def test_a_report_never_ends_the_card_of_another_person_with_the_same_number(
    client: CardsClient,
) -> None:
    her = issue(client, "1024", "D02", PHONE_2).json
    other = issue(client, "1024", "D05", PHONE_3).json["id"]
    decide(client, other, "different_person")
    she, contact = client.signed_in(PHONE_2), CONTACT | {"phone": PHONE_2}
    assert client.activate(her, she, contact=contact, district_id="D05").status == 200
    client.done(LEADER, f"/v1/cards/{other}/revoke", reason="moved_away")
    office_5 = person("DO-05", "district_office", districts=("D05",))

    late = reported(client, office_5, holder_ref="1024", district_id="D05")

    assert late.code == "card_revoked", "its own person's"
    assert client.events("PlacementEndReported") == []


def test_nor_that_of_a_person_whom_the_office_knows_by_another_number(client: CardsClient) -> None:
    old = issue(client, "1024", "D02", PHONE_2).json["id"]
    card = issue(client, "77", "D05", PHONE_2).json["id"]
    client.done(LEADER, f"/v1/cards/{old}/revoke", reason="moved_away")
    decide(client, card, "same_person")
    office_5 = person("DO-05", "district_office", districts=("D05",))

    answers = [
        reported(client, office_5, holder_ref=ref, district_id="D05").status
        for ref in ("1024", "77")
    ]

    assert answers == [404, 200]


@pytest.mark.parametrize("again", [True, False], ids=["again", "second"])
def test_an_office_reports_of_a_person_whose_card_is_now_under_the_file_of_another(
    client: CardsClient, again: bool
) -> None:
    first = issue(client, "1024", "D02").json["id"]
    if again:
        client.done(LEADER, f"/v1/cards/{first}/revoke", reason="moved_away")
    second = issue(client, "1024", "D05").json["id"]
    office_5 = person("DO-05", "district_office", districts=("D05",))
    early = reported(client, office_5, holder_ref="1024", district_id="D05")
    assert (early.code, early.json["next_steps"]) == ("end_of_held_card", [])
    decide(client, second, "same_person")

    who, district = (OFFICE, "D02") if again else (office_5, "D05")
    assert reported(client, who, holder_ref="1024", district_id=district).status == 200

    (told,) = client.events("PlacementEndReported")
    assert told["card_id"] == (second if again else first)
    assert issue(client, "1024", district).code == "card_closing"


def test_a_card_that_closes_while_it_is_held_was_activated_all_the_same(
    client: CardsClient,
) -> None:
    issue(client, "1024", "D05", PHONE_2)
    card = issue(client, "77", "D02").json
    reported(client, holder_ref="77")
    shared = client.activate(card, contact=CONTACT | {"phone": PHONE_2})
    assert shared.json["status"] == "held"

    client.world.advance(at("2026-11-05 00:00"))

    (told,) = client.events("CardRevoked")
    assert (told["by_time"], told["activated"], told["never_issued"]) == (True, True, False)
    client.done(LEADER, f"/v1/cards/{card['id']}/erase")
    with client.world.service("cards"):
        index = phone_index(PHONE_2, Vault.connect())
    kept = [row["pk"]["S"] for row in client.world.rows("cards-data") if index in str(row)]
    assert f"CARD#{card['id']}" not in kept


def test_the_grace_is_the_programmes(client: CardsClient) -> None:
    authority = person("RA-Y", "regional_authority", region="YY")
    leader = person("CL-Y", "community_leader", region="YY")
    client.post(
        authority, "/v1/programmes",
        region="YY", club_id="C-Y", authority_id="RA-Y", started_on="2026-09-01", grace_days=90,
    )  # fmt: skip
    body = {"region": "YY", "district_id": "D01", "holder_ref": "FP-9"}
    client.post(leader, "/v1/cards", **body, placement_current=True)
    assert reported(client, leader, **body).status == 200

    assert client.events("PlacementEndReported")[0]["closes_on"] == "2027-01-03"


def test_a_card_that_replaces_one_ends_on_its_day_too(client: CardsClient) -> None:
    card = client.active_card()
    reported(client)

    new = client.post(LEADER, f"/v1/cards/{card['id']}/replace", reason="damaged").json

    shown = client.get(LEADER, f"/v1/cards/{new['id']}").json
    assert (shown["placement_ended_on"], shown["closes_on"]) == ("2026-10-05", "2026-11-04")
    told = [each["card_id"] for each in client.events("PlacementEndReported")]
    assert told == [card["id"], new["id"]]
    client.world.advance(at("2026-11-05 00:00"))
    assert client.at_the_till(new["number"]).status == "revoked"
