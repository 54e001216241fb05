"""The end of care through the API: notices, the decision, a closed case."""

from datetime import timedelta

import pytest

from shared.events.base import Event
from shared.events.intake import CareRequirementLifted, CaseClosed, CaseReopened
from tests.matching.api_client import (
    HQ,
    WORDS,
    MatchingClient,
    of_case,
    own_token,
    pointer,
    rep,
)
from tests.support.api import Answer

REASONS = ["needs_cannot_be_met", "guardian_resources_exhausted", "conflict", "all_needs_met"]


def test_a_closed_case_takes_the_proposal_back(client: MatchingClient) -> None:
    guardian = client.ready()
    case = client.waiting()
    match = client.proposed(case, guardian)

    client.closed(case)

    (cancelled,) = client.told("MatchCancelled")
    assert (cancelled["reason"], cancelled["by"]) == ("withdrawn", "system")
    assert client.get(HQ, f"/matches/{match}")["status"] == "cancelled"
    assert client.get(HQ, f"/guardians/{guardian}")["free_capacity"] == 2
    assert client.waiting_cases() == []
    client.flag(case, "D01", ("household_help",))
    assert client.waiting_cases() == [case], "it waits anew, bound to nothing"
    client.proposed(case, guardian)


def test_a_family_that_needs_no_guardian_after_all_has_no_proposal_and_keeps_its_care(
    client: MatchingClient,
) -> None:
    guardian, proposed, cared = client.ready(), client.waiting(), client.waiting()
    match, care = client.proposed(proposed, guardian), client.active(cared, guardian)

    for case in (proposed, cared):
        client.hear(CareRequirementLifted(**of_case(case), reason="withdrawn"))

    (cancelled,) = client.told("MatchCancelled")
    assert (cancelled["match_id"], cancelled["by"]) == (match, "system")
    assert client.told("TerminationNotified") == []
    assert client.get(HQ, f"/matches/{care}")["status"] == "active"
    assert client.waiting_cases() == []


def test_a_case_that_is_open_again_before_it_is_heard_to_be_closed_has_no_proposal(
    client: MatchingClient,
) -> None:
    guardian, case = client.ready(), client.waiting()
    match, care = client.proposed(case, guardian), client.waiting()
    in_care = client.active(care, guardian)

    for each in (case, care):
        client.hear(CaseReopened(**of_case(each), reason="closed_by_mistake"))
        client.sequence -= 2
        client.hear(CaseClosed(**of_case(each), reason="withdrawn"))
        client.sequence += 1

    (cancelled,) = client.told("MatchCancelled")
    assert (cancelled["match_id"], cancelled["by"]) == (match, "system")
    assert client.waiting_cases() == []
    assert client.get(HQ, f"/matches/{in_care}")["status"] == "active", "care that runs goes on"


@pytest.mark.parametrize(
    ("reason", "noticed"),
    [("withdrawn", "needs_cannot_be_met"), ("all_needs_met", "all_needs_met")],
)
def test_a_case_closed_during_care_counts_as_the_family_s_notice(
    client: MatchingClient, reason: str, noticed: str
) -> None:
    case = client.waiting()
    match = client.active(case, client.ready())

    client.closed(case, reason)

    (notice,) = client.told("TerminationNotified")
    assert (notice["by"], notice["reason"]) == ("family", noticed)
    assert client.get(HQ, f"/matches/{match}")["status"] == "ending"


