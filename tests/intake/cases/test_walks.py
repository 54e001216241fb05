"""Whatever people and matching do, in any order, a case never contradicts itself."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.cases import care_track
from services.intake.cases import events as case_events
from services.intake.cases.coordination import taking
from services.intake.cases.domain import Case
from services.intake.cases.repository import CaseFile, follow
from services.intake.cases.values import AskedNeed, NeedChanges, Status
from services.intake.codes.values import ClosedReason, ConsentPurpose, LiftReason
from services.intake.families.domain import Family
from services.intake.families.values import Stamp
from shared.errors import DomainError, PreconditionPending
from tests.intake.cases import builders
from tests.intake.families.builders import START, consent, family

Step = Callable[[Case, Stamp, int], Case]
FamilyStep = Callable[[CaseFile, Stamp], CaseFile]
MATCHES = ("mat_1", "mat_2", "mat_3")
DAY = date(2026, 9, 18)


def last_open(case: Case) -> tuple[str, ...]:
    return tuple(need.need_id for need in case.open_needs[-1:])


def add(case: Case, stamp: Stamp, n: int) -> Case:
    new = builders.need(f"ned_{len(case.needs) + 1}", "animal_care")
    return case.change_needs(stamp, NeedChanges(added=(new,)), by_family=n % 2 == 0)


STEPS: dict[str, Step] = {
    "take": lambda c, s, n: taking.take(c, s),
    "add": add,
    "confirm": lambda c, s, n: c.change_needs(
        s, NeedChanges(confirmed=last_open(c)), by_family=False
    ),
    "meet": lambda c, s, n: c.change_needs(s, NeedChanges(met=last_open(c)), by_family=n % 2 == 0),
    "one_time": lambda c, s, n: c.decide(s, builders.triage("one_time")),
    "aid": lambda c, s, n: c.record_aid(s, builders.aid(), family()),
    "asks again": lambda c, s, n: (
        c.join(
            s,
            f"req_{len(c.requests) + 1}",
            (
                AskedNeed(
                    need_id=f"ned_x{len(c.requests)}", category=("food_aid", "other", "pets")[n]
                ),
            ),
            urgent=n == 0,
            heard=n != 1,
        )
        if c.open
        else c
    ),
    "lift": lambda c, s, n: care_track.lift_care(c, s, LiftReason.NOT_NEEDED),
    "withdraw": lambda c, s, n: c.withdraw(s, "not_said"),
    "reopen": lambda c, s, n: c.reopen(s, "needs_returned", None),
    "proposed": lambda c, s, n: care_track.proposed(c, s, MATCHES[n], f"gua_{n}"),
    "introduced": lambda c, s, n: care_track.introduced(c, s, MATCHES[n]),
    "started": lambda c, s, n: care_track.started(c, s, MATCHES[n], DAY),
}


def refuse(file: CaseFile, stamp: Stamp) -> CaseFile:
    shared = ConsentPurpose.SHARE_NEED_CATEGORIES
    after = file.family.withdraw_consent(shared, None, stamp.at)
    return CaseFile(care_track.stop_search(file.case, stamp, LiftReason.CONSENT_WITHDRAWN), after)


def allow(file: CaseFile, stamp: Stamp) -> CaseFile:
    given = consent(ConsentPurpose.SHARE_NEED_CATEGORIES)
    return CaseFile(file.case, file.family.give_consent(given))


def erase(file: CaseFile, stamp: Stamp) -> CaseFile:
    case = file.case.close(stamp, ClosedReason.ERASED) if file.case.open else file.case
    return CaseFile(case, file.family.erase(stamp.at))


FAMILY_STEPS: dict[str, FamilyStep] = {"refuse": refuse, "allow": allow, "erase": erase}


def with_family(name: str, file: CaseFile, stamp: Stamp, n: int) -> Case:
    """Steps that depend on what the family allows."""
    case, known = file
    match name:
        case "require":
            return care_track.require_care(case, stamp, known, "illness", long_term_need=True)
        case "declined":
            return care_track.abandoned(case, stamp, known, MATCHES[n], "match_declined", "far")
        case _:
            reason = ("conflict", "all_needs_met")[n % 2]
            return care_track.ended(case, stamp, known, MATCHES[n], reason)


WITH_FAMILY = ("require", "declined", "ended")


def check(case: Case, known: Family) -> None:
    """What must be so in every status."""
    assert (case.match is not None) is (case.status in (Status.MATCHED, Status.IN_CARE))
    assert (case.in_care_since is not None) is (case.status is Status.IN_CARE)
    assert (case.care is not None) is (case.status in case_events.ON_CARE_TRACK)
    assert (case.closed_reason is not None) is (case.status is Status.CLOSED)
    if case.status in (Status.CARE_REQUIRED, Status.MATCHED):
        assert case.open_needs
    if case.status is Status.CARE_REQUIRED:
        assert known.allows(ConsentPurpose.SHARE_NEED_CATEGORIES)
    if case.match is not None:
        assert case.match.match_id not in case.past_matches
    assert len(set(case.past_matches)) == len(case.past_matches)
    assert (known.open_case_of(case.programme) == case.case_id) is case.open


def check_stored(case: Case, known: Family) -> None:
    """Whatever a walk ends with is kept as it is."""
    assert Case.model_validate_json(case.model_dump_json(exclude_none=True)) == case
    assert Family.model_validate_json(known.model_dump_json(exclude_none=True)) == known


ALL = sorted({*STEPS, *FAMILY_STEPS, *WITH_FAMILY})
# Most deeds lead away from care: without these, walks hardly ever see a second match.
OF_CARE = ("require", "proposed", "declined", "proposed", "started", "ended", "reopen") * 3
DEEDS = [(name, n) for name in (*OF_CARE, *ALL) for n in range(len(MATCHES))]


@settings(max_examples=300)
@given(st.lists(st.integers(0, len(DEEDS) - 1), min_size=5, max_size=40))
def test_no_walk_leads_to_a_contradiction(walk: list[int]) -> None:
    """At each place it does what was drawn, or the next deed that changes something there."""
    case = builders.received()
    file = CaseFile(case, follow(family(), case))
    required = published = 0
    begin = [[("take", 0)], [("confirm", 0)], [("require", 0)]]
    for place, deeds in enumerate([*begin, *(DEEDS[n:] + DEEDS[:n] for n in walk)]):
        at = START + timedelta(minutes=place)
        after = first_change(deeds, file, Stamp(by="HQ-1", role="regional_hq", at=at))
        if after is file:  # it is forgotten, for good
            break
        check(*after)
        events = [type(e).__name__ for e in case_events.of_change(file.case, *after)]
        published += events.count("CareRequired")
        case = after.case
        required += case.status is Status.CARE_REQUIRED and file.case.status is not case.status
        assert ("CaseClosed" in events) is (file.case.open and not case.open)
        file = after
    assert published == required
    check_stored(*file)


def first_change(deeds: list[tuple[str, int]], file: CaseFile, stamp: Stamp) -> CaseFile:
    """Do the first of some deeds that changes the file; only a forgotten family's has none."""
    for name, n in deeds:
        if name == "reopen" and file.family.erased:
            continue
        with suppress(DomainError, PreconditionPending):
            after = step(name, file, stamp, n)
            if after != file:
                return after
    assert file.family.erased, file.case.status
    return file


def step(name: str, file: CaseFile, stamp: Stamp, n: int) -> CaseFile:
    """Take one step, and let the family keep pace with its case."""
    if name in FAMILY_STEPS:
        case, known = FAMILY_STEPS[name](file, stamp)
        return CaseFile(case, follow(known, case))
    if name in WITH_FAMILY:
        case = with_family(name, file, stamp, n)
    else:
        case = STEPS[name](file.case, stamp, n)
    return CaseFile(case, follow(file.family, case))
