"""Figures: a partner's month, and K-32 … K-35 of a region, counted from events."""

import json
from typing import Any

import pytest

from services.cards.counters.domain import CardCounts, TillCounter, TillCounts, share
from services.cards.figures.views import CardsActivated, CardUse, NewParents
from shared import clock
from shared.events import cards as told
from shared.events.base import Event, to_cloud_event
from tests.cards.api_client import (
    AUTHORITY,
    CONTACT,
    HOLDER,
    LEADER,
    LEADER_Y,
    MANAGER,
    OFFICE,
    OTHER_MANAGER,
    PHONE,
    STRANGER,
    CardsClient,
    person,
)
from tests.cards.offices import decide, issue
from tests.support.world import at

FEDERAL = person("FH-1", "federal_hq", region="*")


def hear(client: CardsClient, event: Event, number: str, times: int = 1) -> None:
    """Deliver an event of the till to the service's queue, maybe more than once."""
    with client.world.service("cards"):
        now = clock.now()
    detail = to_cloud_event(
        event, event_id=f"evt_{number}", time=now, sequence=1,
        correlation_id="cor_1", causation_id=None,
    )  # fmt: skip
    body = json.dumps({"detail-type": event.detail_type(), "detail": json.loads(detail)})
    client.world.queue.messages["cards"] += [body] * times


def checked(partner: str, check: int, visitor: str, month: str = "2026-10") -> told.CardChecked:
    return told.CardChecked(
        region="ZR", check_id=f"chk_{check}", partner_id=partner, outlet_id="out_1",
        offer_id="ofr_1", discount_percent=7, method="typed", month=month, visitor=visitor,
        key_id="key_1",
    )  # fmt: skip


def test_a_partner_sees_checks_and_distinct_cards_of_a_month(client: CardsClient) -> None:
    partner, _ = client.active_partner()
    for check in range(25):
        hear(client, checked(partner, check, visitor=f"v{check % 11}"), f"oct{check}", times=3)
    hear(client, checked(partner, 99, "v0", "2026-11"), "nov")
    hear(client, checked("par_of_another", 98, "v0"), "other")
    client.world.settle()

    shown = client.get(MANAGER, f"/v1/partners/{partner}/statistics", month="2026-10")

    assert (shown.json["checks"], shown.json["distinct_cards"]) == (25, 11)
    november = client.get(MANAGER, f"/v1/partners/{partner}/statistics", month="2026-11").json
    assert (november["checks"], november["distinct_cards"]) == (1, 1)
    assert set(shown.json) == {
        "partner_id", "month", "checks", "distinct_cards", "refused", "purchases", "amount",
        "saved_amount",
    }  # fmt: skip


def test_a_partner_sees_when_each_store_key_was_last_used(client: CardsClient) -> None:
    partner, outlet = client.active_partner()
    key = client.key(partner, outlet).json["key_id"]
    event = checked(partner, 1, "v").model_copy(update={"key_id": key})
    hear(client, event, "used")
    client.world.settle()

    for moment in ("2026-10-31 12:00", "2026-11-30 12:00"):
        client.world.advance(at(moment))
        seen = {
            k["id"]: k["last_used_on"]
            for outlet in client.get(MANAGER, f"/v1/partners/{partner}/outlets").json["items"]
            for k in outlet["keys"]
        }
        assert seen.pop(key) == "2026-10-05", "of this month, or of the one before"
        assert list(seen.values()) == [None]


def test_other_partners_figures_are_refused(client: CardsClient) -> None:
    partner, _ = client.active_partner()

    refused = client.get(OTHER_MANAGER, f"/v1/partners/{partner}/statistics", month="2026-10")

    assert refused.status == 403
    assert client.get(HOLDER, f"/v1/partners/{partner}/statistics", month="2026-10").status == 403
    assert client.get(MANAGER, f"/v1/partners/{partner}/statistics", month="10.2026").status == 422


def test_purchases_and_refusals_are_counted_and_a_return_is_taken_out(client: CardsClient) -> None:
    partner, _ = client.active_partner()
    common: dict[str, Any] = {
        "region": "ZR", "check_id": "chk_1", "partner_id": partner, "outlet_id": "out_1",
        "month": "2026-10",
    }  # fmt: skip
    hear(client, told.PurchaseRecorded(**common, amount=200_000, saved_amount=14_000), "p1")
    hear(client, told.PurchaseRecorded(**common, amount=50_000, saved_amount=3_500), "p2", times=2)
    hear(client, told.PurchaseRolledBack(**common, amount=50_000, saved_amount=3_500), "p3")
    refused = told.CardCheckRefused(**common, result="not_valid", method="typed", key_id="key_1")
    hear(client, refused, "r1", times=2)
    client.world.settle()

    shown = client.get(MANAGER, f"/v1/partners/{partner}/statistics", month="2026-10").json

    assert (shown["purchases"], shown["amount"], shown["saved_amount"]) == (1, 200_000, 14_000)
    assert (shown["refused"], shown["checks"]) == (1, 0)


