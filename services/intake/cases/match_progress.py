"""What matches mean for a case.

Events come at least once and in any order. A fact about a match that is over is ignored; one about
a match we have not heard of yet waits (PreconditionPending) until its proposal has arrived.
"""

from datetime import date
from typing import Any

from services.intake.cases.domain import Case
from services.intake.cases.values import OpenMatch, Stamp
from services.intake.codes.values import ClosedReason, Purpose, Status
from shared.errors import PreconditionPending

CONFLICT = "conflict"


def proposed(case: Case, stamp: Stamp, match_id: str, guardian_id: str) -> Case:
    """A guardian is tried: the case waits for the introduction."""
    if match_id in case.past_matches:
        return case
    if case.match is not None and case.match.match_id == match_id:
        return case
    if case.match is not None and stamp.at >= case.match.proposed_at:
        raise PreconditionPending(case.case_id)
    if case.status is not Status.CARE_REQUIRED:
        return _ignored(case, stamp, match_id)
    match = OpenMatch(match_id=match_id, guardian_id=guardian_id, proposed_at=stamp.at)
    return case.step(stamp, "match_proposed", ref=match_id, status=Status.MATCHED, match=match)


def lost(case: Case, stamp: Stamp, match_id: str, what: str, reason: str) -> Case:
    """A match came to nothing before care began: the family waits on, its age counted on."""
    match = case.match
    if match is None or match.match_id != match_id:
        return _of_no_open_match(case, stamp, match_id)
    return _without_guardian(case.step(stamp, what, ref=match_id, reason=reason), stamp, match_id)


def introduced(case: Case, stamp: Stamp, match_id: str) -> Case:
    """Family and guardian know each other; from now on the guardian may have the contact."""
    match = case.match
    if match is None or match.match_id != match_id:
        return _of_no_open_match(case, stamp, match_id)
    met = match.model_copy(update={"introduced": True})
    return case.step(stamp, "introduction_held", ref=match_id, match=met)


def agreed(case: Case, stamp: Stamp, match_id: str) -> Case:
    """Both sides have signed."""
    match = case.match
    if match is None or match.match_id != match_id:
        return _of_no_open_match(case, stamp, match_id)
    signed = match.model_copy(update={"agreed": True, "introduced": True})
    return case.step(stamp, "care_agreement_signed", ref=match_id, match=signed)


def started(case: Case, stamp: Stamp, match_id: str, started_on: date) -> Case:
    """The first help was given."""
    match = case.match
    if match is None or match.match_id != match_id:
        return _of_no_open_match(case, stamp, match_id)
    if case.status is Status.IN_CARE:
        return case
    begun = match.model_copy(update={"started_on": started_on.isoformat()})
    return case.step(
        stamp,
        "care_started",
        ref=match_id,
        status=Status.IN_CARE,
        match=begun,
        in_care_since=stamp.at,
    )


def ended(case: Case, stamp: Stamp, match_id: str, reason: str) -> Case:
    """Care is over: the case closes when no need is open, else the family waits again."""
    match = case.match
    if match is None or match.match_id != match_id:
        return _of_no_open_match(case, stamp, match_id)
    case = case.step(stamp, "care_ended", ref=match_id, reason=reason)
    if reason == CONFLICT:
        excluded = (*case.excluded_guardians, match.guardian_id)
        case = case.model_copy(update={"excluded_guardians": excluded})
    return _without_guardian(case, stamp, match_id)


def _without_guardian(case: Case, stamp: Stamp, match_id: str) -> Case:
    if not case.open_needs:
        return case.close(stamp, ClosedReason.ALL_NEEDS_MET)
    cleared: dict[str, Any] = {
        "match": None,
        "past_matches": (*case.past_matches, match_id),
        "in_care_since": None,
        "record_missing": False,
    }
    if case.allows(Purpose.SHARE_NEED_CATEGORIES) and case.care is not None:
        return case.step(stamp, "care_required", status=Status.CARE_REQUIRED, **cleared)
    return case.step(
        stamp,
        "care_lifted",
        reason="consent_withdrawn",
        status=Status.IN_REVIEW,
        care=None,
        **cleared,
    )


def _ignored(case: Case, stamp: Stamp, match_id: str) -> Case:
    past = (*case.past_matches, match_id)
    return case.step(stamp, "match_came_late", ref=match_id, past_matches=past)


def _of_no_open_match(case: Case, stamp: Stamp, match_id: str) -> Case:
    """A match that is over; raises PreconditionPending for one that we have not heard of."""
    if match_id in case.past_matches:
        return case
    if case.status is Status.CLOSED:
        return _ignored(case, stamp, match_id)
    raise PreconditionPending(case.case_id)
