"""Matches through the API: who may do what, what is refused, what each side sees."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared import clock
from tests.matching.api_client import (
    BOT,
    HQ,
    HQ_2,
    HQ_Y,
    NAME,
    OPERATOR,
    MatchingClient,
    family_of,
    introduction,
    own_token,
    pointer,
    rep,
)
from tests.support.api import Answer

# proposing


@pytest.mark.requirement("S4-25")
def test_a_partial_match_needs_a_reason_and_the_true_list(client: MatchingClient) -> None:
    guardian = client.ready(capabilities=[{"category": "food_aid"}])
    case = client.waiting("D01", "food_aid", "repair_work")
    body: dict[str, Any] = {"case_id": case, "guardian_id": guardian}
    wrong = {"override": {"reason": "urgent", "uncovered": ["animal_care"]}}
    (candidate,) = client.get(HQ, f"/families/{case}/candidates")["candidates"]
    assert (candidate["coverage"], candidate["uncovered"]) == (0.5, ["repair_work"])

    plain = client.post(HQ, "/matches", body)
    assert (plain.status, plain.code) == (409, "needs_not_covered")
    steps = [step["action"] for step in plain.json["next_steps"]]
    assert steps == ["propose_with_override", "view_candidates"]
    assert "останется: Ремонт" in plain.json["detail"]
    assert client.post(HQ, "/matches", body | wrong).json["errors"][0]["pointer"] == (
        "/override/uncovered"
    )
    for half in ({"uncovered": ["repair_work"]}, {"reason": "urgent"}):
        refused = client.post(HQ, "/matches", body | {"override": half})
        assert refused.status == 422, "a reason and what stays uncovered"
    match = client.proposed(case, guardian, reason="urgent", uncovered=["repair_work"])

    view = client.get(HQ, f"/matches/{match}")
    assert (view["uncovered"], view["override_reason"]) == (["repair_work"], "urgent")
    for side in (rep(guardian), own_token(case)):
        shown = client.get(side, f"/matches/{match}")
        assert (shown["uncovered"], shown["override_reason"]) == (["repair_work"], None)
    assert client.told("MatchProposed")[0]["uncovered"] == ["repair_work"]
    audit = client.world.rows("matching-audit")
    assert [row["reason"]["S"] for row in audit if "reason" in row][:1] == ["urgent"]


def test_a_family_and_a_last_place_are_given_once(client: MatchingClient) -> None:
    guardian = client.ready(capacity_families=1)
    other = client.ready()
    case, second = client.waiting(), client.waiting()
    client.proposed(case, guardian)

    twice = client.post(HQ_2, "/matches", {"case_id": case, "guardian_id": other})
    full = client.post(HQ_2, "/matches", {"case_id": second, "guardian_id": guardian})

    assert (twice.status, twice.code) == (409, "family_has_open_match")
    assert (full.status, full.code) == (409, "candidate_no_free_capacity")


@pytest.mark.requirement("S4-54", "X-04")
def test_two_coordinators_at_once_share_no_last_place(client: MatchingClient) -> None:
    guardian = client.ready(capacity_families=1)
    first, second = client.waiting(), client.waiting()
    rival: list[Answer] = []
    other = {"case_id": second, "guardian_id": guardian}

    client.just_before_the_next_commit(lambda: rival.append(client.post(HQ_2, "/matches", other)))
    answer = client.post(HQ, "/matches", {"case_id": first, "guardian_id": guardian})

    assert [rival[0].status, answer.status] == [201, 409]
    assert answer.code == "candidate_no_free_capacity"
    client.world.settle()
    assert len(client.told("MatchProposed")) == 1
    twice = {"case_id": second, "guardian_id": client.ready()}
    refused = client.post(HQ, "/matches", twice)
    assert (refused.status, refused.code) == (409, "family_has_open_match")


def test_nobody_proposes_the_organisation_that_is_his_own(client: MatchingClient) -> None:
    guardian = client.ready()
    body = {"case_id": client.waiting(), "guardian_id": guardian}
    own = client.post(replace(HQ, org=guardian), "/matches", body)
    assert (own.status, own.code) == (409, "own_guardian")
    beside = {"case_id": body["case_id"], "guardian_id": client.ready(), "standby_id": guardian}
    standby = client.post(replace(HQ, org=guardian), "/matches", beside)
    assert (standby.status, standby.code) == (409, "own_guardian")
    assert client.post(HQ, "/matches", beside).status == 201


def test_who_is_not_ready_cannot_be_proposed(client: MatchingClient) -> None:
    case = client.waiting()
    for guardian, code in ((client.assigned(), "candidate_not_ready"),):
        refused = client.post(HQ, "/matches", {"case_id": case, "guardian_id": guardian})
        assert (refused.status, refused.code) == (409, code)


def test_foreign_families_and_guardians_do_not_exist(client: MatchingClient) -> None:
    here, there = client.ready(), client.ready("YY")
    case = client.waiting()

    assert _propose(client, HQ_Y, case, there).status == 404
    assert _propose(client, HQ, case, there).status == 404
    assert _propose(client, OPERATOR, case, here).status == 404
    assert client.api(HQ_Y).get(f"/families/{case}/candidates").status == 404
    match = client.proposed(case, here)
    assert client.api(HQ_Y).get(f"/matches/{match}").status == 404
    assert client.post(HQ_Y, f"/matches/{match}/cancellation", {"reason": "mistake"}).status == 404


# refusing


def test_each_side_may_refuse_and_the_family_waits_on(client: MatchingClient) -> None:
    guardian = client.ready(capacity_families=1)
    case = client.waiting()
    match = client.proposed(case, guardian)
    assert client.waiting_cases() == []

    client.do(rep(guardian), f"/matches/{match}/decline", {"reason": "too_far"})

    (declined,) = client.told("MatchDeclined")
    assert (declined["by"], declined["reason"]) == ("guardian", "too_far")
    assert client.waiting_cases() == [case]
    assert client.get(HQ, f"/guardians/{guardian}")["free_capacity"] == 1
    client.proposed(case, client.ready())


def test_the_headquarters_speaks_for_a_side_with_evidence_only(client: MatchingClient) -> None:
    match = client.proposed(client.waiting(), client.ready())
    path = f"/matches/{match}/decline"

    assert pointer(client.post(HQ, path, {"reason": "no_trust"})) == "/by"
    bare = {"reason": "no_trust", "by": "family"}
    assert pointer(client.post(HQ, path, bare)) == "/evidence"
    client.do(HQ, path, bare | {"evidence": "phone_call"})

    audit = [r for r in client.world.rows("matching-audit") if r["pk"]["S"] == match]
    last = max(audit, key=lambda row: row["sk"]["S"])
    assert (last["actor"]["S"], last["evidence"]["S"]) == ("HQ-1", "phone_call")
    assert last["on_behalf_of"]["S"].startswith("fam_")


def test_a_family_acts_in_a_chat_that_is_bound_to_it_and_by_no_mere_claim(
    client: MatchingClient,
) -> None:
    case = client.waiting()
    match = client.proposed(case, client.ready())
    stranger = client.waiting()

    seen = client.as_family(stranger).get(f"/matches/{match}")
    assert seen.status == 404
    mine = client.as_family(case).get("/matches", query={"region": "ZR"}).json["items"]
    assert [item["match_id"] for item in mine] == [match]
    assert client.as_family(case).get("/matches").code == "region_of_family_required"
    claimed = client.api(BOT).with_(Ryadom_On_Behalf_Of=family_of(case))
    assert claimed.get(f"/matches/{match}").code == "not_bound"
    assert claimed.get("/matches", query={"region": "ZR"}).code == "not_bound"
    declined = client.as_family(case).post(
        f"/matches/{match}/decline", {"reason": "no_trust"}, key="family-1"
    )
    assert declined.status == 200
    client.world.settle()
    assert client.told("MatchDeclined")[0]["by"] == "family"


# meeting


@pytest.mark.requirement("S4-38")
def test_an_introduction_is_attended_by_this_headquarters(client: MatchingClient) -> None:
    match = client.proposed(client.waiting(), client.ready())
    path = f"/matches/{match}/introduction"
    foreign = introduction(client.moment(), "HQ-Y")
    nobody = {k: v for k, v in foreign.items() if k != "hq_participant"}

    assert pointer(client.post(HQ, path, foreign)) == "/hq_participant"
    colleague = foreign | {"hq_participant": OPERATOR.id}
    assert pointer(client.post(HQ, path, colleague)) == "/hq_participant", "of no headquarters"
    assert pointer(client.post(HQ, path, nobody)) == "/hq_participant"
    assert client.do(HQ, path, introduction(client.moment(), "HQ-2"))["status"] == "introduced"


def test_the_family_gets_the_guardian_s_contact_by_the_introduction(client: MatchingClient) -> None:
    case = client.waiting()
    match = client.proposed(case, client.ready())
    path = f"/matches/{match}/guardian-contact"
    assert client.as_family(case).get(path).status == 403

    client.introduced(match)

    found = client.as_family(case).get(path)
    assert (found.status, found.json["name"], found.json["phone"][:5]) == (200, NAME, "+7916")
    assert client.as_family(client.waiting()).get(path).status == 404
    client.do(HQ, f"/matches/{match}/cancellation", {"reason": "mistake"})
    assert client.as_family(case).get(path).status == 403


@pytest.mark.requirement("S4-11")
def test_an_introduction_before_the_proposal_is_refused(client: MatchingClient) -> None:
    match = client.proposed(client.waiting(), client.ready())
    earlier = clock.iso(client.now() - timedelta(hours=1))

    refused = client.post(HQ, f"/matches/{match}/introduction", introduction(earlier))

    assert (refused.status, refused.code) == (409, "introduction_before_proposal")


# refused steps and foreign matches


def test_a_refused_step_names_the_legal_ones(client: MatchingClient) -> None:
    match = client.proposed(client.waiting(), client.ready())

    refused = client.post(HQ, f"/matches/{match}/ending", {"reason": "conflict"})

    assert (refused.status, refused.code) == (409, "match_is_proposed")
    assert refused.json["next_steps"] == [
        {"action": "hold_introduction", "title": "Записать знакомство"},
        {"action": "accept", "title": "Согласиться на знакомство"},
        {"action": "decline", "title": "Отказаться от предложения"},
        {"action": "cancel", "title": "Отменить предложение"},
    ]
    assert not client.told("CareEnded")


def _propose(client: MatchingClient, who: Any, case: str, guardian: str) -> Answer:
    return client.post(who, "/matches", {"case_id": case, "guardian_id": guardian})