def test_a_purchase_of_which_a_part_was_returned_is_one_still(client: CardsClient) -> None:
    partner, _ = client.active_partner()
    common: dict[str, Any] = {
        "region": "ZR", "check_id": "chk_1", "partner_id": partner, "outlet_id": "out_1",
        "month": "2026-10",
    }  # fmt: skip
    part = told.PurchaseRolledBack(**common, amount=50_000, saved_amount=3_500, whole=False)
    hear(client, told.PurchaseRecorded(**common, amount=200_000, saved_amount=14_000), "p1")
    hear(client, part, "p2", times=2)
    client.world.settle()

    shown = client.get(MANAGER, f"/v1/partners/{partner}/statistics", month="2026-10").json

    assert (shown["purchases"], shown["amount"], shown["saved_amount"]) == (1, 150_000, 10_500)


def test_the_figures_of_a_region_count_cards_new_parents_partners_and_use(
    client: CardsClient,
) -> None:
    """K-32 … K-35: 4 cards (one a replacement), 3 activated; 2 on an order, 1 with consent."""
    order = {"order_ref": "17", "ordered_on": "2026-10-05"}
    new = {"placement_current": False, "order": order}
    people = [person(f"FP-{n}", "foster_parent") for n in range(3)]
    cards = [client.issue("FP-0"), client.issue("FP-1", **new), client.issue("FP-2", **new)]
    client.activate(cards[0], people[0])
    client.activate(cards[1], people[1])
    replaced = client.post(LEADER, f"/v1/cards/{cards[1]['id']}/replace", reason="lost").json
    client.activate(replaced, people[1])
    client.done(LEADER, f"/v1/cards/{cards[2]['id']}/renew-code")
    partner, _ = client.active_partner()
    hear(client, checked(partner, 1, "v1"), "c1")
    client.world.settle()

    report = client.get(LEADER, "/v1/report", region="ZR", month="2026-10").json

    assert report["k32"] == {"issued": 4, "activated": 3, "percent": 75.0}
    assert report["ended"] == {"blocked": 0, "replaced": 1, "revoked": 0}
    assert report["k33"] == {
        "issued": 2, "activated": 1, "activated_percent": 50.0, "community_consent": 1,
        "community_consent_percent": 50.0,
    }  # fmt: skip
    assert (report["k34"]["active"], report["k34"]["districts_with"]) == (1, 2)
    assert report["k35"]["checks"] == 1 and report["k35"]["partners"][0]["distinct_cards"] == 1
    quarter = client.get(LEADER, "/v1/report", region="ZR", quarter="2026-Q3").json
    assert quarter["k33"]["issued"] == 0 and quarter["k33"]["activated_percent"] is None
    client.world.advance(at("2026-11-10 12:00"))
    client.issue("FP-3", **new)
    client.world.settle()
    quarter = client.get(LEADER, "/v1/report", region="ZR", quarter="2026-Q4").json
    assert quarter["months"] == ["2026-10", "2026-11", "2026-12"]
    assert (quarter["k33"]["issued"], quarter["k35"]["checks"]) == (3, 1)
    october = client.get(LEADER, "/v1/report", region="ZR", month="2026-10").json
    assert (october["months"], october["k33"]["issued"]) == (["2026-10"], 2)
    assert client.get(LEADER, "/v1/report", region="QQ").code == "unknown_region"
    both = client.get(LEADER, "/v1/report", region="ZR", month="2026-10", quarter="2026-Q4")
    assert (both.status, both.code) == (422, "one_period_only")


def test_the_growth_report_names_the_districts_without_a_partner(client: CardsClient) -> None:
    client.active_partner()

    growth = client.get(AUTHORITY, "/v1/report", region="ZR").json["k34"]

    assert growth["by_district"]["D01"] == 1
    assert growth["districts_without"] == [f"D{n:02d}" for n in range(3, 13)]


def new_parents(*months: tuple[int, int, int]) -> NewParents:
    counts = [CardCounts(new_issued=n, new_activated=a, new_consented=c) for n, a, c in months]
    return NewParents.of_months(counts, hides_few=True)


