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
    Office,
    draft,
    introduction,
    rep,
)
from tests.support.api import Answer, Api

# proposing


@pytest.mark.requirement("S4-25", "S4-36")
def test_a_partial_match_needs_a_reason_and_the_true_list(office: Office) -> None:
    guardian = office.ready(capabilities=[{"category": "food_aid"}])
    case = office.waiting("D01", "food_aid", "repair_work")
    body: dict[str, Any] = {"case_id": case, "guardian_id": guardian}
    wrong = {"override": {"reason": "urgent", "uncovered": ["animal_care"]}}

    plain = office.post(HQ, "/matches", body)
    assert (plain.status, plain.code) == (409, "needs_not_covered")
    assert plain.json["next_steps"][0]["action"] == "propose_with_override"
    assert office.post(HQ, "/matches", body | wrong).json["errors"][0]["pointer"] == (
        "/override/uncovered"
    )
    match = office.proposed(case, guardian, reason="urgent", uncovered=["repair_work"])

    view = office.get(HQ, f"/matches/{match}")
    assert (view["uncovered"], view["override_reason"]) == (["repair_work"], "urgent")
    assert office.told("MatchProposed")[0]["uncovered"] == ["repair_work"]


@pytest.mark.requirement("S4-54", "X-04")
def test_a_family_and_a_last_place_are_given_once(office: Office) -> None:
    guardian = office.ready(capacity_families=1)
    other = office.ready()
    case, second = office.waiting(), office.waiting()
    office.proposed(case, guardian)

    twice = office.post(HQ_2, "/matches", {"case_id": case, "guardian_id": other})
    full = office.post(HQ_2, "/matches", {"case_id": second, "guardian_id": guardian})

    assert (twice.status, twice.code) == (409, "family_has_open_match")
    assert (full.status, full.code) == (409, "candidate_no_free_capacity")