def test_a_family_whose_case_is_closed_goes_on_once_it_is_open_again(
    client: MatchingClient,
) -> None:
    case, guardian = client.waiting(), client.ready()
    match = client.active(case, guardian)
    client.closed(case)
    client.world.advance(client.now() + timedelta(hours=73))
    path = f"/matches/{match}/notices/withdrawal"

    family = {"by": "family", "evidence": "phone_call"}
    refused = client.post(HQ, path, family)
    own = client.as_family(case).post(path, {}, key="goes-on")
    for answer, instead in ((refused, ["end"]), (own, [])):
        assert (answer.status, answer.code) == (409, "case_is_closed")
        assert [each["action"] for each in answer.json["next_steps"]] == instead
    assert client.get(HQ, f"/matches/{match}")["status"] == "ending"
    family_itself = client.as_family(case)
    listed = (client.api(HQ), {"status": "ending"}), (family_itself, {"region": "ZR"})

    def offered() -> list[bool]:
        seen = [api.get(f"/matches/{match}").json for api, _ in listed]
        seen += [api.get("/matches", query=query).json["items"][0] for api, query in listed]
        return ["withdraw_notice" in each["next_steps"] for each in seen]

    assert offered() == [False] * 4

    client.hear(CaseReopened(**of_case(case), reason="family_asked"))
    assert offered() == [True] * 4
    client.do(HQ, path, family)
    (told,) = client.told("NoticeWithdrawn")
    assert (told["by"], told["goes_on"]) == ("family", True)
    assert client.get(HQ, f"/matches/{match}")["status"] == "active"


@pytest.mark.parametrize("late", [False, True], ids=["in order", "the closing comes late"])
def test_a_family_whose_case_is_in_care_again_waits_again_after_that_care(
    client: MatchingClient, late: bool
) -> None:
    case, guardian = client.waiting(), client.ready()
    match = client.active(case, guardian)
    events: list[Event] = [
        CaseClosed(**of_case(case), reason="withdrawn"),
        CaseReopened(**of_case(case), reason="closed_by_mistake", in_care=True),
    ]
    before = client.sequence
    for place in (1, 0) if late else (0, 1):
        client.sequence = before + place
        client.hear(events[place])
    client.sequence = before + 2

    assert client.get(HQ, f"/matches/{match}")["status"] == ("active" if late else "ending")
    assert client.waiting_cases() == []
    client.world.advance(client.now() + timedelta(hours=73))
    client.do(HQ, f"/matches/{match}/ending", {"reason": "guardian_resources_exhausted"})
    assert client.waiting_cases() == [case]
    client.closed(case)
    client.sequence -= 2
    client.hear(events[1])
    assert client.waiting_cases() == [], "an older opening changes nothing"


def test_a_case_that_is_closed_after_the_guardian_s_notice_is_the_second_one(
    client: MatchingClient,
) -> None:
    case, guardian = client.waiting(), client.ready()
    match = client.active(case, guardian)
    reason = {"reason": "guardian_resources_exhausted"}
    client.do(rep(guardian), f"/matches/{match}/notices", reason)

    client.closed(case)

    notices = [(each["by"], each["asked"]) for each in client.told("TerminationNotified")]
    assert notices == [("guardian", "family"), ("family", None)]
    client.do(rep(guardian), f"/matches/{match}/notices/withdrawal", {})
    assert client.told("NoticeWithdrawn")[0]["goes_on"] is False, "the family's stays"
    client.do(rep(guardian), f"/matches/{match}/notices", reason)
    client.do(HQ, f"/matches/{match}/ending", reason)


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
    assert client.waiting_cases() == [case]


def test_a_family_whose_case_is_closed_does_not_wait_after_its_care(client: MatchingClient) -> None:
    case = client.waiting()
    match = client.active(case, client.ready())
    client.closed(case)
    client.at("2026-09-05 10:00")

    ended_on = {"effective_on": "2026-09-03"}
    client.do(HQ, f"/matches/{match}/ending", {"reason": "needs_cannot_be_met"} | ended_on)

    (ended,) = client.told("CareEnded")
    assert ended["waits"] is False
    assert client.get(HQ, f"/matches/{match}")["ending"]["effective_on"] == "2026-09-03"


