"""Work about cards, their holders and partners: of leaders, offices and the hotline."""

from dataclasses import replace
from typing import Any

import pytest

from services.notifications.work_items import reactions
from shared.events import cards, cards_partners, cards_tables
from shared.principal import Principal
from shared.reference import regions
from tests.notifications.fakes import (
    CARD,
    HQ,
    LEADER,
    OF_CARD,
    NotificationsHarness,
)
from tests.notifications.work_items.inbox import (
    LOST_IN_A_CALL,
    happened,
    items,
    waiting,
)


def test_a_card_whose_code_must_not_go_to_the_stolen_phone_is_handed_over(
    harness: NotificationsHarness,
) -> None:
    harness.owners.refusals = {CARD: "contact_stolen"}
    harness.tell(cards.CardIssued(**OF_CARD, replaces="crd_1"))

    (item,) = items(harness)
    assert (item["kind"], item["role"], item["district_id"]) == (
        "hand_over_card", "community_leader", "D05",
    )  # fmt: skip
    harness.owners.refusals = {}
    harness.tell(cards.CardActivated(**OF_CARD, via="leader"))
    assert waiting(harness) == []

    # news without a code is no reason to hand a card over
    harness.owners.refusals = {CARD: "contact_stolen"}
    harness.tell(cards.CardActivated(**OF_CARD, via="leader", again=True))
    harness.tell(cards.CardBlocked(**OF_CARD, reason="lost"))
    assert waiting(harness) == []


def test_who_lost_card_and_phone_is_helped_by_a_leader_whom_the_hotline_leads_to_the_caller(
    harness: NotificationsHarness,
) -> None:
    leader, hotline = (
        ("hand_over_card", "community_leader"),
        ("pass_on_lost_card", "hotline_operator"),
    )
    harness.tell(cards.CardBlocked(**OF_CARD, reason="stolen", unreachable=True))
    assert waiting(harness) == [leader]

    harness.tell(cards.CardBlocked(**OF_CARD, **LOST_IN_A_CALL))

    assert waiting(harness) == [leader, hotline]
    assert not any(one["urgent"] for one in items(harness))
    operator = replace(HQ, id="OP-1", role="hotline_operator", roles=("hotline_operator",))
    shown = harness.world.api("notifications", operator).get("/inbox").json["items"]
    assert [one["reference"] for one in shown] == [CARD]
    assert "с какого номера человек звонил" in shown[0]["text"]

    changed = {"region": "ZR", "contact_change_id": "cch_1", "holder_id": "hld_1"}
    harness.tell(cards.HolderContactChanged(**changed, notifies_former=False, card_id=CARD))
    assert waiting(harness) == [leader]  # who has found her: a new card is still to be given
    harness.tell(cards.CardReplaced(**OF_CARD, reason="stolen", replaced_by="crd_3"))
    assert waiting(harness) == []


def test_a_second_card_that_is_closed_is_not_handed_over(harness: NotificationsHarness) -> None:
    harness.tell(cards.CardBlocked(**OF_CARD, **LOST_IN_A_CALL))

    harness.tell(cards.CardHoldDecided(**OF_CARD, decision="different_person"))
    assert len(waiting(harness)) == 2
    harness.tell(cards.CardHoldDecided(**OF_CARD, decision="same_person"))

    assert waiting(harness) == []


def test_an_office_does_not_tell_of_a_card_that_goes_on_when_it_is_over(
    harness: NotificationsHarness,
) -> None:
    office = OF_CARD | {"office_id": "D02"}
    harness.tell(cards.CardHoldDecided(**office, decision="same_person"))
    harness.tell(cards.CardRevoked(**office, reason="same_person", activated=True))
    assert waiting(harness) == [("tell_of_decision", "district_office")]
    (told,) = harness.gateway.to("holder")
    assert "пользуйтесь первой картой" in told.text

    harness.tell(cards.CardRevoked(**office, reason="moved_away"))

    assert waiting(harness) == []
    # What has ended it could be that the holder has put the card into use.
    of_office = Principal("u", "person", "district_office", ("district_office",), ("ZR",), ("D02",))
    (done,) = harness.world.api("notifications", of_office).get("/inbox?done=true").json["items"]
    assert (done["done_reason"], done["ended_by"]) == ("done", None)


@pytest.mark.parametrize("over", [cards_tables.PaperCodesTaken, cards_tables.PaperCodesLapsed])
@pytest.mark.parametrize("role", ["district_office", "community_leader"])
def test_codes_on_paper_are_the_work_of_who_sent_the_table_until_the_list_is_taken_or_over(
    harness: NotificationsHarness, role: str, over: Any
) -> None:
    table = {"region": "ZR", "batch_id": "bat_1"}
    harness.tell(cards_tables.PaperCodesWaiting(**table, role=role, district_id="D05", cards=2))

    (item,) = items(harness, kind="hand_over_codes")
    assert (item["role"], item["district_id"], item["reference"]) == (role, "D05", "bat_1")
    harness.tell(over(**table))
    assert waiting(harness) == []


@pytest.mark.parametrize(
    ("office", "role", "district"),
    [("D02", "district_office", "D02"), (None, "community_leader", "D05")],
)
def test_who_issued_a_card_mends_the_phone_that_its_code_did_not_reach(
    harness: NotificationsHarness, office: str | None, role: str, district: str
) -> None:
    harness.gateway.faults = ["refuse:blocked_by_user", "refuse:no_such_number"]
    harness.tell(cards.CardIssued(**OF_CARD, office_id=office))

    (item,) = items(harness, kind="check_contact")
    assert (item["role"], item["district_id"]) == (role, district)
    changed = {"contact_change_id": "cch_1", "holder_id": "hld_1", "notifies_former": False}
    # she has changed it herself
    harness.tell(cards.HolderContactChanged(region="ZR", living_card_id=CARD, **changed))
    assert waiting(harness) == []


