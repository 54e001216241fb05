"""The deadlines of a match are a table; what has fired is stored."""

from datetime import timedelta

import pytest

from services.matching.matches.domain import Match
from services.matching.matches.events import ANNOUNCEMENTS, deadline_event
from services.matching.matches.facts import RUNGS, Passed
from services.matching.matches.values import Party, TerminationReason
from tests.matching import builders
from tests.matching.api_client import HQ, MatchingClient, introduction, rep
from tests.matching.builders import START, TODAY, ZONE
from tests.support.log_lines import log_lines

TIRED = TerminationReason.GUARDIAN_RESOURCES_EXHAUSTED


def test_every_deadline_is_announced_by_the_event_of_its_name() -> None:
    ending = builders.active(START, START).notify_termination(Party.FAMILY, TIRED, START)
    call = ending.follow_ups[0]

    for deadline in Match.DEADLINES:
        event = deadline_event(ending, Passed(deadline.name, call))
        assert isinstance(event, ANNOUNCEMENTS[deadline.name])
        assert event.subject == ending.match_id


def test_a_notice_that_is_withdrawn_and_given_again_is_awaited_again(
    client: MatchingClient,
) -> None:
    guardian = client.ready()
    match = client.active(client.waiting(), guardian)
    path, reason = f"/matches/{match}/notices", {"reason": TIRED.value}
    for _ in range(2):
        client.do(rep(guardian), path, reason)
        client.world.advance(client.now() + timedelta(hours=24))
        client.do(rep(guardian), f"{path}/withdrawal", {})

    assert len(client.told("NoticeAwaited")) == 2


def test_a_next_version_of_an_agreement_is_awaited_for_a_week_while_it_can_be_signed() -> None:
    """Each draft anew; beside the calls, none of which is lost or told twice."""
    week = timedelta(days=7)
    care = builders.drafted(builders.active(START, START), TODAY, at_=START + week)
    care, told = care.advance(START + 2 * week - timedelta(seconds=1), ZONE)
    assert [each.deadline for each in told] == []
    care, told = care.advance(START + 2 * week, ZONE)
    assert [each.deadline for each in told] == ["agreement_awaited", "follow_up_due"]
    assert care.advance(START + 2 * week, ZONE)[1] == ()

    again = builders.drafted(care, TODAY, at_=START + 2 * week)
    late = START + 6 * week
    _, told = again.advance(late, ZONE)
    assert [each.deadline for each in told] == [
        "follow_up_missed", "agreement_awaited", "follow_up_missed",
    ]  # fmt: skip
    assert deadline_event(again, told[1]).model_dump()["number"] == 2
    ending = again.notify_termination(Party.FAMILY, TIRED, START + 2 * week)
    assert "agreement_awaited" not in ending.due(late, ZONE)
    goes_on = ending.advance(late, ZONE)[0].withdraw_notice(Party.FAMILY, TODAY)
    assert "agreement_awaited" in goes_on.due(late, ZONE)
    signed = builders.agreed(again, late)
    assert "agreement_awaited" not in signed.due(late, ZONE)


def test_deadlines_that_passed_together_are_stored_together() -> None:
    late, passed = builders.match(START).advance(START + timedelta(hours=100), ZONE)

    assert [each.deadline for each in passed] == ["introduction_overdue"]
    assert late.fired == (*RUNGS, "introduction_overdue")


@pytest.mark.parametrize(("hours", "rungs"), [(23, 0), (47, 1), (59, 2), (71, 3)])
def test_a_clock_that_jumps_tells_each_rung_once_and_none_after_the_breach(
    hours: int, rungs: int
) -> None:
    first, told = builders.match(START).advance(START + timedelta(hours=hours), ZONE)
    late, then = first.advance(START + timedelta(hours=hours + 100), ZONE)

    assert [each.deadline for each in told] == [*RUNGS[:rungs]]
    assert then[0].deadline == "introduction_overdue"
    assert len({*late.fired}) == len(late.fired)
    assert late.advance(START + timedelta(hours=hours + 101), ZONE)[1] == ()


def test_who_acts_before_the_sweep_hides_no_breach(client: MatchingClient) -> None:
    guardian = client.ready(capacity_families=4)
    cases = [client.waiting() for _ in range(4)]
    met, declined, cancelled, closed = (client.proposed(case, guardian) for case in cases)
    client.world.set_time(client.now() + timedelta(hours=100))
    assert client.get(HQ, f"/matches/{met}")["overdue"] is True

    said = introduction(client.moment()) | {"late_reason": "illness"}
    client.do(HQ, f"/matches/{met}/introduction", said)
    assert client.get(HQ, f"/matches/{met}")["delay"]["reason"] == "illness"
    client.do(rep(guardian), f"/matches/{declined}/decline", {"reason": "too_far"})
    client.do(HQ, f"/matches/{cancelled}/cancellation", {"reason": "mistake"})
    client.closed(cases[-1])
    client.world.advance(client.now() + timedelta(hours=1))

    breached = [each["match_id"] for each in client.told("IntroductionOverdue")]
    assert sorted(breached) == sorted([met, declined, cancelled, closed])
    assert all(client.get(HQ, f"/matches/{each}")["overdue"] for each in breached)
    assert client.told("IntroductionDueSoon") == []