@pytest.mark.requirement("S4-54", "X-04")
def test_two_coordinators_at_once_share_no_last_place(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    guardian = office.ready(capacity_families=1)
    first, second = office.waiting(), office.waiting()
    rival: list[Answer] = []
    write = office.world.dynamodb.transact_write_items

    def interrupted(**request: Any) -> Any:
        """Just before the first proposal is stored, the second one is."""
        monkeypatch.setattr(office.world.dynamodb, "transact_write_items", write)
        rival.append(office.post(HQ_2, "/matches", {"case_id": second, "guardian_id": guardian}))
        return write(**request)

    monkeypatch.setattr(office.world.dynamodb, "transact_write_items", interrupted)
    answer = office.post(HQ, "/matches", {"case_id": first, "guardian_id": guardian})

    assert [rival[0].status, answer.status] == [201, 409]
    assert answer.code == "candidate_no_free_capacity"
    office.world.settle()
    assert len(office.told("MatchProposed")) == 1


@pytest.mark.requirement("S4-19")
def test_who_is_not_ready_cannot_be_proposed(office: Office) -> None:
    case = office.waiting()
    for guardian, code in ((office.assigned(), "candidate_not_ready"),):
        refused = office.post(HQ, "/matches", {"case_id": case, "guardian_id": guardian})
        assert (refused.status, refused.code) == (409, code)


@pytest.mark.requirement("X-05")
def test_foreign_families_and_guardians_do_not_exist(office: Office) -> None:
    here, there = office.ready(), office.ready("YY")
    case = office.waiting()

    assert _propose(office, HQ_Y, case, there).status == 404
    assert _propose(office, HQ, case, there).status == 404
    assert _propose(office, OPERATOR, case, here).status == 404
    assert office.api(HQ_Y).get(f"/families/{case}/candidates").status == 404
    match = office.proposed(case, here)
    assert office.api(HQ_Y).get(f"/matches/{match}").status == 404
    assert office.post(HQ_Y, f"/matches/{match}/cancellation", {"reason": "no"}).status == 404


# refusing


@pytest.mark.requirement("S4-37")
def test_each_side_may_refuse_and_the_family_waits_on(office: Office) -> None:
    guardian = office.ready(capacity_families=1)
    case = office.waiting()
    match = office.proposed(case, guardian)
    assert _waiting(office) == []

    office.do(rep(guardian), f"/matches/{match}/decline", {"reason": "too_far"})

    (declined,) = office.told("MatchDeclined")
    assert (declined["by"], declined["reason"]) == ("guardian", "too_far")
    assert _waiting(office) == [case]
    assert office.get(HQ, f"/guardians/{guardian}")["free_capacity"] == 1
    office.proposed(case, guardian)


def test_the_headquarters_speaks_for_a_side_with_evidence_only(office: Office) -> None:
    match = office.proposed(office.waiting(), office.ready())
    path = f"/matches/{match}/decline"

    assert _pointer(office.post(HQ, path, {"reason": "no_trust"})) == "/by"
    bare = {"reason": "no_trust", "by": "family"}
    assert _pointer(office.post(HQ, path, bare)) == "/evidence"
    office.do(HQ, path, bare | {"evidence": "phone_call"})

    audit = [r for r in office.world.rows("matching-audit") if r["pk"]["S"] == match]
    last = max(audit, key=lambda row: row["sk"]["S"])
    assert (last["actor"]["S"], last["evidence"]["S"]) == ("HQ-1", "phone_call")
    assert last["on_behalf_of"]["S"].startswith("req_")


def test_a_family_acts_through_the_bot_that_has_proved_it(office: Office) -> None:
    case = office.waiting()
    match = office.proposed(case, office.ready())
    stranger = office.waiting()

    seen = _as_family(office, stranger).get(f"/matches/{match}")
    assert seen.status == 404
    mine = _as_family(office, case).get("/matches").json["items"]
    assert [item["match_id"] for item in mine] == [match]
    declined = _as_family(office, case).post(
        f"/matches/{match}/decline", {"reason": "no_trust"}, key="family-1"
    )
    assert declined.status == 200
    office.world.settle()
    assert office.told("MatchDeclined")[0]["by"] == "family"


def test_a_closed_case_takes_the_proposal_back(office: Office) -> None:
    guardian = office.ready()
    case = office.waiting()
    match = office.proposed(case, guardian)

    office.closed(case)

    (cancelled,) = office.told("MatchCancelled")
    assert (cancelled["reason"], cancelled["by"]) == ("withdrawn", "system")
    assert office.get(HQ, f"/matches/{match}")["status"] == "cancelled"
    assert office.get(HQ, f"/guardians/{guardian}")["free_capacity"] == 2
    assert _waiting(office) == []


def test_a_case_closed_during_care_counts_as_the_family_s_notice(office: Office) -> None:
    case = office.waiting()
    match = office.active(case, office.ready())

    office.closed(case)

    (notice,) = office.told("TerminationNotified")
    assert notice["by"] == "family"
    assert office.get(HQ, f"/matches/{match}")["status"] == "ending"


@pytest.mark.requirement("X-13")
def test_notes_about_a_family_that_is_forgotten_are_unreadable(office: Office) -> None:
    case, guardian = office.waiting(), office.ready()
    match = office.active(case, guardian)
    told = {"text": WORDS, "consent_ref": "c-1"}
    story = office.do(rep(guardian), f"/matches/{match}/stories", told)["id"]
    done = {"period": "2026-09", "done": WORDS, "resources_ok": True}
    office.do(rep(guardian), f"/matches/{match}/reports", done)
    office.do(HQ, f"/matches/{match}/ending", {"reason": "conflict", "conflict_note": WORDS})
    assert office.get(HQ, f"/stories/{story}")["text"] == WORDS
    office.closed(case)

    office.erased(case)

    assert office.get(HQ, f"/matches/{match}/notes")["items"] == []
    assert office.get(HQ, f"/stories/{story}")["text"] is None
    (report,) = office.get(HQ, f"/matches/{match}/reports")["items"]
    assert (report["done"], report["resources_ok"]) == ("", True)
    assert office.get(HQ, f"/matches/{match}")["status"] == "ended"
    figures = office.get(FEDERAL, "/regions/ZR/figures", first="2026-09", last="2026-09")
    assert figures["endings"]["by_reason"]["conflict"] == 1


@pytest.mark.requirement("X-13")
def test_nothing_can_be_written_about_a_family_after_it_was_forgotten(office: Office) -> None:
    case = office.waiting()
    match = office.active(case, office.ready())
    office.closed(case, "erased")
    office.erased(case)

    noted = {"reason": "conflict", "conflict_note": WORDS}
    refused = office.post(HQ, f"/matches/{match}/ending", noted)
    assert refused.code in ("subject_erased", "second_notice_awaited")
    given = {"need_id": "ned_1", "given_at": office.moment(), "note": WORDS}
    assert office.post(HQ, f"/matches/{match}/visits", given).code == "subject_erased"
    given.pop("note")
    office.do(HQ, f"/matches/{match}/visits", given)


@pytest.mark.parametrize(
    "moment",
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1950-01-01T00:00:00Z",
     "2999-01-01T00:00:00Z"],
)  # fmt: skip
def test_a_moment_is_one_that_a_calendar_can_hold(office: Office, moment: str) -> None:
    match = office.active(office.waiting(), office.ready())

    refused = office.post(HQ, f"/matches/{match}/visits", {"need_id": "ned_1", "given_at": moment})

    assert (refused.status, _pointer(refused)) == (422, "/given_at")