@pytest.mark.requirement("X-02")
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
    guardian = client.ready(capacity_families=4)
    cases = [client.waiting() for _ in REASONS]
    matches = [client.active(case, guardian) for case in cases]
    path = f"/matches/{matches[-1]}/ending"
    assert pointer(client.post(HQ, path, {"reason": "other"})) == "/reason"
    still_open = client.post(HQ, path, {"reason": "all_needs_met"})
    assert (still_open.status, still_open.code) == (409, "needs_still_open")

    client.settled(cases[-1], "household_help")
    client.heard(matches[-2])
    for match, reason in zip(matches, REASONS, strict=True):
        client.do(HQ, f"/matches/{match}/ending", {"reason": reason})

    assert [each["reason"] for each in client.told("CareEnded")] == REASONS
    assert {client.get(HQ, f"/matches/{each}")["status"] for each in matches} == {"ended"}


def test_what_both_sides_say_before_an_end_by_conflict_is_headquarters_own(
    client: MatchingClient,
) -> None:
    case, guardian = client.waiting(), client.ready()
    match = client.active(case, guardian)
    conflict = {"reason": "conflict"}
    unheard = client.post(HQ, f"/matches/{match}/ending", conflict)
    assert (unheard.status, unheard.code) == (409, "sides_not_heard")

    said = {"side": "family", "result": "heard", "note": WORDS}
    assert client.post(rep(guardian), f"/matches/{match}/hearings", said).status == 403
    client.do(HQ, f"/matches/{match}/hearings", said)
    assert client.post(HQ, f"/matches/{match}/ending", conflict).code == "sides_not_heard"
    silent = {"side": "guardian", "result": "unreachable"}
    client.do(HQ, f"/matches/{match}/hearings", silent)

    shown = client.get(HQ, f"/matches/{match}")["hearings"]
    assert [(each["side"], each["result"]) for each in shown] == [
        ("family", "heard"),
        ("guardian", "unreachable"),
    ]
    assert client.get(HQ, f"/matches/{match}/notes")["items"][0]["note"] == WORDS
    assert client.get(rep(guardian), f"/matches/{match}")["hearings"] == []
    assert WORDS not in str(client.world.dynamodb.tables)
    client.do(HQ, f"/matches/{match}/ending", conflict)


def test_both_sides_stop_at_once_and_both_notices_stay(client: MatchingClient) -> None:
    case, guardian = client.waiting(), client.ready()
    match = client.active(case, guardian)
    path, tired = f"/matches/{match}/notices", {"reason": "guardian_resources_exhausted"}
    rival: list[Answer] = []

    client.just_before_the_next_commit(
        lambda: rival.append(client.as_family(case).post(path, tired, key="family-1"))
    )
    answer = client.post(rep(guardian), path, tired)
    client.world.settle()

    assert [rival[0].status, answer.status] == [200, 200]
    told = client.told("TerminationNotified")
    assert [(each["by"], each["asked"]) for each in told] == [
        ("family", "guardian"),
        ("guardian", None),
    ]
    reason = tired["reason"]
    readers = {HQ: (reason, reason), rep(guardian): (None, reason), own_token(case): (reason, None)}
    for reader, reasons in readers.items():
        notices = client.get(reader, f"/matches/{match}")["notices"]
        assert [(each["by"], each["reason"]) for each in notices] == [
            *zip(("family", "guardian"), reasons, strict=True)
        ]
    client.do(HQ, f"/matches/{match}/ending", tired)
    twice = client.post(HQ, f"/matches/{match}/ending", tired)
    assert (twice.status, twice.code) == (409, "match_is_ended")
    assert len(client.told("CareEnded")) == 1