def test_what_an_office_must_not_know_is_asked_of_the_leader(harness: NotificationsHarness) -> None:
    harness.gateway.faults = ["refuse:blocked_by_user", "refuse:no_such_number"]

    harness.tell(cards.CardBlocked(**OF_CARD, office_id="D02", reason="lost"))

    assert waiting(harness) == [("check_contact", "community_leader")]


def test_a_code_that_did_not_arrive_is_asked_for_again_and_is_no_work(
    harness: NotificationsHarness,
) -> None:
    harness.gateway.faults = ["refuse:blocked_by_user", "refuse:no_such_number"]

    harness.tell(
        cards.SignInRequested(
            region="ZR", sign_in_id="sgn_1", known=True, use="sign_in",
            expires_at="2100-01-01T00:00:00Z",
        )
    )  # fmt: skip

    assert harness.message()["status"] == "failed"
    assert items(harness) == []


def test_a_lead_for_many_districts_is_the_first_ones_and_the_regions(
    harness: NotificationsHarness,
) -> None:
    for number, districts in enumerate([("D05",), ("D01", "D05")]):
        lead = {"partner_id": f"par_{number}", "district_ids": districts, "category": "food"}
        harness.tell(cards_partners.PartnerLeadAdded(region="ZR", source="club", **lead))

    found = {one["reference"]: one.get("district_id") for one in items(harness)}
    assert found == {"par_0": "D05", "par_1": "D01"}
    inbox = harness.world.api("notifications", LEADER).get("/inbox").json["items"]
    assert len(inbox) == 2, "who leads the region sees both"


def test_a_partner_without_a_shop_is_asked_until_it_has_one_again(
    harness: NotificationsHarness,
) -> None:
    shop = {"outlet_id": "out_1", "partner_id": "par_1", "district_id": "D05"}
    changes = [("closed", False), ("closed", True), ("edited", True), ("added", True)]
    open_work = []
    for change, only_one in changes:
        event = cards_partners.PartnerOutletChanged(
            region="ZR", change=change, only_one=only_one, **shop
        )
        harness.tell(event)
        open_work.append([item["status"] != "done" for item in items(harness)])

    assert open_work == [[], [True], [True], [False]]


@pytest.mark.parametrize("in_order", [True, False])
def test_work_about_a_card_goes_to_the_leader_of_the_district_that_it_has_moved_to(
    harness: NotificationsHarness, in_order: bool
) -> None:
    of_office = OF_CARD | {"office_id": "D02"}
    asked, away, back, late = happened(
        harness,
        cards.CardHeld(**of_office, because="same_file", other_card_ids=("crd_2",)),
        cards.CardMoved(**of_office | {"district_id": "D02"}, former_district_id="D05"),
        cards.CardMoved(**of_office, former_district_id="D02"),
        cards.CardHoldDecided(**of_office, decision="different_person"),
    )

    def inbox(district: str) -> list[dict[str, Any]]:
        leader = replace(LEADER, districts=(district,))
        return list(harness.world.api("notifications", leader).get("/inbox").json["items"])

    for body in (asked, away) if in_order else (away, asked):
        harness.deliver(body)

    (shown,) = inbox("D02")
    assert shown["kind"] == "decide_held_card"
    assert regions.region("ZR").district_names["D02"] in shown["text"]
    assert inbox("D05") == []
    for body in (back, away, late):  # the older one once more
        harness.deliver(body)
    # The office's own work stays where the office is.
    assert [(one["kind"], one["district_id"]) for one in items(harness)] == [
        ("decide_held_card", "D05"), ("tell_of_decision", "D02"),
    ]  # fmt: skip


def test_all_work_about_a_card_moves_also_more_than_one_commit_may_change(
    harness: NotificationsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reactions, "MOVED_AT_ONCE", 1)
    for event in (
        cards.CardHeld(**OF_CARD, because="same_file", other_card_ids=("crd_2",)),
        cards.CardActivationDue(**OF_CARD, code_expires_on="2026-11-01"),
        cards.PlacementEndReported(**OF_CARD, closes_on="2026-10-31"),
    ):
        harness.tell(event)
    raised = [kind for kind, role in waiting(harness) if role == "community_leader"]

    harness.tell(cards.CardMoved(**OF_CARD | {"district_id": "D02"}, former_district_id="D05"))

    leader = replace(LEADER, districts=("D02",))
    shown = harness.world.api("notifications", leader).get("/inbox").json["items"]
    assert len(raised) > 1
    assert {one["kind"] for one in shown} == {*raised}


def test_work_about_a_card_that_has_moved_is_taken_back_where_the_card_is(
    harness: NotificationsHarness,
) -> None:
    former, present = (replace(LEADER, districts=(district,)) for district in ("D05", "D02"))
    harness.tell(cards.CardHeld(**OF_CARD, because="same_file", other_card_ids=("crd_2",)))
    api = harness.world.api("notifications", former)
    path = f"/inbox/{api.get('/inbox').json['items'][0]['item_id']}"
    assert api.post(f"{path}/done", {"reason": "done"}, key="1").status == 200
    harness.tell(cards.CardMoved(**OF_CARD | {"district_id": "D02"}, former_district_id="D05"))

    assert api.post(f"{path}/reopen", key="2").status == 200

    assert api.get("/inbox").json["items"] == []
    (shown,) = api.as_(present).get("/inbox").json["items"]
    assert regions.region("ZR").district_names["D02"] in shown["text"]
