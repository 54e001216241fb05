"""Families of the tests: a case in any status, reached by its own verbs."""

from datetime import date, timedelta

from services.intake.cases import care_track
from services.intake.cases.coordination import taking
from services.intake.cases.decisions import Aid, Outcome, Triage
from services.intake.cases.domain import Case
from services.intake.cases.values import Need, NeedChanges, Status
from services.intake.codes.values import ClosedReason
from tests.intake.families.builders import START, family, stamp

MATCH, GUARDIAN = "mat_1", "gua_1"


def need(need_id: str, category: str = "household_help", **facts: object) -> Need:
    """A need as the family first named it."""
    return Need.model_validate(
        {"need_id": need_id, "category": category, "changed_by": "OP-1", "changed_at": START}
        | facts
    )


def received(**facts: object) -> Case:
    """The case of a family with two needs."""
    plain: dict[str, object] = {
        "case_id": "cas_1",
        "number": "10000008",
        "family_id": "fam_1",
        "requests": ("req_1",),
        "region": "ZR",
        "district": "D01",
        "programme": "service_member_care",
        "purpose": "hardship",
        "channel": "hotline",
        "beneficiary_key": "key",
        "needs": (need("ned_1"), need("ned_2", "repair_work")),
    }
    return Case.receive(stamp(by="OP-1", role="hotline_operator"), **(plain | facts))


def in_review(**facts: object) -> Case:
    """A coordinator has taken the request and talked to the family."""
    taken = taking.take(received(**facts), stamp(25))
    confirmed = NeedChanges(confirmed=tuple(need.need_id for need in taken.needs))
    return taken.change_needs(stamp(50), confirmed, by_family=False)


def waiting(**facts: object) -> Case:
    """The marker is set; no guardian yet."""
    return care_track.require_care(
        in_review(**facts), stamp(70), family(), "alone_with_children", long_term_need=True
    )


def matched(**facts: object) -> Case:
    """A guardian is proposed."""
    return care_track.proposed(waiting(**facts), stamp(80), MATCH, GUARDIAN)


def in_care(**facts: object) -> Case:
    """The first help was given."""
    agreed = care_track.agreed(
        care_track.introduced(matched(**facts), stamp(90), MATCH), stamp(95), MATCH
    )
    return care_track.started(agreed, stamp(100), MATCH, date(2026, 9, 18))


def one_time(**facts: object) -> Case:
    """One help will do."""
    return in_review(**facts).decide(stamp(60), triage("one_time"))


def closed(**facts: object) -> Case:
    """The case is over."""
    return in_review(**facts).close(stamp(200), ClosedReason.DECLINED)


def triage(decision: str, **particulars: str) -> Triage:
    """What a coordinator decides."""
    return Triage(decision=decision, by="HQ-1", at=START, **particulars)


IN_STATUS = {
    Status.RECEIVED: received,
    Status.IN_REVIEW: in_review,
    Status.ONE_TIME_HELP: one_time,
    Status.CARE_REQUIRED: waiting,
    Status.MATCHED: matched,
    Status.IN_CARE: in_care,
    Status.CLOSED: closed,
}


def aid(**facts: object) -> Aid:
    """One food kit."""
    plain: dict[str, object] = {
        "aid_id": "aid_1",
        "category": "food_aid",
        "persons": 4,
        "legal_basis": "programme",
        "at": START,
        "by": "HQ-1",
    }
    return Aid.model_validate(plain | facts)


def outcome(minutes: int, *met: str) -> Outcome:
    """What the coordinator saw."""
    return Outcome(
        outcome="partial_stability",
        needs_met=met,
        at=START + timedelta(minutes=minutes),
        by="HQ-1",
    )
