"""Matches through the API: who may do what, what is refused, what each side sees."""

from datetime import timedelta
from typing import Any

import pytest

from shared import clock
from tests.matching.api_client import (
    BOT,
    FEDERAL,
    HQ,
    HQ_2,
    HQ_Y,
    NAME,
    OPERATOR,
    WORDS,
    MatchingClient,
    draft,
    introduction,
    rep,
)
from tests.support.api import Answer, Api

# proposing


@pytest.mark.requirement("S4-25", "S4-36")
def test_a_partial_match_needs_a_reason_and_the_true_list(client: MatchingClient) -> None:
    guardian = client.ready(capabilities=[{"category": "food_aid"}])
    case = client.waiting("D01", "food_aid", "repair_work")
    body: dict[str, Any] = {"case_id": case, "guardian_id": guardian}
    wrong = {"override": {"reason": "urgent", "uncovered": ["animal_care"]}}

    plain = client.post(HQ, "/matches", body)
    assert (plain.status, plain.code) == (409, "needs_not_covered")
    assert plain.json["next_steps"][0]["action"] == "propose_with_override"
    assert client.post(HQ, "/matches", body | wrong).json["errors"][0]["pointer"] == (
        "/override/uncovered"
    )
    match = client.proposed(case, guardian, reason="urgent", uncovered=["repair_work"])

    view = client.get(HQ, f"/matches/{match}")
    assert (view["uncovered"], view["override_reason"]) == (["repair_work"], "urgent")
    assert client.told("MatchProposed")[0]["uncovered"] == ["repair_work"]