# meeting and agreeing


@pytest.mark.requirement("S4-38")
def test_an_introduction_is_attended_by_this_headquarters(office: Office) -> None:
    match = office.proposed(office.waiting(), office.ready())
    path = f"/matches/{match}/introduction"
    foreign = introduction(office.moment(), "HQ-Y")
    nobody = {k: v for k, v in foreign.items() if k != "hq_participant"}

    assert _pointer(office.post(HQ, path, foreign)) == "/hq_participant"
    assert _pointer(office.post(HQ, path, nobody)) == "/hq_participant"
    assert office.do(HQ, path, introduction(office.moment(), "HQ-2"))["status"] == "introduced"


@pytest.mark.requirement("S4-37")
def test_the_family_gets_the_guardian_s_contact_by_the_introduction(office: Office) -> None:
    case = office.waiting()
    match = office.proposed(case, office.ready())
    path = f"/matches/{match}/guardian-contact"
    assert _as_family(office, case).get(path).status == 403

    office.introduced(match)

    found = _as_family(office, case).get(path)
    assert (found.status, found.json["name"], found.json["phone"][:5]) == (200, NAME, "+7916")
    assert _as_family(office, office.waiting()).get(path).status == 404
    office.do(HQ, f"/matches/{match}/cancellation", {"reason": "mistake"})
    assert _as_family(office, case).get(path).status == 403


@pytest.mark.requirement("S4-11")
def test_an_introduction_before_the_proposal_is_refused(office: Office) -> None:
    match = office.proposed(office.waiting(), office.ready())
    earlier = clock.iso(office.now() - timedelta(hours=1))

    refused = office.post(HQ, f"/matches/{match}/introduction", introduction(earlier))

    assert (refused.status, refused.code) == (409, "introduction_before_proposal")


@pytest.mark.requirement("S4-24", "S4-12")
def test_no_care_agreement_without_a_participation_agreement(office: Office) -> None:
    guardian = office.ready(signed=False)
    match = office.introduced(office.proposed(office.waiting(), guardian))
    office.do(HQ, f"/matches/{match}/agreement", draft("ned_1"))
    path = f"/matches/{match}/agreement/signatures"

    refused = office.post(rep(guardian), path, {})
    assert (refused.status, refused.code) == (409, "participation_agreement_missing")
    office.signed(guardian)

    assert office.do(rep(guardian), path, {})["status"] == "introduced"
    paper = {"by": "family", "evidence": "paper"}
    assert office.do(HQ, path, paper)["status"] == "agreed"
    assert office.told("CareAgreementSigned")[0]["need_ids"] == ["ned_1"]


@pytest.mark.requirement("S4-01", "S4-12")
def test_an_agreement_names_the_programme_and_needs_of_the_family(office: Office) -> None:
    match = office.introduced(office.proposed(office.waiting(), office.ready()))
    path = f"/matches/{match}/agreement"

    assert _pointer(office.post(HQ, path, draft("ned_1") | {"programme": "other"})) == "/programme"
    assert _pointer(office.post(HQ, path, draft("ned_1", "ned_9"))) == "/need_ids/1"