def test_few_new_parents_are_hidden_from_federal_headquarters_of_their_month_and_of_any_other() -> (
    None
):
    """A quarter less its other months would say what is hidden of the month."""
    shown = CardsActivated.of_counts(CardCounts(issued=40, activated=4), hides_few=True)
    assert (shown.issued, shown.activated, shown.percent) == (40, None, None)
    few = new_parents((9, 6, 4))
    assert (few.issued, few.activated, few.activated_percent) == (9, 6, 66.7)
    assert (few.community_consent, few.community_consent_percent) == (None, None)
    quarter = new_parents((9, 6, 6), (4, 0, 0), (9, 9, 1))
    assert (quarter.issued, quarter.activated, quarter.activated_percent) == (None, 15, None)
    assert quarter.community_consent is None
    assert new_parents((9, 6, 5), (0, 0, 0)).community_consent_percent == 55.6


def used(partner: str, month: str, checks: int, cards: int) -> TillCounter:
    counts = TillCounts(checks=checks, distinct_cards=cards, saved=100 * checks)
    return TillCounter(id=partner, region="ZR", partner_id=partner, month=month, counts=counts)


@pytest.mark.parametrize(
    ("counters", "rows", "total"),
    [
        ([used("a", "2026-10", 9, 5), used("b", "2026-10", 9, 0)], [9, 9], 18),
        ([used("a", "2026-10", 9, 5), used("b", "2026-10", 9, 4)], [9, None], None),
        ([used("a", "2026-10", 9, 1), used("b", "2026-10", 9, 4)], [None, None], 18),
        ([used("a", "2026-10", 2, 2), used("b", "2026-10", 2, 2)], [None, None], None),
        ([used("a", "2026-10", 2, 2), used("b", "2026-10", 3, 3)], [None, None], 5),
        ([used("a", "2026-10", 9, 1), used("a", "2026-11", 9, 4)], [None, None], None),
    ],
    ids=[
        "none",
        "one is the rest of the total",
        "two",
        "two that are few",
        "two that are just not",
        "one in each month",
    ],
)
def test_few_cards_at_a_partner_are_hidden_and_what_they_would_follow_from(
    counters: list[TillCounter], rows: list[int | None], total: int | None
) -> None:
    shown = CardUse.of_counters(counters, hides_few=True)

    assert [each.checks for each in shown.partners] == rows
    assert shown.checks == total and shown.saved_amount == (total and 100 * total)
    for each in shown.partners:
        left = {name for name, value in each.model_dump().items() if value is not None}
        assert each.checks is not None or left == {"partner_id", "month"}
    open_to_leaders = CardUse.of_counters(counters, hides_few=False)
    assert None not in [open_to_leaders.checks, *(each.checks for each in open_to_leaders.partners)]


def test_a_purchase_under_a_check_of_the_month_before_is_that_of_few_cards() -> None:
    counts = TillCounts(purchases=1, amount=900_000, saved=63_000)
    bought = TillCounter(id="b", region="ZR", partner_id="b", month="2026-10", counts=counts)

    shown = CardUse.of_counters([used("a", "2026-10", 9, 5), bought], hides_few=True)

    assert [each.amount for each in shown.partners] == [0, None]
    assert (shown.checks, shown.saved_amount) == (None, None)


def test_federal_headquarters_reads_the_report_without_few(client: CardsClient) -> None:
    client.active_card()
    client.world.settle()

    assert client.get(FEDERAL, "/v1/report", region="ZR").json["k32"]["issued"] is None
    assert client.get(LEADER, "/v1/report", region="ZR").json["k32"]["issued"] == 1


@pytest.mark.requirement("X-13")
def test_figures_stay_when_a_person_is_forgotten(client: CardsClient) -> None:
    card = client.active_card()
    client.world.settle()
    before = client.get(LEADER, "/v1/report", region="ZR").json["k32"]
    contact = f"/v1/cards/{card['id']}/contact"
    assert client.get(LEADER, contact).json["phone"] == "+79211234567"
    client.done(LEADER, f"/v1/cards/{card['id']}/block", reason="lost")
    client.done(LEADER, f"/v1/cards/{card['id']}/unblock")
    client.world.settle()
    assert client.get(LEADER, "/v1/report", region="ZR").json["k32"] == before, "found again"
    client.done(LEADER, f"/v1/cards/{card['id']}/revoke", reason="holder_refused")
    client.done(HOLDER, f"/v1/cards/{card['id']}/erase")
    client.world.settle()

    assert client.get(LEADER, contact).status in (404, 409)
    after = client.get(LEADER, "/v1/report", region="ZR").json
    assert after["k32"] == before
    assert after["ended"] == {"blocked": 1, "replaced": 0, "revoked": 1}
    of_all = client.get(FEDERAL, "/v1/report", region="ZR").json["ended"]
    assert of_all == {"blocked": None, "replaced": 0, "revoked": None}