@pytest.mark.requirement("S4-54", "X-04")
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
def test_two_coordinators_at_once_share_no_last_place(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    guardian = client.ready(capacity_families=1)
    first, second = client.waiting(), client.waiting()
    rival: list[Answer] = []
    write = client.world.dynamodb.transact_write_items

    def interrupted(**request: Any) -> Any:
        """Just before the first proposal is stored, the second one is."""
        monkeypatch.setattr(client.world.dynamodb, "transact_write_items", write)
        rival.append(client.post(HQ_2, "/matches", {"case_id": second, "guardian_id": guardian}))
        return write(**request)

    monkeypatch.setattr(client.world.dynamodb, "transact_write_items", interrupted)
    answer = client.post(HQ, "/matches", {"case_id": first, "guardian_id": guardian})

    assert [rival[0].status, answer.status] == [201, 409]
    assert answer.code == "candidate_no_free_capacity"
    client.world.settle()
    assert len(client.told("MatchProposed")) == 1


@pytest.mark.requirement("S4-19")
def test_who_is_not_ready_cannot_be_proposed(client: MatchingClient) -> None:
    case = client.waiting()
    for guardian, code in ((client.assigned(), "candidate_not_ready"),):
        refused = client.post(HQ, "/matches", {"case_id": case, "guardian_id": guardian})
        assert (refused.status, refused.code) == (409, code)


@pytest.mark.requirement("X-05")
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


@pytest.mark.requirement("S4-37")
def test_each_side_may_refuse_and_the_family_waits_on(client: MatchingClient) -> None:
    guardian = client.ready(capacity_families=1)
    case = client.waiting()
    match = client.proposed(case, guardian)
    assert _waiting(client) == []

    client.do(rep(guardian), f"/matches/{match}/decline", {"reason": "too_far"})

    (declined,) = client.told("MatchDeclined")
    assert (declined["by"], declined["reason"]) == ("guardian", "too_far")
    assert _waiting(client) == [case]
    assert client.get(HQ, f"/guardians/{guardian}")["free_capacity"] == 1
    client.proposed(case, guardian)


def test_the_headquarters_speaks_for_a_side_with_evidence_only(client: MatchingClient) -> None:
    match = client.proposed(client.waiting(), client.ready())
    path = f"/matches/{match}/decline"

    assert _pointer(client.post(HQ, path, {"reason": "no_trust"})) == "/by"
    bare = {"reason": "no_trust", "by": "family"}
    assert _pointer(client.post(HQ, path, bare)) == "/evidence"
    client.do(HQ, path, bare | {"evidence": "phone_call"})

    audit = [r for r in client.world.rows("matching-audit") if r["pk"]["S"] == match]
    last = max(audit, key=lambda row: row["sk"]["S"])
    assert (last["actor"]["S"], last["evidence"]["S"]) == ("HQ-1", "phone_call")
    assert last["on_behalf_of"]["S"].startswith("req_")


def test_a_family_acts_through_the_bot_that_has_proved_it(client: MatchingClient) -> None:
    case = client.waiting()
    match = client.proposed(case, client.ready())
    stranger = client.waiting()

    seen = _as_family(client, stranger).get(f"/matches/{match}")
    assert seen.status == 404
    mine = _as_family(client, case).get("/matches").json["items"]
    assert [item["match_id"] for item in mine] == [match]
    declined = _as_family(client, case).post(
        f"/matches/{match}/decline", {"reason": "no_trust"}, key="family-1"
    )
    assert declined.status == 200
    client.world.settle()
    assert client.told("MatchDeclined")[0]["by"] == "family"


def test_a_closed_case_takes_the_proposal_back(client: MatchingClient) -> None:
    guardian = client.ready()
    case = client.waiting()
    match = client.proposed(case, guardian)

    client.closed(case)

    (cancelled,) = client.told("MatchCancelled")
    assert (cancelled["reason"], cancelled["by"]) == ("withdrawn", "system")
    assert client.get(HQ, f"/matches/{match}")["status"] == "cancelled"
    assert client.get(HQ, f"/guardians/{guardian}")["free_capacity"] == 2
    assert _waiting(client) == []


def test_a_case_closed_during_care_counts_as_the_family_s_notice(client: MatchingClient) -> None:
    case = client.waiting()
    match = client.active(case, client.ready())

    client.closed(case)

    (notice,) = client.told("TerminationNotified")
    assert notice["by"] == "family"
    assert client.get(HQ, f"/matches/{match}")["status"] == "ending"


@pytest.mark.requirement("X-13")
def test_notes_about_a_family_that_is_forgotten_are_unreadable(client: MatchingClient) -> None:
    case, guardian = client.waiting(), client.ready()
    match = client.active(case, guardian)
    told = {"text": WORDS, "consent_ref": "c-1"}
    story = client.do(rep(guardian), f"/matches/{match}/stories", told)["id"]
    done = {"period": "2026-09", "done": WORDS, "resources_ok": True}
    client.do(rep(guardian), f"/matches/{match}/reports", done)
    client.do(HQ, f"/matches/{match}/ending", {"reason": "conflict", "conflict_note": WORDS})
    assert client.get(HQ, f"/stories/{story}")["text"] == WORDS
    client.closed(case)

    client.erased(case)

    assert client.get(HQ, f"/matches/{match}/notes")["items"] == []
    assert client.get(HQ, f"/stories/{story}")["text"] is None
    (report,) = client.get(HQ, f"/matches/{match}/reports")["items"]
    assert (report["done"], report["resources_ok"]) == ("", True)
    assert client.get(HQ, f"/matches/{match}")["status"] == "ended"
    figures = client.get(FEDERAL, "/regions/ZR/figures", first="2026-09", last="2026-09")
    assert figures["endings"]["by_reason"]["conflict"] == 1


@pytest.mark.requirement("X-13")
def test_nothing_can_be_written_about_a_family_after_it_was_forgotten(
    client: MatchingClient,
) -> None:
    case = client.waiting()
    match = client.active(case, client.ready())
    client.closed(case, "erased")
    client.erased(case)

    noted = {"reason": "conflict", "conflict_note": WORDS}
    refused = client.post(HQ, f"/matches/{match}/ending", noted)
    assert refused.code in ("subject_erased", "second_notice_awaited")
    given = {"need_id": "ned_1", "given_at": client.moment(), "note": WORDS}
    assert client.post(HQ, f"/matches/{match}/visits", given).code == "subject_erased"
    given.pop("note")
    client.do(HQ, f"/matches/{match}/visits", given)


@pytest.mark.parametrize(
    "moment",
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1950-01-01T00:00:00Z",
     "2999-01-01T00:00:00Z"],
)  # fmt: skip
def test_a_moment_is_one_that_a_calendar_can_hold(client: MatchingClient, moment: str) -> None:
    match = client.active(client.waiting(), client.ready())

    refused = client.post(HQ, f"/matches/{match}/visits", {"need_id": "ned_1", "given_at": moment})

    assert (refused.status, _pointer(refused)) == (422, "/given_at")