@pytest.mark.requirement("S4-12")
def test_a_family_signs_through_its_link(office: Office) -> None:
    guardian = office.ready()
    match = office.introduced(office.proposed(office.waiting(), guardian))
    assert office.api(HQ).get(f"/matches/{match}/agreement/link").status == 404
    office.do(HQ, f"/matches/{match}/agreement", draft("ned_1"))
    link = office.get(HQ, f"/matches/{match}/agreement/link")["link"]
    office.do(rep(guardian), f"/matches/{match}/agreement/signatures", {})

    assert office.do(None, "/signatures", {"link": link})["status"] == "agreed"

    assert office.post(None, "/signatures", {"link": link[:-2] + "xx"}).status == 422
    audit = [r for r in office.world.rows("matching-audit") if r["pk"]["S"] == match]
    assert max(audit, key=lambda row: row["sk"]["S"])["role"]["S"] == "family"


def test_a_link_signs_only_the_text_it_was_given_for(office: Office) -> None:
    match = office.introduced(office.proposed(office.waiting(), office.ready()))
    office.do(HQ, f"/matches/{match}/agreement", draft("ned_1"))
    link = office.get(HQ, f"/matches/{match}/agreement/link")["link"]
    office.do(HQ, f"/matches/{match}/agreement", draft("ned_1"))

    assert office.post(None, "/signatures", {"link": link}).code == "agreement_changed"


# care


@pytest.mark.requirement("S4-13")
def test_helps_are_recorded_and_confirmed_by_the_family(office: Office) -> None:
    case, guardian = office.waiting(), office.ready()
    match = office.active(case, guardian)
    assert office.get(HQ, f"/guardians/{guardian}")["status"] == "caring"
    given = {"need_id": "ned_1", "given_at": office.moment(), "note": "Помыли окна"}
    office.do(rep(guardian), f"/matches/{match}/visits", given)
    outside = {"need_id": "ned_7", "given_at": office.moment()}

    refused = office.post(rep(guardian), f"/matches/{match}/visits", outside)
    assert (refused.status, refused.code) == (409, "need_not_in_agreement")
    assert (len(office.told("CareStarted")), len(office.told("CareDelivered"))) == (1, 2)
    visits = office.get(rep(guardian), f"/matches/{match}/visits")["items"]
    path = f"/visits/{visits[0]['visit_id']}/confirmation"
    assert office.post(rep(guardian), path).status == 403
    assert _as_family(office, case).post(path, key="confirm").status == 200


@pytest.mark.requirement("S4-47")
def test_a_call_needs_its_result_and_is_the_headquarters_s(office: Office) -> None:
    guardian = office.ready()
    match = office.active(office.waiting(), guardian)
    office.world.advance(office.now() + timedelta(days=14, hours=12))
    path = f"/matches/{match}/calls"

    assert _pointer(office.post(HQ, path, {"kind": "two_weeks"})) == "/result"
    call = {"kind": "two_weeks", "result": "problem", "note": WORDS}
    assert office.post(rep(guardian), path, call).status == 403
    office.do(HQ, path, call)

    assert office.told("FollowUpDone")[0]["result"] == "problem"
    assert office.get(HQ, f"/matches/{match}/notes")["items"][0]["note"] == WORDS
    assert office.api(rep(guardian)).get(f"/matches/{match}/notes").status == 403
    assert office.get(rep(guardian), f"/matches/{match}")["follow_ups"] == []


@pytest.mark.requirement("S4-15")
def test_a_guardian_out_of_strength_is_paused_and_warned_about(office: Office) -> None:
    guardian = office.ready()
    match = office.active(office.waiting(), guardian)
    report = {"period": "2026-09", "done": "Помогали с бытом", "resources_ok": False}

    office.do(rep(guardian), f"/matches/{match}/reports", report)

    assert office.told("GuardianReported")[0]["resources_ok"] is False
    assert office.told("GuardianSuspended")[0]["reason"] == "guardian_resources_exhausted"
    assert office.get(HQ, f"/guardians/{guardian}")["status"] == "paused"
    words = office.get(HQ, f"/matches/{match}/reports")["items"][0]
    assert words["done"] == "Помогали с бытом"


@pytest.mark.requirement("S4-15")
def test_there_is_no_report_without_care(office: Office) -> None:
    guardian = office.ready()
    match = office.proposed(office.waiting(), guardian)
    report = {"period": "2026-09", "done": "Помогали", "resources_ok": True}

    assert office.post(rep(guardian), f"/matches/{match}/reports", report).status == 404
    stranger = rep("gua_00000000000000000000000000")
    assert office.post(stranger, f"/matches/{match}/reports", report).status == 404