def test_a_notice_taken_back_while_headquarters_confirms_the_end_counts(
    client: MatchingClient,
) -> None:
    case, guardian = client.waiting(), client.ready()
    match = client.active(case, guardian)
    path, tired = f"/matches/{match}/notices", {"reason": "guardian_resources_exhausted"}
    client.do(rep(guardian), path, tired)
    family = client.as_family(case)
    assert family.post(path, tired, key="no").status == 200
    goes_on: list[Answer] = []

    client.just_before_the_next_commit(
        lambda: goes_on.append(family.post(f"{path}/withdrawal", {}, key="yes"))
    )
    answer = client.post(HQ, f"/matches/{match}/ending", tired)
    client.world.settle()

    assert goes_on[0].status == 200
    assert (answer.status, answer.code) == (409, "second_notice_awaited")
    assert client.get(HQ, f"/matches/{match}")["status"] == "ending"
    assert client.told("CareEnded") == []


def test_a_notice_taken_back_while_the_case_is_closed_stays(client: MatchingClient) -> None:
    case = client.waiting()
    match = client.active(case, client.ready())
    path, tired = f"/matches/{match}/notices", {"reason": "needs_cannot_be_met"}
    family = client.as_family(case)
    assert family.post(path, tired, key="no").status == 200

    client.just_before_the_next_commit(lambda: client.closed(case))
    answer = family.post(f"{path}/withdrawal", {}, key="yes")

    assert (answer.status, answer.code) == (409, "case_is_closed")
    assert client.get(HQ, f"/matches/{match}")["status"] == "ending"


@pytest.mark.requirement("S4-53")
def test_after_a_conflict_the_pair_is_never_proposed_again(client: MatchingClient) -> None:
    case, guardian = client.waiting(), client.ready()
    match = client.active(case, guardian)

    client.heard(match)
    client.do(HQ, f"/matches/{match}/ending", {"reason": "conflict", "conflict_note": WORDS})

    ranking = client.get(HQ, f"/families/{case}/candidates")
    rules = {each["guardian_id"]: each["rule"] for each in ranking["unsuitable"]}
    assert rules == {guardian: "excluded_by_conflict"}
    refused = client.post(HQ, "/matches", {"case_id": case, "guardian_id": guardian})
    assert (refused.status, refused.code) == (409, "candidate_excluded_by_conflict")
    for view in (
        client.api(rep(guardian)).get(f"/matches/{match}"),
        client.as_family(case).get(f"/matches/{match}"),
    ):
        assert view.status == 200
        assert "note" not in view.text
        assert WORDS not in view.text
    assert client.get(HQ, f"/matches/{match}/notes")["items"][0]["note"] == WORDS
    assert WORDS not in str(client.world.dynamodb.tables)


@pytest.mark.requirement("X-13")
def test_notes_about_a_family_that_is_forgotten_are_unreadable(client: MatchingClient) -> None:
    case, guardian = client.waiting(), client.ready()
    match = client.active(case, guardian)
    told = {"text": WORDS}
    story = client.do(rep(guardian), f"/matches/{match}/stories", told)["id"]
    done = {"period": "2026-09", "done": WORDS, "resources_ok": True}
    client.do(rep(guardian), f"/matches/{match}/reports", done)
    client.heard(match)
    client.do(HQ, f"/matches/{match}/ending", {"reason": "conflict", "conflict_note": WORDS})
    assert client.get(HQ, f"/stories/{story}")["text"] == WORDS
    client.closed(case)

    client.erased(case)

    assert client.get(HQ, f"/matches/{match}/notes")["items"] == []
    assert client.get(HQ, f"/stories/{story}")["text"] is None
    (report,) = client.get(HQ, f"/matches/{match}/reports")["items"]
    assert (report["done"], report["resources_ok"]) == ("", True)
    assert client.get(HQ, f"/matches/{match}")["status"] == "ended"
    figures = client.get(HQ, "/regions/ZR/figures", first="2026-09", last="2026-09")
    assert figures["endings"]["by_reason"]["conflict"] == 1