# meeting and agreeing


@pytest.mark.requirement("S4-38")
def test_an_introduction_is_attended_by_this_headquarters(client: MatchingClient) -> None:
    match = client.proposed(client.waiting(), client.ready())
    path = f"/matches/{match}/introduction"
    foreign = introduction(client.moment(), "HQ-Y")
    nobody = {k: v for k, v in foreign.items() if k != "hq_participant"}

    assert _pointer(client.post(HQ, path, foreign)) == "/hq_participant"
    assert _pointer(client.post(HQ, path, nobody)) == "/hq_participant"
    assert client.do(HQ, path, introduction(client.moment(), "HQ-2"))["status"] == "introduced"


@pytest.mark.requirement("S4-37")
def test_the_family_gets_the_guardian_s_contact_by_the_introduction(client: MatchingClient) -> None:
    case = client.waiting()
    match = client.proposed(case, client.ready())
    path = f"/matches/{match}/guardian-contact"
    assert _as_family(client, case).get(path).status == 403

    client.introduced(match)

    found = _as_family(client, case).get(path)
    assert (found.status, found.json["name"], found.json["phone"][:5]) == (200, NAME, "+7916")
    assert _as_family(client, client.waiting()).get(path).status == 404
    client.do(HQ, f"/matches/{match}/cancellation", {"reason": "mistake"})
    assert _as_family(client, case).get(path).status == 403


@pytest.mark.requirement("S4-11")
def test_an_introduction_before_the_proposal_is_refused(client: MatchingClient) -> None:
    match = client.proposed(client.waiting(), client.ready())
    earlier = clock.iso(client.now() - timedelta(hours=1))

    refused = client.post(HQ, f"/matches/{match}/introduction", introduction(earlier))

    assert (refused.status, refused.code) == (409, "introduction_before_proposal")


@pytest.mark.requirement("S4-24", "S4-12")
def test_no_care_agreement_without_a_participation_agreement(client: MatchingClient) -> None:
    guardian = client.ready(signed=False)
    match = client.introduced(client.proposed(client.waiting(), guardian))
    client.do(HQ, f"/matches/{match}/agreement", draft("ned_1"))
    path = f"/matches/{match}/agreement/signatures"

    refused = client.post(rep(guardian), path, {})
    assert (refused.status, refused.code) == (409, "participation_agreement_missing")
    client.signed(guardian)

    assert client.do(rep(guardian), path, {})["status"] == "introduced"
    paper = {"by": "family", "evidence": "paper"}
    assert client.do(HQ, path, paper)["status"] == "agreed"
    assert client.told("CareAgreementSigned")[0]["need_ids"] == ["ned_1"]


@pytest.mark.requirement("S4-01", "S4-12")
def test_an_agreement_names_the_programme_and_needs_of_the_family(client: MatchingClient) -> None:
    match = client.introduced(client.proposed(client.waiting(), client.ready()))
    path = f"/matches/{match}/agreement"

    assert _pointer(client.post(HQ, path, draft("ned_1") | {"programme": "other"})) == "/programme"
    assert _pointer(client.post(HQ, path, draft("ned_1", "ned_9"))) == "/need_ids/1"


@pytest.mark.requirement("S4-12")
def test_a_family_signs_through_its_link(client: MatchingClient) -> None:
    guardian = client.ready()
    match = client.introduced(client.proposed(client.waiting(), guardian))
    assert client.api(HQ).get(f"/matches/{match}/agreement/link").status == 404
    client.do(HQ, f"/matches/{match}/agreement", draft("ned_1"))
    link = client.get(HQ, f"/matches/{match}/agreement/link")["link"]
    client.do(rep(guardian), f"/matches/{match}/agreement/signatures", {})

    assert client.do(None, "/signatures", {"link": link})["status"] == "agreed"

    assert client.post(None, "/signatures", {"link": link[:-2] + "xx"}).status == 422
    audit = [r for r in client.world.rows("matching-audit") if r["pk"]["S"] == match]
    assert max(audit, key=lambda row: row["sk"]["S"])["role"]["S"] == "family"