@pytest.mark.requirement("S4-27")
def test_a_story_is_published_with_the_family_s_consent_only(office: Office) -> None:
    guardian = office.ready()
    match = office.active(office.waiting(), guardian)
    text = {"text": "Вместе покрасили забор", "media": [{"kind": "photo", "key": "p/1"}]}
    story = office.do(rep(guardian), f"/matches/{match}/stories", text)["id"]

    assert office.get(FEDERAL, f"/stories/{story}")["text"] is None
    refused = office.post(FEDERAL, f"/stories/{story}/clearance")
    assert (refused.status, refused.code) == (409, "story_without_consent")
    office.do(HQ, f"/stories/{story}/consent", {"consent_ref": "C-1"})
    assert office.get(FEDERAL, f"/stories/{story}")["text"] == "Вместе покрасили забор"
    office.do(FEDERAL, f"/stories/{story}/clearance")

    assert len(office.told("StoryCleared")) == 1
    assert office.api(rep(office.ready("YY"))).get(f"/stories/{story}").status == 404
    own = office.get(rep(guardian), "/stories")["items"]
    assert [item["story_id"] for item in own] == [story]
    region = office.get(FEDERAL, "/stories", region="ZR")["items"]
    assert [(item["story_id"], item["text"]) for item in region] == [(story, None)]


@pytest.mark.requirement("S4-27")
def test_stories_are_listed_by_what_was_decided_about_them(office: Office) -> None:
    guardian = office.ready()
    match = office.active(office.waiting(), guardian)
    made = []
    for day in (14, 15, 16):
        office.at(f"2026-09-{day} 12:00")
        path = f"/matches/{match}/stories"
        told = {"text": "Рады помогать", "consent_ref": "C-1"}
        made.append(office.do(rep(guardian), path, told)["id"])
    office.do(FEDERAL, f"/stories/{made[0]}/clearance")

    def listed(who: Any, **query: Any) -> list[str]:
        return [item["story_id"] for item in office.get(who, "/stories", **query)["items"]]

    for who in (rep(guardian), HQ):
        assert listed(who, status="submitted") == [made[2], made[1]]
        assert listed(who, status="cleared") == [made[0]]
        assert listed(who, status="declined") == []
        assert listed(who) == [made[2], made[1], made[0]]
    first = office.get(HQ, "/stories", status="submitted", limit=1)
    rest = office.get(HQ, "/stories", status="submitted", limit=1, cursor=first["next_cursor"])
    assert [item["story_id"] for item in rest["items"]] == [made[1]]


# the end


@pytest.mark.requirement("S4-52")
def test_both_sides_tell_the_headquarters_and_it_decides(office: Office) -> None:
    case, guardian = office.waiting(), office.ready()
    match = office.active(case, guardian)
    reason = {"reason": "guardian_resources_exhausted"}
    office.do(rep(guardian), f"/matches/{match}/notices", reason)
    assert office.post(rep(guardian), f"/matches/{match}/ending", reason).status == 403
    waited = office.post(HQ, f"/matches/{match}/ending", reason)
    assert (waited.status, waited.code) == (409, "second_notice_awaited")

    office.do(HQ, f"/matches/{match}/notices", reason | {"by": "family", "evidence": "phone_call"})
    office.do(HQ, f"/matches/{match}/ending", reason)

    notices = [(each["by"], each["asked"]) for each in office.told("TerminationNotified")]
    assert notices == [("guardian", "family"), ("family", None)]
    assert office.told("NoticeAwaited") == []
    (ended,) = office.told("CareEnded")
    assert (ended["open_need_categories"], ended["waits"]) == (["household_help"], True)
    assert _waiting(office) == [case]


def test_a_family_whose_case_is_closed_does_not_wait_after_its_care(office: Office) -> None:
    case = office.waiting()
    match = office.active(case, office.ready())
    office.closed(case)
    office.at("2026-09-05 10:00")

    office.do(HQ, f"/matches/{match}/ending", {"reason": "needs_cannot_be_met"})

    (ended,) = office.told("CareEnded")
    assert ended["waits"] is False


