"""The plan of a caseload's hand-over, and what becomes of each case."""

from datetime import timedelta

import pytest

from services.intake.caseloads import domain
from services.intake.caseloads.domain import CaseloadTransfer
from services.intake.caseloads.values import CaseResult, TransferStatus
from services.intake.cases.coordination import taking
from services.intake.cases.coordination.limits import breach_at
from services.intake.cases.domain import Case
from services.intake.codes.values import ClosedReason
from shared.errors import IllegalStep, Invalid
from tests.intake.cases import builders
from tests.intake.families.builders import START, stamp

LATER = START + timedelta(days=1)


def transfer(**facts: object) -> CaseloadTransfer:
    """The lead hands the cases of HQ-1 over to HQ-2."""
    plain: dict[str, object] = {
        "transfer_id": "trf_1", "region": "ZR", "taken_from": "HQ-1", "taken_by": "HQ-2",
        "roles": ("regional_hq",), "reason": "colleague_left", "opened_by": "HQ-L",
        "opened_as": "regional_hq", "opened_at": LATER, "moved_at": LATER,
    }  # fmt: skip
    return CaseloadTransfer.model_validate(plain | facts)


def case(number: int = 1, **facts: object) -> Case:
    """A case that HQ-1 has taken."""
    return builders.in_review(case_id=f"cas_{number}").model_copy(update=facts)


@pytest.mark.parametrize(
    ("now", "result"),
    [
        (case(), CaseResult.WAITING),
        (case(taken_by="HQ-2"), CaseResult.MOVED),
        (case(taken_by="HQ-3"), CaseResult.TAKEN_OVER),
        (case(taken_by=None), CaseResult.TAKEN_OVER),
        (case(taken_as="case_manager"), CaseResult.OTHER_ROLE),
        (case(taken_as=None), CaseResult.WAITING),
        (case().close(stamp(), ClosedReason.WITHDRAWN), CaseResult.CLOSED),
    ],
)
def test_a_case_goes_over_while_it_is_open_and_the_colleagues_in_that_role(
    now: Case, result: CaseResult
) -> None:
    assert transfer().result_of(now) is result


def test_planned_is_what_the_colleague_had_then_in_the_district_each_once() -> None:
    late = case(3, taken_at=LATER + timedelta(seconds=1))
    found = [case(1), case(2, district="D09"), late, case(4, taken_at=LATER)]

    everywhere = transfer().plan(found).plan(found)
    assert [each.case_id for each in everywhere.cases] == ["cas_1", "cas_2", "cas_4"]
    old = transfer().plan([case(5, taken_at=None)])
    assert [each.case_id for each in old.cases] == ["cas_5"]
    again = (
        case(6)
        .close(stamp(), ClosedReason.WITHDRAWN)
        .reopen(stamp(3000), "closed_by_mistake", None)
    )
    assert transfer().plan([again]).cases == ()
    there = transfer(district="D09").plan(found)
    assert [each.case_id for each in there.cases] == ["cas_2"]


def test_chosen_are_open_cases_that_the_coordinator_has_in_the_region() -> None:
    known = [case(1), case(2)]
    assert transfer().choose(["cas_2"], known[1:]).chosen
    for foreign in (
        case(3, taken_by="HQ-3"),
        case(3, region="YY"),
        case(3).close(stamp(), ClosedReason.WITHDRAWN),
    ):
        with pytest.raises(Invalid, match="cases_of_others") as refused:
            transfer().choose(["cas_1", "cas_3", "cas_4"], [known[0], foreign])
        assert refused.value.facts == {"cases": "cas_3, cas_4"}


def test_what_one_document_does_not_hold_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(domain, "MOST_CASES", 2)

    assert transfer().plan([case(1), case(2)]).more is False
    more = transfer().plan([case(1), case(2), case(3)])
    assert (len(more.cases), more.more) == (2, True)
    assert more.plan([]).more is True
    full = transfer().plan([case(1), case(2)]).plan([case(3)])
    assert (len(full.cases), full.more) == (2, True)
    # Of a district: what was not looked at any more may be of it, too.
    there = transfer(district="D09").plan([case(1), case(2), case(3, district="D09")])
    assert (len(there.cases), there.more) == (1, True)


def test_a_transfer_counts_what_became_of_its_cases_and_ends() -> None:
    planned = transfer().plan([case(1), case(2), case(3)])
    assert (planned.moved, planned.waiting, planned.left) == (0, 3, 0)
    assert [each.case_id for each in planned.of_part(2)] == ["cas_1", "cas_2"]
    assert (planned.status, planned.due_at) == (TransferStatus.MOVING, LATER)

    later = LATER + timedelta(minutes=1)
    results = {"cas_1": CaseResult.MOVED, "cas_2": CaseResult.CLOSED}
    noted = planned.note(results, later)
    assert (noted.moved, noted.waiting, noted.left) == (1, 1, 1)
    assert [each.case_id for each in noted.of_part(2)] == ["cas_3"]
    assert noted.due_at == later
    ended = noted.end(later)
    assert (ended.status, ended.due_at, ended.ended_at) == (TransferStatus.DONE, None, later)


def test_who_is_given_a_case_has_it_in_the_same_role_and_its_limit_runs_on() -> None:
    was = case(taken_as="case_manager")

    now = taking.hand_over(was, stamp(500, by="HQ-L"), "CM-2", "colleague_left")

    assert (now.taken_by, now.taken_as, now.taken_at) == ("CM-2", "case_manager", stamp(500).at)
    assert breach_at(now) == breach_at(was)
    last = now.history[-1]
    assert (last.what, last.by, last.reason, last.ref) == (
        "handed_over",
        "HQ-L",
        "colleague_left",
        "CM-2",
    )
    with pytest.raises(IllegalStep):
        taking.hand_over(builders.closed(), stamp(500), "CM-2", "colleague_left")
    with pytest.raises(IllegalStep):
        taking.hand_over(builders.received(), stamp(500), "CM-2", "colleague_left")
