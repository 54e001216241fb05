"""What the requirements ask of cards, cell by cell: each test proves the whole of its row."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

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
from tests.cards.imports.uploads import result, run, text, upload
from tests.support.api import Answer
from tests.support.log_lines import metric_lines
from tests.support.till_api import TillApi
from tests.support.world import at

HOLDER_OF = {"region": "ZR", "district_id": "D02", "placement_current": True}
PUBLIC = "/v1/public/partners"
Till = Callable[..., Answer]


@pytest.fixture
def till(client: CardsClient, monkeypatch: pytest.MonkeyPatch) -> Till:
    """A till of a published partner that gives 7 percent."""
    api = TillApi(client.world, monkeypatch)
    partner, outlet = client.active_partner()
    key = client.key(partner, outlet).json["store_key"]
    numbers = iter(range(1000))

    def check(number: str, repeat: str | None = None, **more: Any) -> Answer:
        headers = {"X-API-Key": key, "Idempotency-Key": repeat or f"check-{next(numbers)}"}
        return api.post("/v1/card-checks", {"number": number} | more, headers)

    return check


def only_partner(client: CardsClient) -> str:
    return str(client.get(None, PUBLIC, region="ZR").json["items"][0]["id"])


@pytest.mark.requirement("S1-62")
def test_what_a_person_of_two_roles_may_list_follows_the_active_one(
    client: CardsClient, capsys: pytest.CaptureFixture[str]
) -> None:
    """The members of a community are the holders in its register of cards."""
    member = client.active_card()["id"]
    roles = ("foster_parent", "community_leader")
    api = client.api(replace(person("usr_9", "foster_parent"), roles=roles))
    capsys.readouterr()

    as_parent = api.with_(Ryadom_Role="foster_parent").get("/v1/cards")
    as_leader = api.with_(Ryadom_Role="community_leader").get("/v1/cards")

    assert (as_parent.status, as_leader.status) == (403, 200)
    assert [card["id"] for card in as_leader.json["items"]] == [member]
    logged = capsys.readouterr().out
    assert [logged.count(f'"caller":"{role}"') for role in roles] == [1, 1]


@pytest.mark.requirement("S0-35")
def test_cards_need_a_programme_of_both_parties(client: CardsClient) -> None:
    assert client.get(AUTHORITY, "/v1/programmes/ZR").json["authority_id"] == "RA"
    card = {"region": "YY", "district_id": "D01", "holder_ref": "1", "placement_current": True}
    assert client.post(LEADER_Y, "/v1/cards", **card).status == 409

    parties = {"region": "YY", "club_id": "C-Y", "started_on": "2026-10-01"}
    assert client.post(LEADER_Y, "/v1/programmes", **parties).status == 422
    both = client.post(LEADER_Y, "/v1/programmes", **parties, authority_id="RA-Y")
    assert both.status == 201
    assert client.post(LEADER_Y, "/v1/cards", **card).status == 201


@pytest.mark.requirement("S0-36")
def test_current_holders_get_a_card_each_and_no_second_one(client: CardsClient) -> None:
    files = client.world.files
    batch = upload(client, files, text(*(f"FP-{n};D02;да;;;;" for n in (1, 2, 3))), dry_run=False)
    assert run(client, batch)["accepted"] == 3
    assert len({line[3] for line in result(files, batch)[1:]}) == 3
    cards = client.get(LEADER, "/v1/cards").json["items"]
    numbers = {client.get(LEADER, f"/v1/cards/{c['id']}/page").json["number"] for c in cards}
    assert len(numbers) == 3

    card = client.issue()
    assert client.post(LEADER, "/v1/cards", holder_ref="FP-02", **HOLDER_OF).status == 409
    assert client.activate(card).status == 200
    assert client.post(LEADER, "/v1/cards", holder_ref="FP-02", **HOLDER_OF).status == 409
    without = HOLDER_OF | {"placement_current": False}
    assert client.post(LEADER, "/v1/cards", holder_ref="FP-9", **without).status == 409


@pytest.mark.requirement("S0-38")
def test_a_district_lists_its_active_partners_and_the_report_those_without(
    client: CardsClient,
) -> None:
    client.active_partner(title="Здесь", district_ids=["D03", "D01"])
    client.active_partner(title="Рядом", district_ids=["D04"])
    client.partner(title="Ещё не готов", district_ids=["D03"])
    paused, _ = client.active_partner(title="На паузе", district_ids=["D03"])
    client.done(MANAGER, f"/v1/partners/{paused}/pause")

    (listed,) = client.get(None, PUBLIC, region="ZR", district_id="D03").json["items"]
    assert listed["title"] == "Здесь" and "D03" in listed["district_ids"]
    assert client.get(None, PUBLIC, region="ZR", district_id="D05").json["items"] == []
    report = client.get(AUTHORITY, "/v1/report", region="ZR", quarter="2026-Q4").json["k34"]
    without = set(report["districts_without"])
    assert "D05" in without and not without & {"D01", "D03", "D04"} and len(without) == 9


@pytest.mark.requirement("S0-39")
def test_a_discount_is_fixed_and_changes_on_its_day(client: CardsClient, till: Till) -> None:
    number, partner = client.active_card()["number"], only_partner(client)
    assert client.offer(partner, "up to 15 %", "2026-11-01").status == 422
    assert till(number).json["discount_percent"] == 7

    named = till(number, discount_percent=10)
    assert (named.status, named.json["errors"][0]["pointer"]) == (422, "/discount_percent")
    assert till(number).json["discount_percent"] == 7

    nine = client.offer(partner, 9, "2026-11-01").json["number"]
    client.done(LEADER, f"/v1/partners/{partner}/offers/{nine}/publish")
    for moment, percent in (("2026-10-31 23:59", 7), ("2026-11-01 00:00", 9)):
        client.world.advance(at(moment))
        assert till(number).json["discount_percent"] == percent


@pytest.mark.requirement("S0-40")
def test_a_partner_is_active_from_its_agreement_to_its_end(client: CardsClient) -> None:
    partner = client.partner()
    outlet = client.outlet(partner)
    assert client.offer(partner).status == client.key(partner, outlet).status == 201
    path = f"/v1/partners/{partner}"
    assert client.post(LEADER, f"{path}/publish").status == 409
    client.done(AUTHORITY, f"{path}/agreement", agreement_ref="14/2026")
    assert client.get(None, PUBLIC, region="ZR").json["items"] == []

    assert client.done(LEADER, f"{path}/publish")["status"] == "active"
    assert only_partner(client) == partner
    assert client.done(MANAGER, f"{path}/end", reason="agreement_over")["status"] == "ended"
    assert client.get(None, PUBLIC, region="ZR").json["items"] == []


@pytest.mark.requirement("S0-41", "X-06")
def test_a_till_learns_whether_the_discount_applies_and_nothing_of_a_person(
    client: CardsClient, till: Till
) -> None:
    active, issued = client.active_card()["number"], client.issue("FP-1")["number"]
    blocked, revoked = client.active_card("FP-3", STRANGER), client.issue("FP-4")
    client.done(STRANGER, f"/v1/cards/{blocked['id']}/block", reason="lost")
    client.done(LEADER, f"/v1/cards/{revoked['id']}/revoke", reason="moved_away")
    mistyped = active[:-1] + str((int(active[-1]) + 1) % 10)
    unknown = "4000000000000002"

    expected = {
        active: (True, 7, "ok"), issued: (False, 0, "not_activated"),
        **dict.fromkeys(
            (blocked["number"], revoked["number"], unknown, mistyped), (False, 0, "not_valid")
        ),
    }  # fmt: skip
    for number, wanted in expected.items():
        told = till(number)
        found = (told.json["valid"], told.json["discount_percent"], told.json["reason"])
        assert found == wanted
        for private in ("Мария", "9211234567", '"D02"', "FP-", "crd_", number):
            assert private not in told.text


@pytest.mark.requirement("S0-42", "X-06")
def test_a_till_is_slowed_down_and_a_repeat_counts_once(
    client: CardsClient, till: Till, capsys: pytest.CaptureFixture[str]
) -> None:
    holders = [person(f"FP-1{n}", "foster_parent") for n in range(4)]
    numbers = [client.active_card(who.id, who)["number"] for who in holders]
    first, again = (till(numbers[0], "same") for _ in range(2))
    assert first.json["check_id"] == again.json["check_id"]

    told = [till(numbers[n % 4]).status for n in range(30)]
    assert told == [200] * 29 + [429]
    assert metric_lines(capsys.readouterr().out)[-1]["card_check_throttled"] == [1.0]
    client.world.settle()
    partner = only_partner(client)
    shown = client.get(MANAGER, f"/v1/partners/{partner}/statistics", month="2026-10").json
    assert shown["checks"] == 30


@pytest.mark.requirement("S0-43")
def test_a_partner_sees_its_own_checks_and_distinct_cards(client: CardsClient, till: Till) -> None:
    holders = [person(f"FP-{n}", "foster_parent") for n in range(20, 31)]
    numbers = [client.active_card(who.id, who)["number"] for who in holders]
    for n in range(25):
        assert till(numbers[n % 11]).json["valid"]
    client.world.settle()

    path = f"/v1/partners/{only_partner(client)}/statistics"
    shown = client.get(MANAGER, path, month="2026-10")
    assert (shown.json["checks"], shown.json["distinct_cards"]) == (25, 11)
    assert not any(number in shown.text for number in numbers)
    assert client.get(OTHER_MANAGER, path, month="2026-10").status == 403


@pytest.mark.requirement("S0-45")
def test_only_a_card_that_its_holder_activated_works(client: CardsClient, till: Till) -> None:
    card = client.issue()
    wrong = card | {"activation_code": f"{(int(card['activation_code']) + 1) % 10**8:08d}"}
    assert [client.activate(wrong, STRANGER).status for _ in range(6)] == [422] * 5 + [429]
    refused = client.activate(card, consent_processing=False)
    assert refused.status == 409 and till(card["number"]).json["reason"] == "not_activated"

    active = client.activate(card)
    assert (active.status, active.json["status"]) == (200, "active")
    assert till(card["number"]).json["valid"]
    entry = client.get(LEADER, f"/v1/cards/{card['id']}").json
    again = client.activate(card)
    assert (again.status, again.json["id"]) == (200, card["id"])
    assert client.get(LEADER, f"/v1/cards/{card['id']}").json == entry
    other = person("FP-77", "foster_parent")
    assert client.activate(card, other).status == 409


@pytest.mark.requirement("S0-47")
def test_a_card_that_was_lost_replaced_or_revoked_is_valid_no_more(
    client: CardsClient, till: Till
) -> None:
    card = client.active_card()
    path = f"/v1/cards/{card['id']}"
    client.done(HOLDER, f"{path}/block", reason="lost")
    assert till(card["number"]).json["reason"] == "not_valid"
    new = client.post(LEADER, f"{path}/replace", reason="lost").json
    assert new["number"] != card["number"] and client.activate(new).status == 200
    for step in ("unblock", "hand-over-code", "renew-code"):
        assert client.post(HOLDER, f"{path}/{step}").status in (403, 409)
    assert till(card["number"]).json["reason"] == "not_valid" and till(new["number"]).json["valid"]

    ended = {"region": "ZR", "holder_ref": "FP-02", "district_id": "D02"}
    reported = client.post(OFFICE, "/v1/placement-ends", **ended, ended_on="2026-10-05")
    assert reported.status == 200 and till(new["number"]).json["valid"]
    client.done(LEADER, f"/v1/cards/{new['id']}/revoke", reason="placement_ended")
    assert till(new["number"]).json["reason"] == "not_valid"