def test_the_line_of_a_broken_promise_names_the_match(
    client: MatchingClient, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whom the alarm wakes looks there."""
    guardian = client.ready()
    unmet = client.proposed(client.waiting(), guardian)
    cared_for = client.active(client.waiting(), guardian)
    capsys.readouterr()

    for days in (4, 20):
        client.world.advance(client.now() + timedelta(days=days))

    lines = log_lines(capsys.readouterr().out)
    overdue, missed = (
        [(line["match_id"], line["kind"]) for line in lines if line.get(name)]
        for name in ("introduction_overdue", "follow_up_missed")
    )
    assert overdue == [(unmet, [])]
    assert (cared_for, ["two_weeks"]) in missed


def test_a_call_that_was_missed_stays_missed_when_the_care_ends_before_the_sweep(
    client: MatchingClient,
) -> None:
    guardian, cases = client.ready(capacity_families=3), [client.waiting() for _ in range(3)]
    ended, ending, closed = (client.active(case, guardian) for case in cases)
    client.world.set_time(client.now() + timedelta(days=20))

    client.do(HQ, f"/matches/{ended}/ending", {"reason": TIRED.value})
    client.do(rep(guardian), f"/matches/{ending}/notices", {"reason": TIRED.value})
    client.closed(cases[-1])

    for match, after in ((ended, "cancelled"), (ending, "planned"), (closed, "planned")):
        calls = client.get(HQ, f"/matches/{match}")["follow_ups"]
        assert [call["status"] for call in calls] == ["missed", after]
    missed = [(each["match_id"], each["kind"]) for each in client.told("FollowUpMissed")]
    assert sorted(missed) == sorted((each, "two_weeks") for each in (ended, ending, closed))
    assert client.told("FollowUpDue") == []


def test_a_call_that_comes_too_late_and_before_the_sweep_hides_no_missed_one(
    client: MatchingClient,
) -> None:
    match = client.active(client.waiting(), client.ready())
    client.world.set_time(client.now() + timedelta(days=20))

    for result, status in (("unreachable", "planned"), ("fine", "done")):
        said = {"kind": "two_weeks", "result": result}
        client.do(HQ, f"/matches/{match}/calls", said)
        call, _ = client.get(HQ, f"/matches/{match}")["follow_ups"]
        assert call["status"] == status

    assert call["on_time"] is False
    (missed,) = client.told("FollowUpMissed")
    assert (missed["match_id"], missed["kind"]) == (match, "two_weeks")


def test_a_limit_that_has_passed_is_told_also_when_the_case_is_closed_before_the_sweep(
    client: MatchingClient,
) -> None:
    case = client.waiting()
    match = client.proposed(case, client.ready())
    client.world.set_time(client.now() + timedelta(hours=73))

    client.closed(case)

    assert [each["match_id"] for each in client.told("IntroductionOverdue")] == [match]
    assert [each["by"] for each in client.told("MatchCancelled")] == ["system"]


def test_who_is_next_is_looked_up_at_its_own_hour_alone(client: MatchingClient) -> None:
    match = client.proposed(client.waiting(), client.ready())
    start = client.now()

    def prepared_at() -> str:
        return str(client.get(HQ, f"/matches/{match}")["next_in_line"]["prepared_at"])

    client.world.advance(start + timedelta(hours=24))
    first = prepared_at()
    client.world.advance(start + timedelta(hours=61))

    assert len(client.told("IntroductionAtRisk")) == 1
    assert prepared_at() == first


@pytest.mark.parametrize("silent", [timedelta(days=7), timedelta(days=200)])
def test_a_proposal_without_an_introduction_lapses_after_a_week(silent: timedelta) -> None:
    """However long no sweep ran, the breach is told once and no reminder comes too late."""
    lapsed, passed = builders.match(START).advance(START + silent, ZONE)

    assert [each.deadline for each in passed] == ["introduction_overdue", "match_cancelled"]
    assert (lapsed.status, lapsed.over_by, lapsed.over_reason) == ("cancelled", "system", "lapsed")
    assert lapsed.next_deadline(ZONE) is None


def test_who_lapses_gives_the_place_back_and_waits_with_its_first_age(
    client: MatchingClient,
) -> None:
    guardian, case = client.ready(capacity_families=1), client.waiting()
    client.world.advance(client.now() + timedelta(hours=10))
    match = client.proposed(case, guardian)
    client.world.advance(client.now() + timedelta(days=7, seconds=-1))
    assert client.get(HQ, f"/matches/{match}")["status"] == "proposed"

    client.world.advance(client.now() + timedelta(seconds=1))

    (cancelled,) = client.told("MatchCancelled")
    assert (cancelled["reason"], cancelled["by"]) == ("lapsed", "time_limit")
    assert len(client.told("IntroductionOverdue")) == 1
    assert client.get(HQ, f"/guardians/{guardian}")["free_capacity"] == 1
    (waits,) = client.get(HQ, "/families")["items"]
    assert (waits["case_id"], waits["waiting_hours"]) == (case, 7 * 24 + 10)
    refused = client.post(HQ, f"/matches/{match}/introduction", introduction(client.moment()))
    assert (refused.status, refused.code) == (409, "match_is_cancelled")
    client.proposed(case, guardian)
