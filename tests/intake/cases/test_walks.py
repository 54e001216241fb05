"""Whatever people and matching do, in any order, a case never contradicts itself."""

from collections.abc import Callable
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.cases import care_track
from services.intake.cases import events as case_events
from services.intake.cases.domain import Case
from services.intake.cases.values import NeedChanges, Stamp, Status
from services.intake.codes.values import (
    ClosedReason,
    LiftReason,
    Purpose,
)
from shared.errors import DomainError, PreconditionPending
from tests.intake.cases import builders

Step = Callable[[Case, Stamp, int], Case]
MATCHES = ("mat_1", "mat_2", "mat_3")
DAY = date(2026, 9, 18)


def last_open(case: Case) -> tuple[str, ...]:
    return tuple(need.need_id for need in case.open_needs[-1:])


def add(case: Case, stamp: Stamp, n: int) -> Case:
    new = builders.need(f"ned_{len(case.needs) + 1}", "animal_care")
    return case.change_needs(stamp, NeedChanges(added=(new,)), by_family=n % 2 == 0)


STEPS: dict[str, Step] = {
    "take": lambda c, s, n: c.take(s),
    "add": add,
    "confirm": lambda c, s, n: c.change_needs(
        s, NeedChanges(confirmed=last_open(c)), by_family=False
    ),
    "meet": lambda c, s, n: c.change_needs(s, NeedChanges(met=last_open(c)), by_family=n % 2 == 0),
    "one_time": lambda c, s, n: c.decide(s, builders.triage("one_time")),
    "aid": lambda c, s, n: c.record_aid(s, builders.aid()),
    "require": lambda c, s, n: care_track.require_care(c, s, "illness", long_term_need=True),
    "lift": lambda c, s, n: c.lift_care(s, LiftReason.NOT_NEEDED),
    "withdraw": lambda c, s, n: c.withdraw(s, "not_said"),
    "reopen": lambda c, s, n: c.reopen(s, "needs_returned", None),
    "refuse": lambda c, s, n: c.withdraw_consent(s, Purpose.SHARE_NEED_CATEGORIES, None),
    "allow": lambda c, s, n: c.give_consent(s, builders.consent(Purpose.SHARE_NEED_CATEGORIES)),
    "erase": lambda c, s, n: c.erase(s, ClosedReason.ERASED) if n == 0 else c,
    "proposed": lambda c, s, n: care_track.proposed(c, s, MATCHES[n], f"gua_{n}"),
    "declined": lambda c, s, n: care_track.abandoned(c, s, MATCHES[n], "match_declined", "too_far"),
    "introduced": lambda c, s, n: care_track.introduced(c, s, MATCHES[n]),
    "started": lambda c, s, n: care_track.started(c, s, MATCHES[n], DAY),
    "ended": lambda c, s, n: care_track.ended(
        c, s, MATCHES[n], ("conflict", "all_needs_met")[n % 2]
    ),
}


def check(case: Case) -> None:
    """What must be so in every status."""
    assert (case.match is not None) is (case.status in (Status.MATCHED, Status.IN_CARE))
    assert (case.in_care_since is not None) is (case.status is Status.IN_CARE)
    assert (case.care is not None) is (case.status in case_events.ON_CARE_TRACK)
    assert (case.closed_reason is not None) is (case.status is Status.CLOSED)
    if case.status in (Status.CARE_REQUIRED, Status.MATCHED):
        assert case.open_needs
    if case.status is Status.CARE_REQUIRED:
        assert case.allows(Purpose.SHARE_NEED_CATEGORIES)
    if case.match is not None:
        assert case.match.match_id not in case.past_matches
    assert len(set(case.past_matches)) == len(case.past_matches)
    assert Case.model_validate_json(case.model_dump_json(exclude_none=True)) == case


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 2)), max_size=40))
def test_no_walk_leads_to_a_contradiction(walk: list[tuple[str, int]]) -> None:
    case = builders.received()
    required = published = 0
    for place, (name, n) in enumerate([("take", 0), ("confirm", 0), ("require", 0), *walk]):
        at = builders.START + timedelta(minutes=place)
        stamp = Stamp(by="HQ-1", role="regional_hq", at=at)
        try:
            after = STEPS[name](case, stamp, n)
        except (DomainError, PreconditionPending):
            continue
        check(after)
        events = [type(event).__name__ for event in case_events.of_change(case, after)]
        published += events.count("CareRequired")
        required += after.status is Status.CARE_REQUIRED and case.status is not after.status
        assert ("CaseClosed" in events) is (case.open and not after.open)
        case = after
    assert published == required