def test_a_link_signs_only_the_text_it_was_given_for(client: MatchingClient) -> None:
    match = client.introduced(client.proposed(client.waiting(), client.ready()))
    client.do(HQ, f"/matches/{match}/agreement", draft("ned_1"))
    link = client.get(HQ, f"/matches/{match}/agreement/link")["link"]
    client.do(HQ, f"/matches/{match}/agreement", draft("ned_1"))

    assert client.post(None, "/signatures", {"link": link}).code == "agreement_changed"


# care


@pytest.mark.requirement("S4-13")
def test_helps_are_recorded_and_confirmed_by_the_family(client: MatchingClient) -> None:
    case, guardian = client.waiting(), client.ready()
    match = client.active(case, guardian)
    assert client.get(HQ, f"/guardians/{guardian}")["status"] == "caring"
    given = {"need_id": "ned_1", "given_at": client.moment(), "note": "Помыли окна"}
    client.do(rep(guardian), f"/matches/{match}/visits", given)
    outside = {"need_id": "ned_7", "given_at": client.moment()}

    refused = client.post(rep(guardian), f"/matches/{match}/visits", outside)
    assert (refused.status, refused.code) == (409, "need_not_in_agreement")
    assert (len(client.told("CareStarted")), len(client.told("CareDelivered"))) == (1, 2)
    visits = client.get(rep(guardian), f"/matches/{match}/visits")["items"]
    path = f"/visits/{visits[0]['visit_id']}/confirmation"
    assert client.post(rep(guardian), path).status == 403
    assert _as_family(client, case).post(path, key="confirm").status == 200


@pytest.mark.requirement("S4-47")
def test_a_call_needs_its_result_and_is_the_headquarters_s(client: MatchingClient) -> None:
    guardian = client.ready()
    match = client.active(client.waiting(), guardian)
    client.world.advance(client.now() + timedelta(days=14, hours=12))
    path = f"/matches/{match}/calls"

    assert _pointer(client.post(HQ, path, {"kind": "two_weeks"})) == "/result"
    call = {"kind": "two_weeks", "result": "problem", "note": WORDS}
    assert client.post(rep(guardian), path, call).status == 403
    client.do(HQ, path, call)

    assert client.told("FollowUpDone")[0]["result"] == "problem"
    assert client.get(HQ, f"/matches/{match}/notes")["items"][0]["note"] == WORDS
    assert client.api(rep(guardian)).get(f"/matches/{match}/notes").status == 403
    assert client.get(rep(guardian), f"/matches/{match}")["follow_ups"] == []


@pytest.mark.requirement("S4-15")
def test_a_guardian_out_of_strength_is_paused_and_warned_about(client: MatchingClient) -> None:
    guardian = client.ready()
    match = client.active(client.waiting(), guardian)
    report = {"period": "2026-09", "done": "Помогали с бытом", "resources_ok": False}

    client.do(rep(guardian), f"/matches/{match}/reports", report)

    assert client.told("GuardianReported")[0]["resources_ok"] is False
    assert client.told("GuardianSuspended")[0]["reason"] == "guardian_resources_exhausted"
    assert client.get(HQ, f"/guardians/{guardian}")["status"] == "paused"
    words = client.get(HQ, f"/matches/{match}/reports")["items"][0]
    assert words["done"] == "Помогали с бытом"


@pytest.mark.requirement("S4-15")
def test_there_is_no_report_without_care(client: MatchingClient) -> None:
    guardian = client.ready()
    match = client.proposed(client.waiting(), guardian)
    report = {"period": "2026-09", "done": "Помогали", "resources_ok": True}

    assert client.post(rep(guardian), f"/matches/{match}/reports", report).status == 404
    stranger = rep("gua_00000000000000000000000000")
    assert client.post(stranger, f"/matches/{match}/reports", report).status == 404


