"""A case that is closed, or needs no guardian, while a guardian is proposed or helps."""

from datetime import timedelta

import pytest

from shared.events.base import Event
from shared.events.intake import CareRequirementLifted, CaseClosed, CaseReopened
from tests.matching.api_client import HQ, MatchingClient, of_case, rep


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
