"""A first contact counts by its day: one recorded after the proposal has lapsed is not lost."""

from datetime import timedelta
from typing import Any

from tests.matching.api_client import HQ, HQ_2, HQ_Y, MatchingClient, introduction, pointer, rep

PATH = "/matches/{}/late-introduction"


def lapsed(client: MatchingClient) -> tuple[str, str, str, dict[str, Any]]:
    """A proposal that ended by time alone, and what is said of the meeting on its second day."""
    guardian, case = client.ready(capacity_families=1), client.waiting()
    match = client.proposed(case, guardian)
    proposed = client.now()
    client.world.advance(proposed + timedelta(days=7))
    client.world.advance(proposed + timedelta(days=9))
    assert client.get(HQ, f"/matches/{match}")["over_reason"] == "lapsed"
    met = (proposed + timedelta(hours=40)).isoformat()
    return match, case, guardian, introduction(met) | {"evidence": "paper"}


def in_time(client: MatchingClient) -> tuple[int | None, int | None]:
    figures = client.get(HQ, "/regions/ZR/figures", first="2026-09", last="2026-09")
    shown = figures["introductions_in_time"]
    return shown["good"], shown["all"]


def test_a_match_goes_on_from_a_meeting_that_was_in_time(client: MatchingClient) -> None:
    match, _, guardian, met = lapsed(client)
    path = PATH.format(match)
    assert in_time(client) == (0, 1)
    assert client.get(HQ, f"/matches/{match}")["next_steps"] == ["record_late_introduction"]
    assert client.get(rep(guardian), f"/matches/{match}")["next_steps"] == []
    plain = client.post(HQ, f"/matches/{match}/introduction", met)
    assert (plain.status, plain.code) == (409, "match_is_cancelled")
    assert client.post(rep(guardian), path, met).status == 403
    assert client.post(HQ_Y, path, met).status == 404
    unproved = {name: value for name, value in met.items() if name != "evidence"}
    assert pointer(client.post(HQ, path, unproved)) == "/evidence"
    elsewhere = client.post(HQ, path, met | {"hq_participant": "HQ-Y"})
    assert pointer(elsewhere) == "/hq_participant"
    later = (client.now() - timedelta(days=1)).isoformat()
    after = client.post(HQ, path, met | {"held_at": later, "late_reason": "illness"})
    assert (after.status, after.code) == (409, "introduction_after_lapse")

    goes_on = client.do(HQ_2, path, met)["id"]

    view, former = (client.get(HQ, f"/matches/{each}") for each in (goes_on, match))
    assert (view["status"], view["continues"]) == ("introduced", match)
    assert (former["status"], former["continued_by"]) == ("cancelled", goes_on)
    assert (view["proposed_at"], view["introduction"]["in_time"]) == (former["proposed_at"], True)
    assert view["introduction"]["evidence"] == "paper"
    closed = ("over_by", "over_reason", "over_at", "next_in_line", "needs_met_at")
    assert [view[name] for name in closed] == [None] * 5
    assert in_time(client) == (1, 1)
    assert client.waiting_cases() == []
    (held,) = client.told("IntroductionHeld")
    assert (held["match_id"], held["in_time"]) == (goes_on, True)
    assert [each["met"] for each in client.told("MatchProposed")] == [False, True]
    assert client.get(HQ, f"/matches/{goes_on}/decision")["same"] is True
    assert client.get(HQ, f"/guardians/{guardian}")["free_capacity"] == 0
    again = client.post(HQ, path, met)
    assert (again.status, again.code) == (409, "match_goes_on")
    # A week to agree runs from the record, not from a day that is past.
    client.world.advance(client.now() + timedelta(days=6))
    assert client.told("AgreementAwaited") == []
    client.world.advance(client.now() + timedelta(days=2))
    assert [each["number"] for each in client.told("AgreementAwaited")] == [1]
    client.agreed(goes_on)


def test_a_match_that_goes_on_keeps_why_a_need_stays_uncovered(client: MatchingClient) -> None:
    case = client.waiting("D01", "household_help", "food_aid")
    uncovered = {"reason": "urgent", "uncovered": ["food_aid"]}
    match, proposed = client.proposed(case, client.ready(), **uncovered), client.now()
    client.world.advance(proposed + timedelta(days=8))
    met = introduction((proposed + timedelta(hours=40)).isoformat()) | {"evidence": "paper"}

    goes_on = f"/matches/{client.do(HQ, PATH.format(match), met)['id']}"

    for path in (goes_on, f"{goes_on}/decision"):
        assert client.get(HQ, path)["override_reason"] == "urgent"
    assert client.get(HQ, goes_on)["uncovered"] == ["food_aid"]