@pytest.mark.requirement("S4-27")
def test_a_story_is_published_with_the_family_s_consent_only(client: MatchingClient) -> None:
    guardian = client.ready()
    match = client.active(client.waiting(), guardian)
    text = {"text": "Вместе покрасили забор", "media": [{"kind": "photo", "key": "p/1"}]}
    story = client.do(rep(guardian), f"/matches/{match}/stories", text)["id"]

    assert client.get(FEDERAL, f"/stories/{story}")["text"] is None
    refused = client.post(FEDERAL, f"/stories/{story}/clearance")
    assert (refused.status, refused.code) == (409, "story_without_consent")
    client.do(HQ, f"/stories/{story}/consent", {"consent_ref": "C-1"})
    assert client.get(FEDERAL, f"/stories/{story}")["text"] == "Вместе покрасили забор"
    client.do(FEDERAL, f"/stories/{story}/clearance")

    assert len(client.told("StoryCleared")) == 1
    assert client.api(rep(client.ready("YY"))).get(f"/stories/{story}").status == 404
    own = client.get(rep(guardian), "/stories")["items"]
    assert [item["story_id"] for item in own] == [story]
    region = client.get(FEDERAL, "/stories", region="ZR")["items"]
    assert [(item["story_id"], item["text"]) for item in region] == [(story, None)]


@pytest.mark.requirement("S4-27")
def test_stories_are_listed_by_what_was_decided_about_them(client: MatchingClient) -> None:
    guardian = client.ready()
    match = client.active(client.waiting(), guardian)
    made = []
    for day in (14, 15, 16):
        client.at(f"2026-09-{day} 12:00")
        path = f"/matches/{match}/stories"
        told = {"text": "Рады помогать", "consent_ref": "C-1"}
        made.append(client.do(rep(guardian), path, told)["id"])
    client.do(FEDERAL, f"/stories/{made[0]}/clearance")

    def listed(who: Any, **query: Any) -> list[str]:
        return [item["story_id"] for item in client.get(who, "/stories", **query)["items"]]

    for who in (rep(guardian), HQ):
        assert listed(who, status="submitted") == [made[2], made[1]]
        assert listed(who, status="cleared") == [made[0]]
        assert listed(who, status="declined") == []
        assert listed(who) == [made[2], made[1], made[0]]
    first = client.get(HQ, "/stories", status="submitted", limit=1)
    rest = client.get(HQ, "/stories", status="submitted", limit=1, cursor=first["next_cursor"])
    assert [item["story_id"] for item in rest["items"]] == [made[1]]


# the end


@pytest.mark.requirement("S4-52")
def test_both_sides_tell_the_headquarters_and_it_decides(client: MatchingClient) -> None:
    case, guardian = client.waiting(), client.ready()
    match = client.active(case, guardian)
    reason = {"reason": "guardian_resources_exhausted"}
    client.do(rep(guardian), f"/matches/{match}/notices", reason)
    assert client.post(rep(guardian), f"/matches/{match}/ending", reason).status == 403
    waited = client.post(HQ, f"/matches/{match}/ending", reason)
    assert (waited.status, waited.code) == (409, "second_notice_awaited")

    client.do(HQ, f"/matches/{match}/notices", reason | {"by": "family", "evidence": "phone_call"})
    client.do(HQ, f"/matches/{match}/ending", reason)

    notices = [(each["by"], each["asked"]) for each in client.told("TerminationNotified")]
    assert notices == [("guardian", "family"), ("family", None)]
    assert client.told("NoticeAwaited") == []
    (ended,) = client.told("CareEnded")
    assert (ended["open_need_categories"], ended["waits"]) == (["household_help"], True)
    assert _waiting(client) == [case]


def test_a_family_whose_case_is_closed_does_not_wait_after_its_care(client: MatchingClient) -> None:
    case = client.waiting()
    match = client.active(case, client.ready())
    client.closed(case)
    client.at("2026-09-05 10:00")

    client.do(HQ, f"/matches/{match}/ending", {"reason": "needs_cannot_be_met"})

    (ended,) = client.told("CareEnded")
    assert ended["waits"] is False


