"""A round of proposals through the API: solved, looked at, proposed pair by pair."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.matching.headquarters.policy import authority_of
from services.matching.ranking.suggestions import Unsuited
from services.matching.ranking.values import Rule
from services.matching.rounds import reactions
from services.matching.rounds.commands import MOST_PAIRS
from services.matching.rounds.domain import Reasons, Round
from services.matching.rounds.values import PlannedPair
from shared import ids
from tests.matching.api_client import (
    FEDERAL,
    HQ,
    HQ_2,
    HQ_Y,
    MatchingClient,
    application,
    pointer,
    rep,
)
from tests.matching.rounds.builders import commit, opened
from tests.support.world import at

# What DynamoDB stores in a row, with room for its lists.
MOST_BYTES = 395_000


def test_a_region_is_tried_first_and_then_proposed_with_every_refusal_in_words(
    client: MatchingClient,
) -> None:
    guardian = client.ready(capacity_families=6)
    resting = client.ready(capabilities=[{"category": "animal_care"}])
    left = client.ready()
    client.do(rep(left), f"/guardians/{left}/withdrawal", {"reason": "other"})
    plain, other, known, gone = (client.waiting() for _ in range(4))
    partly = client.waiting("D01", "household_help", "food_aid")
    with_animals, hopeless = client.waiting("D01", "animal_care"), client.waiting("D05", "food_aid")

    found = opened(client)

    assert (found["status"], found["suggested"], found["method"]) == ("ready", 6, "flow")
    named = {(each["number"], each["title"]) for each in found["pairs"]}
    assert named == {("10000008", application()["title"])}
    assert found["value"] == found["bound"] == found["checked_bound"]
    assert (found["without"], found["next_steps"]) == ([hopeless], ["commit_round"])
    (none,) = found["unsuited"]
    failed = {"no_needed_category": 2}
    assert (none["case_id"], none["number"], none["failed"]) == (hopeless, "10000008", failed)
    assert client.told("MatchProposed") == [], "a dry run proposes nothing"
    assert len(client.waiting_cases()) == 7

    client.do(HQ, f"/guardians/{resting}/pause", {"reason": "holidays"})
    client.proposed(known, guardian)
    client.closed(gone)
    pairs = commit(client, found, leave_out=[other])

    assert {case: pair["status"] for case, pair in pairs.items()} == {
        plain: "proposed",
        other: "left_out",
        known: "refused",
        gone: "refused",
        partly: "refused",
        with_animals: "refused",
    }
    assert pairs[with_animals]["code"] == "candidate_paused"
    assert pairs[partly]["code"] == "needs_not_covered"
    assert "Без помощи останется: Продуктовая помощь." in pairs[partly]["reason"]
    assert pairs[known]["code"] == "family_has_open_match"
    assert pairs[gone]["code"] == "family_case_closed"
    assert "Новые семьи ему пока не предлагают" in pairs[with_animals]["reason"]
    match = client.get(HQ, f"/matches/{pairs[plain]['match_id']}")
    assert (match["case_id"], match["guardian_id"]) == (plain, guardian)
    assert client.get(HQ, f"/matches/{match['match_id']}/decision")["same"] is True
    assert sorted(client.waiting_cases()) == sorted([other, partly, with_animals, hopeless])

    again = commit(client, opened(client), override_reason="partial")
    assert {case: pair["status"] for case, pair in again.items()} == {
        other: "proposed",
        partly: "proposed",
    }
    assert client.get(HQ, f"/matches/{again[partly]['match_id']}")["uncovered"] == ["food_aid"]
    listed = client.get(HQ, "/rounds")["items"]
    assert [(each["proposed"], each["refused"]) for each in listed] == [(2, 0), (1, 4)]


def test_a_round_says_of_each_family_without_a_guardian_why(client: MatchingClient) -> None:
    guardian = client.ready(capacity_families=1)
    paused = client.ready()
    client.do(HQ, f"/guardians/{paused}/pause", {"reason": "holidays"})
    first = client.waiting()
    client.at("2026-09-01 12:00")
    second, far = client.waiting(), client.waiting("D01", "animal_care")

    found = opened(client)

    assert [pair["case_id"] for pair in found["pairs"]] == [first]
    assert sorted(found["without"]) == sorted([second, far])
    (why,) = found["why_not"]
    assert (why["case_id"], why["guardian_id"], why["title"]) == (
        second, guardian, application()["title"],
    )  # fmt: skip
    assert (why["given_to"], why["waiting_longer"]) == (1, 1)
    assert why["price"] > 0
    (none,) = found["unsuited"]
    assert (none["case_id"], none["failed"]) == (far, {"paused": 1, "no_needed_category": 1})
    commit(client, found)
    after = client.get(HQ, f"/rounds/{found['round_id']}")
    assert (after["why_not"], after["unsuited"]) == (found["why_not"], found["unsuited"])


def test_the_largest_round_fits_into_its_rows() -> None:
    kinds, moment = tuple(f"a_kind_of_help_{n:02d}" for n in range(12)), at("2026-09-01 09:00")
    pairs = tuple(
        PlannedPair(
            case_id=ids.new("cas"),
            number="10000008",
            guardian_id=ids.new("gua"),
            coverage=1 / 3,
            standby_id=ids.new("gua"),
            uncovered=kinds,
        ).refuse("candidate_no_room_for_category", kinds)
        for _ in range(MOST_PAIRS)
    )
    whole = Round(
        round_id=ids.new("rnd"), region="ZR", opened_at=moment, moved_at=moment, pairs=pairs,
        coordinator=authority_of(HQ),
    )  # fmt: skip
    every = dict.fromkeys(Rule, 10_000)
    none = [Unsuited(case_id=each.case_id, number="10000008", failed=every) for each in pairs]
    reasons = Reasons(round_id=whole.round_id, unsuited=tuple(none))

    for document in (whole, reasons):
        assert len(document.model_dump_json().encode()) < MOST_BYTES


def possible(client: MatchingClient, guardian: str, **changes: Any) -> None:
    """The guardian says what it can do from now on."""
    path = f"/guardians/{guardian}"
    view = client.get(HQ, path)
    offered = {
        "capabilities": view["capabilities"],
        "district_ids": view["district_ids"],
        **changes,
    }
    body = {"capacity_families": view["capacity_families"], **offered}
    etag = view["version"]
    assert client.api(HQ).put(f"{path}/possibilities", body, if_match=etag).status == 200


def test_guardians_that_change_between_look_and_commit_refuse_their_pairs_only(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reactions, "PAIRS_OF_STEP", 2)
    kinds = ("household_help", "food_aid", "animal_care", "repair_work", "material_aid")
    offers: list[dict[str, Any]] = [{"category": kind} for kind in kinds]
    offers[1]["max_families"] = 1
    guardians = dict(
        zip(
            kinds,
            (client.ready(capabilities=[offer], capacity_families=2) for offer in offers),
            strict=True,
        )
    )
    possible(client, guardians["household_help"], capacity_families=1)
    cases = {kind: client.waiting("D01", kind) for kind in kinds}
    found = opened(client)
    assert found["suggested"] == 5

    client.proposed(client.waiting("D01", "household_help"), guardians["household_help"])
    client.proposed(client.waiting("D01", "food_aid"), guardians["food_aid"])
    possible(client, guardians["animal_care"], capabilities=[{"category": "material_aid"}])
    client.do(rep(guardians["repair_work"]), f"/guardians/{guardians['repair_work']}/withdrawal",
              {"reason": "other"})  # fmt: skip
    pairs = commit(client, found)

    assert {kind: (pairs[case]["status"], pairs[case]["code"]) for kind, case in cases.items()} == {
        "household_help": ("refused", "candidate_no_free_capacity"),
        "food_aid": ("refused", "candidate_no_room_for_category"),
        "animal_care": ("refused", "candidate_no_needed_category"),
        "repair_work": ("refused", "candidate_takes_no_part"),
        "material_aid": ("proposed", None),
    }
    assert all(pair["reason"] for pair in pairs.values() if pair["status"] == "refused")
    assert len(client.told("MatchProposed")) == 3
    waiting = client.waiting_cases()
    assert {case for kind, case in cases.items() if kind != "material_aid"} <= {*waiting}


def test_a_round_gives_no_family_to_the_organisation_of_who_commits_it(
    client: MatchingClient,
) -> None:
    guardian = client.ready()
    client.waiting()
    path = f"/rounds/{opened(client)['round_id']}"
    client.do(replace(HQ, org=guardian), f"{path}/commit", {})
    (pair,) = client.get(HQ, path)["pairs"]
    assert (pair["status"], pair["code"]) == ("refused", "own_guardian")


def test_a_round_and_a_hand_at_once_share_no_last_place_and_no_family(
    client: MatchingClient,
) -> None:
    """Just before the round stores a pair, a colleague takes its place, or its family."""
    food, home = ({"category": kind} for kind in ("food_aid", "household_help"))
    last = client.ready(capabilities=[food], capacity_families=1)
    helper, spare = (client.ready(capabilities=[home]) for _ in range(2))
    first, second = client.waiting("D01", "food_aid"), client.waiting("D01", "food_aid")
    at_home = client.waiting()
    found = opened(client)
    pairs = {pair["case_id"]: pair["guardian_id"] for pair in found["pairs"]}
    left = second if first in pairs else first
    other = spare if pairs[at_home] == helper else helper
    by_hand = [
        {"case_id": left, "guardian_id": last},
        {"case_id": at_home, "guardian_id": other},
    ]
    made = list[int]()

    client.just_before_the_next_commit(
        lambda: made.extend(client.post(HQ_2, "/matches", pair).status for pair in by_hand),
        "'MATCH#",
    )
    after = commit(client, found)

    assert made == [201, 201]
    assert sorted(pair["code"] for pair in after.values()) == [
        "candidate_no_free_capacity",
        "family_has_open_match",
    ]
    assert len(client.told("MatchProposed")) == 2


def test_what_is_left_without_help_is_said_as_it_was_judged_last(client: MatchingClient) -> None:
    guardian, spare = client.ready(), client.ready()
    case = client.waiting("D01", "household_help", "food_aid")
    found = opened(client)
    (pair,) = found["pairs"]
    assert {pair["guardian_id"], pair["standby_id"]} == {guardian, spare}
    assert pair["title"] == pair["standby_title"] == application()["title"]
    assert (pair["uncovered"], pair["reason"]) == (["food_aid"], None)

    client.wishes(case, None, "household_help", "animal_care", changed=("animal_care",))
    after = commit(client, found)[case]

    assert (after["code"], after["uncovered"]) == ("needs_not_covered", ["animal_care"])
    assert "Без помощи останется: Уход за животными." in after["reason"]
    assert after["standby_id"] == pair["standby_id"]


def test_who_accepted_that_needs_stay_uncovered_accepts_fewer_but_no_others(
    client: MatchingClient,
) -> None:
    client.ready(capacity_families=3)
    kinds = ("household_help", "food_aid", "animal_care")
    fewer, none, others = (client.waiting("D01", *kinds) for _ in range(3))
    found = opened(client)
    assert found["suggested"] == 3

    client.wishes(fewer, None, "household_help", "food_aid", changed=())
    client.wishes(none, None, "household_help", changed=())
    client.wishes(others, None, "household_help", "material_aid", changed=("material_aid",))
    pairs = commit(client, found, override_reason="partial")

    said = {case: (pair["status"], pair["uncovered"]) for case, pair in pairs.items()}
    assert said == {
        fewer: ("proposed", ["food_aid"]),
        none: ("proposed", []),
        others: ("refused", ["material_aid"]),
    }
    assert pairs[others]["code"] == "needs_not_covered"
    assert "Без помощи останется: Материальная помощь." in pairs[others]["reason"]
    match = client.get(HQ, f"/matches/{pairs[fewer]['match_id']}")
    assert (match["uncovered"], match["override_reason"]) == (["food_aid"], "partial")


def test_how_much_a_round_may_miss_is_said_as_a_share() -> None:
    moment = at("2026-09-01 09:00")
    found = Round(
        round_id=ids.new("rnd"), region="ZR", opened_at=moment, moved_at=moment,
        coordinator=authority_of(HQ),
    )  # fmt: skip
    assert found.gap == 0
    assert found.solve((), moment, value=3, bound=4).gap == 0.25
    assert found.solve((), moment, value=-5, bound=-4).gap == 0.25


def test_a_round_keeps_who_should_not_be_passed_over_and_that_more_wait(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.ready()
    monkeypatch.setattr(reactions, "MOST_PAIRS", 1)
    client.waiting()
    assert opened(client)["more_waiting"] is False
    client.waiting()
    client.world.advance(client.now() + timedelta(hours=73))

    found = opened(client)

    assert (found["suggested"], found["more_waiting"]) == (1, True)
    shares = {each["district_id"] or each["category"]: each for each in found["fair_shares"]}
    assert {*shares} == {"D01", "household_help"}
    assert {(each["least"], each["helped"]) for each in shares.values()} == {(1, 1)}


def test_a_round_belongs_to_the_headquarters_of_its_region(client: MatchingClient) -> None:
    guardian = client.ready()
    case, stranger = client.waiting(), client.waiting(region="YY")
    found = opened(client)
    path = f"/rounds/{found['round_id']}"

    for who in (HQ_Y, FEDERAL, rep(guardian)):
        assert client.post(who, f"{path}/commit", {}).status in (403, 404)
        assert client.post(who, "/rounds", {"region": "ZR"}).status in (403, 404)
    assert client.api(HQ_Y).get(path).status == 404
    assert client.get(HQ_Y, "/rounds")["items"] == []
    unknown = client.post(HQ, f"{path}/commit", {"leave_out": [stranger]})
    assert pointer(unknown) == "/leave_out"
    no_reason = client.post(HQ, f"{path}/commit", {"override_reason": "because"})
    assert pointer(no_reason) == "/override_reason"
    assert commit(client, found)[case]["status"] == "proposed"
    assert client.post(HQ, f"{path}/commit", {}).code == "round_is_done"