def test_who_met_before_the_proposal_is_asked_to_talk_once_more_and_that_is_recorded(
    client: MatchingClient,
) -> None:
    match, case, guardian, met = lapsed(client)
    met |= {"held_at": client.moment(), "late_reason": "illness"}
    client.world.advance(client.now() + timedelta(hours=1))
    after = client.post(HQ, PATH.format(match), met)
    path = f"/matches/{client.proposed(case, guardian)}/introduction"
    before = client.post(HQ, path, met)

    refused = ("introduction_after_lapse", "introduction_before_proposal")
    assert (after.code, before.code) == refused
    for each in (after, before):
        assert "созвонитесь все вместе ещё раз" in each.json["detail"]
    client.do(HQ, path, introduction(client.moment()) | {"format": "phone"})


def test_a_match_that_goes_on_has_the_needs_of_today(client: MatchingClient) -> None:
    case = client.waiting()
    match = client.proposed(case, client.ready())
    proposed = client.now()
    client.settled(case, "household_help")
    client.world.advance(proposed + timedelta(days=8))
    client.wishes(case, None, "household_help", changed=("household_help",))
    met = introduction((proposed + timedelta(hours=40)).isoformat()) | {"evidence": "paper"}

    goes_on = client.do(HQ, PATH.format(match), met)["id"]

    assert client.get(HQ, "/work")["items"][0]["work"] != "settle_without_needs"
    assert client.get(HQ, f"/matches/{goes_on}")["settled_needs"] == []
    refused = client.post(HQ, f"/matches/{goes_on}/cancellation", {"reason": "needs_met"})
    assert (refused.status, refused.code) == (409, "needs_still_open")


def test_a_meeting_counts_though_family_or_place_went_to_another(client: MatchingClient) -> None:
    match, case, guardian, met = lapsed(client)
    path = PATH.format(match)
    other = client.proposed(client.waiting(), guardian)
    full = client.post(HQ, path, met)
    assert (full.status, full.code) == (409, "candidate_no_free_capacity")
    steps = [step["action"] for step in full.json["next_steps"]]
    assert steps == ["keep_introduction", "view_candidates"]
    client.do(HQ, f"/matches/{other}/cancellation", {"reason": "mistake"})
    client.proposed(case, client.ready())
    bound = client.post(HQ, path, met)
    assert (bound.status, bound.code) == (409, "family_has_open_match")

    client.do(HQ, path, met | {"resume": False})

    view = client.get(HQ, f"/matches/{match}")
    assert (view["status"], view["introduction"]["in_time"]) == ("cancelled", True)
    assert (view["contacts_released"], client.told("IntroductionHeld")) == (False, [])
    assert in_time(client) == (1, 1)
    moved = met | {"resume": False, "held_at": (client.now() - timedelta(days=8)).isoformat()}
    assert client.post(HQ, path, moved).code == "introduction_already_recorded"


def test_what_was_forgotten_for_a_month_or_taken_back_by_hand_stays_over(
    client: MatchingClient,
) -> None:
    match, _, _, met = lapsed(client)
    taken_back = client.proposed(client.waiting(), client.ready())
    client.do(HQ, f"/matches/{taken_back}/cancellation", {"reason": "other"})
    by_hand = client.post(HQ, PATH.format(taken_back), met)
    assert (by_hand.status, by_hand.code) == (409, "match_is_cancelled")
    assert client.get(HQ, f"/matches/{taken_back}")["next_steps"] == []
    client.world.advance(client.now() + timedelta(days=29))
    late = client.post(HQ, PATH.format(match), met)
    assert (late.status, late.code) == (409, "introduction_recorded_too_late")


def test_who_says_after_the_limit_that_it_was_in_time_says_how_it_is_known(
    client: MatchingClient,
) -> None:
    match = client.proposed(client.waiting(), client.ready())
    met = introduction((client.now() + timedelta(hours=40)).isoformat())
    client.world.advance(client.now() + timedelta(hours=100))
    path = f"/matches/{match}/introduction"

    assert pointer(client.post(HQ, path, met)) == "/evidence"
    client.do(HQ, path, met | {"evidence": "in_person"})

    assert client.get(HQ, f"/matches/{match}")["introduction"]["in_time"] is True