@pytest.mark.requirement("S4-52", "X-09", "X-02")
@pytest.mark.parametrize("copies", [1, 3])
def test_a_silent_side_is_reminded_after_a_day_and_headquarters_ends_alone_after_three(
    client: MatchingClient, copies: int
) -> None:
    client.world.copies = copies
    case, guardian = client.waiting(), client.ready()
    match = client.active(case, guardian)
    reason = {"reason": "guardian_resources_exhausted"}
    client.at("2026-09-14 10:00")
    client.do(rep(guardian), f"/matches/{match}/notices", reason)

    client.at("2026-09-15 09:59")
    assert client.told("NoticeAwaited") == []
    client.at("2026-09-15 10:01")
    client.at("2026-09-17 09:59")
    assert client.post(HQ, f"/matches/{match}/ending", reason).code == "second_notice_awaited"
    client.at("2026-09-17 10:01")
    client.do(HQ, f"/matches/{match}/ending", reason)

    (awaited,) = client.told("NoticeAwaited")
    assert awaited["asked"] == "family"
    assert awaited["may_end_at"][:16] == "2026-09-17T06:00"
    assert len(client.told("CareEnded")) == 1


@pytest.mark.requirement("S4-50")
def test_care_ends_for_one_of_four_reasons(client: MatchingClient) -> None:
    match = client.active(client.waiting(), client.ready())
    path = f"/matches/{match}/ending"

    assert _pointer(client.post(HQ, path, {"reason": "other"})) == "/reason"
    still_open = client.post(HQ, path, {"reason": "all_needs_met"})
    assert (still_open.status, still_open.code) == (409, "needs_still_open")


@pytest.mark.requirement("S4-53")
def test_after_a_conflict_the_pair_is_never_proposed_again(client: MatchingClient) -> None:
    case, guardian = client.waiting(), client.ready()
    match = client.active(case, guardian)

    client.do(HQ, f"/matches/{match}/ending", {"reason": "conflict", "conflict_note": WORDS})

    ranking = client.get(HQ, f"/families/{case}/candidates")
    assert ranking["unsuitable"] == [{"guardian_id": guardian, "rule": "excluded_by_conflict"}]
    refused = _propose(client, HQ, case, guardian)
    assert (refused.status, refused.code) == (409, "candidate_excluded_by_conflict")
    for view in (
        client.api(rep(guardian)).get(f"/matches/{match}"),
        _as_family(client, case).get(f"/matches/{match}"),
    ):
        assert view.status == 200
        assert "note" not in view.text
        assert WORDS not in view.text
    assert client.get(HQ, f"/matches/{match}/notes")["items"][0]["note"] == WORDS
    assert WORDS not in str(client.world.dynamodb.tables)


def test_a_refused_step_names_the_legal_ones(client: MatchingClient) -> None:
    match = client.proposed(client.waiting(), client.ready())

    refused = client.post(HQ, f"/matches/{match}/ending", {"reason": "conflict"})

    assert (refused.status, refused.code) == (409, "match_is_proposed")
    assert refused.json["next_steps"] == [
        {"action": "hold_introduction", "title": "Записать знакомство"},
        {"action": "decline", "title": "Отказаться от предложения"},
        {"action": "cancel", "title": "Отменить предложение"},
    ]
    assert not client.told("CareEnded")


def test_stories_and_matches_of_others_are_in_no_list(client: MatchingClient) -> None:
    here, there = client.ready(), client.ready("YY")
    match = client.proposed(client.waiting(), here)

    assert [m["match_id"] for m in client.get(HQ, "/matches")["items"]] == [match]
    assert [m["match_id"] for m in client.get(rep(here), "/matches")["items"]] == [match]
    assert client.get(HQ_Y, "/matches")["items"] == []
    assert client.get(rep(there), "/matches")["items"] == []


def _propose(client: MatchingClient, who: Any, case: str, guardian: str) -> Answer:
    return client.post(who, "/matches", {"case_id": case, "guardian_id": guardian})


def _waiting(client: MatchingClient) -> list[str]:
    return [item["case_id"] for item in client.get(HQ, "/families")["items"]]


def _pointer(answer: Answer) -> str:
    assert answer.status == 422, answer.text
    return str(answer.json["errors"][0]["pointer"])


def _as_family(client: MatchingClient, case: str) -> Api:
    return client.api(BOT).with_(Ryadom_On_Behalf_Of=case)