@pytest.mark.requirement("S4-52", "X-09", "X-02")
@pytest.mark.parametrize("copies", [1, 3])
def test_a_silent_side_is_reminded_after_a_day_and_headquarters_ends_alone_after_three(
    office: Office, copies: int
) -> None:
    office.world.copies = copies
    case, guardian = office.waiting(), office.ready()
    match = office.active(case, guardian)
    reason = {"reason": "guardian_resources_exhausted"}
    office.at("2026-09-14 10:00")
    office.do(rep(guardian), f"/matches/{match}/notices", reason)

    office.at("2026-09-15 09:59")
    assert office.told("NoticeAwaited") == []
    office.at("2026-09-15 10:01")
    office.at("2026-09-17 09:59")
    assert office.post(HQ, f"/matches/{match}/ending", reason).code == "second_notice_awaited"
    office.at("2026-09-17 10:01")
    office.do(HQ, f"/matches/{match}/ending", reason)

    (awaited,) = office.told("NoticeAwaited")
    assert awaited["asked"] == "family"
    assert awaited["may_end_at"][:16] == "2026-09-17T06:00"
    assert len(office.told("CareEnded")) == 1


@pytest.mark.requirement("S4-50")
def test_care_ends_for_one_of_four_reasons(office: Office) -> None:
    match = office.active(office.waiting(), office.ready())
    path = f"/matches/{match}/ending"

    assert _pointer(office.post(HQ, path, {"reason": "other"})) == "/reason"
    still_open = office.post(HQ, path, {"reason": "all_needs_met"})
    assert (still_open.status, still_open.code) == (409, "needs_still_open")


@pytest.mark.requirement("S4-53")
def test_after_a_conflict_the_pair_is_never_proposed_again(office: Office) -> None:
    case, guardian = office.waiting(), office.ready()
    match = office.active(case, guardian)

    office.do(HQ, f"/matches/{match}/ending", {"reason": "conflict", "conflict_note": WORDS})

    ranking = office.get(HQ, f"/families/{case}/candidates")
    assert ranking["unsuitable"] == [{"guardian_id": guardian, "rule": "excluded_by_conflict"}]
    refused = _propose(office, HQ, case, guardian)
    assert (refused.status, refused.code) == (409, "candidate_excluded_by_conflict")
    for view in (
        office.api(rep(guardian)).get(f"/matches/{match}"),
        _as_family(office, case).get(f"/matches/{match}"),
    ):
        assert view.status == 200
        assert "note" not in view.text
        assert WORDS not in view.text
    assert office.get(HQ, f"/matches/{match}/notes")["items"][0]["note"] == WORDS
    assert WORDS not in str(office.world.dynamodb.tables)


def test_a_refused_step_names_the_legal_ones(office: Office) -> None:
    match = office.proposed(office.waiting(), office.ready())

    refused = office.post(HQ, f"/matches/{match}/ending", {"reason": "conflict"})

    assert (refused.status, refused.code) == (409, "match_is_proposed")
    assert refused.json["next_steps"] == [
        {"action": "hold_introduction", "title": "Записать знакомство"},
        {"action": "decline", "title": "Отказаться от предложения"},
        {"action": "cancel", "title": "Отменить предложение"},
    ]
    assert not office.told("CareEnded")


def test_stories_and_matches_of_others_are_in_no_list(office: Office) -> None:
    here, there = office.ready(), office.ready("YY")
    match = office.proposed(office.waiting(), here)

    assert [m["match_id"] for m in office.get(HQ, "/matches")["items"]] == [match]
    assert [m["match_id"] for m in office.get(rep(here), "/matches")["items"]] == [match]
    assert office.get(HQ_Y, "/matches")["items"] == []
    assert office.get(rep(there), "/matches")["items"] == []


def _propose(office: Office, who: Any, case: str, guardian: str) -> Answer:
    return office.post(who, "/matches", {"case_id": case, "guardian_id": guardian})


def _waiting(office: Office) -> list[str]:
    return [item["case_id"] for item in office.get(HQ, "/families")["items"]]


def _pointer(answer: Answer) -> str:
    assert answer.status == 422, answer.text
    return str(answer.json["errors"][0]["pointer"])


def _as_family(office: Office, case: str) -> Api:
    return office.api(BOT).with_(Ryadom_On_Behalf_Of=case)