def test_reports_stay_in_the_region(client: CardsClient) -> None:
    assert client.get(LEADER_Y, "/v1/report", region="ZR").status == 404
    assert client.get(OFFICE, "/v1/report", region="ZR").status == 403


@pytest.mark.parametrize(
    ("part", "whole", "percent"), [(150, 200, 75.0), (5, 6, 83.3), (4, 6, 66.7)]
)
def test_a_share_has_one_decimal(part: int, whole: int, percent: float) -> None:
    assert share(part, whole) == percent


@pytest.mark.requirement("X-02")
def test_every_event_is_counted_once_however_often_it_comes(client: CardsClient) -> None:
    client.world.copies = 3
    client.active_card()
    client.world.settle()

    assert client.get(LEADER, "/v1/report", region="ZR").json["k32"]["issued"] == 1


@pytest.mark.parametrize("end", ["replace", "revoke", "unblock"])
def test_a_card_that_was_lost_while_it_was_held_counts_once_however_it_goes_on(
    client: CardsClient, end: str
) -> None:
    issue(client, "1024", "D02")
    card = f"/v1/cards/{issue(client, '1024', 'D03').json['id']}"
    client.done(LEADER, f"{card}/block", reason="lost")
    decide(client, card.rpartition("/")[2], "different_person")

    reason = {"replace": "lost", "revoke": "moved_away"}.get(end)
    answer = client.post(LEADER, f"{card}/{end}", **({"reason": reason} if reason else {}))

    assert answer.status in (200, 201)
    client.world.settle()
    report = client.get(LEADER, "/v1/report", region="ZR").json
    replaced = int(end == "replace")
    assert report["k32"]["issued"] == 2 + replaced
    assert report["k33"]["issued"] == 2


@pytest.mark.parametrize("lost", [0, 1, 2])
def test_a_new_parent_whose_card_was_replaced_before_she_used_it_is_reached_all_the_same(
    client: CardsClient, lost: int
) -> None:
    order = {"order_ref": "17", "ordered_on": "2026-10-05"}
    card = client.issue("FP-1", placement_current=False, order=order)
    for month in range(lost):
        client.world.advance(at(f"2026-{11 + month}-02 12:00"))
        path = f"/v1/cards/{card['id']}/replace"
        card = client.post(LEADER, path, reason="lost").json
    assert client.activate(card).status == 200
    # A card that she has used, and its replacement, are no new parents.
    again = client.post(LEADER, f"/v1/cards/{card['id']}/replace", reason="lost").json
    assert client.activate(again).status == 200
    client.world.settle()

    shown = client.get(LEADER, "/v1/report", region="ZR").json

    assert (shown["k32"]["issued"], shown["k32"]["activated"]) == (2 + lost, 2)
    of_all = {"issued": 1, "activated": 1, "community_consent": 1}
    assert {name: shown["k33"][name] for name in of_all} == of_all
    for month in range(3):
        of_month = client.get(LEADER, "/v1/report", region="ZR", month=f"2026-{10 + month}").json
        assert of_month["k33"]["issued"] == of_month["k33"]["activated"] == int(month == lost)


@pytest.mark.parametrize("end", ["same_person", "revoke", "replace", "unblock", "different_person"])
def test_a_card_that_was_held_at_its_activation_counts_as_activated_once(
    client: CardsClient, end: str
) -> None:
    issue(client, "1024", "D02", PHONE)
    second = issue(client, "77", "D03").json
    assert client.activate(second, STRANGER, contact=CONTACT).json["status"] == "held"
    card = f"/v1/cards/{second['id']}"
    if not (decision := end).endswith("person"):
        client.done(LEADER, f"{card}/block", reason="lost")
        decision = "different_person"
    decide(client, second["id"], decision)

    if decision != end:
        reason = {"replace": "lost", "revoke": "moved_away"}.get(end)
        ended = client.post(LEADER, f"{card}/{end}", **({"reason": reason} if reason else {}))
        assert ended.status in (200, 201)

    client.world.settle()
    report = client.get(LEADER, "/v1/report", region="ZR").json
    assert (report["k32"]["issued"], report["k32"]["activated"]) == (2 + (end == "replace"), 1)
    assert [report["k33"][name] for name in ("issued", "activated", "community_consent")] == [
        2,
        1,
        1,
    ]