def test_a_conflict_that_was_none_is_lifted_and_the_pair_may_be_proposed_again(
    client: MatchingClient,
) -> None:
    case, guardian = client.waiting(), client.ready()
    match = client.active(case, guardian)
    client.heard(match)
    client.do(HQ, f"/matches/{match}/ending", {"reason": "conflict"})
    lift, why = f"/matches/{match}/exclusion/lift", {"reason": "reconciled"}
    assert client.get(HQ, f"/matches/{match}")["next_steps"] == ["lift_exclusion"]
    assert client.post(rep(guardian), lift, why).status == 403
    assert client.post(HQ, lift, {}).status == 422

    client.do(HQ, lift, why)

    ended = client.get(HQ, f"/matches/{match}")
    assert (ended["status"], ended["ending"]["reason"]) == ("ended", "conflict")
    assert ended["next_steps"] == []
    twice = client.post(HQ, lift, why)
    assert (twice.status, twice.code) == (409, "no_exclusion")
    (told,) = client.told("ExclusionLifted")
    assert told["guardian_id"] == guardian
    # Intake's list of before is older than that.
    ranking = client.get(HQ, f"/families/{case}/candidates")
    assert ranking["unsuitable"] == []
    again = client.active(case, guardian)

    # A conflict that comes after it parts them anew.
    client.heard(again)
    client.do(HQ, f"/matches/{again}/ending", {"reason": "conflict"})
    refused = client.post(HQ, "/matches", {"case_id": case, "guardian_id": guardian})
    assert refused.code == "candidate_excluded_by_conflict"


def test_after_a_conflict_by_mistake_the_figures_say_why_the_care_ended(
    client: MatchingClient,
) -> None:
    match = client.active(client.waiting(), client.ready())
    client.heard(match)
    client.do(HQ, f"/matches/{match}/ending", {"reason": "conflict"})
    lift, tired = f"/matches/{match}/exclusion/lift", "guardian_resources_exhausted"
    mistake = {"reason": "recorded_by_mistake"}
    unsaid = (mistake, mistake | {"ended_for": "conflict"})
    for body in (*unsaid, {"reason": "reconciled", "ended_for": tired}):
        assert pointer(client.post(HQ, lift, body)) == "/ended_for"
    open_still = client.post(HQ, lift, mistake | {"ended_for": "all_needs_met"})
    assert (open_still.status, open_still.code) == (409, "needs_still_open")
    assert [step["action"] for step in open_still.json["next_steps"]] == ["lift_exclusion"]

    client.do(HQ, lift, mistake | {"ended_for": tired})

    assert client.get(HQ, f"/matches/{match}")["ending"]["reason"] == tired
    reasons = client.get(HQ, "/regions/ZR/figures")["endings"]["by_reason"]
    assert (reasons["conflict"], reasons[tired]) == (0, 1)
    (told,) = client.told("ExclusionLifted")
    assert told["ended_for"] == tired


def test_care_in_which_all_was_done_ended_for_that(client: MatchingClient) -> None:
    case = client.waiting()
    match = client.active(case, client.ready())
    client.settled(case, "household_help")
    client.heard(match)
    client.do(HQ, f"/matches/{match}/ending", {"reason": "conflict"})

    why = {"reason": "recorded_by_mistake", "ended_for": "all_needs_met"}
    client.do(HQ, f"/matches/{match}/exclusion/lift", why)

    assert client.get(HQ, f"/matches/{match}")["ending"]["reason"] == "all_needs_met"


def test_an_end_without_a_conflict_has_nothing_to_lift(client: MatchingClient) -> None:
    match = client.active(client.waiting(), client.ready())
    why = {"reason": "reconciled"}
    lift = f"/matches/{match}/exclusion/lift"
    assert client.post(HQ, lift, why).code == "match_is_active"
    client.do(HQ, f"/matches/{match}/ending", {"reason": "needs_cannot_be_met"})
    assert client.post(HQ, lift, why).code == "no_exclusion"
    assert client.get(HQ, f"/matches/{match}")["next_steps"] == []
