"""What the marker «guardianship required», matches and outcomes of care do to a case.

Events of matching come at least once and in any order. A fact about a match that is over is
ignored; one about a match that is not known yet waits (PreconditionPending) until its proposal has
arrived.
"""

from datetime import date
from typing import Any

from services.intake.cases.decisions import (
    CareMarker,
    LeftCare,
    OpenMatch,
    Outcome,
    Triage,
    left_by,
)
from services.intake.cases.domain import OUTCOME_MISSING, Case
from services.intake.cases.values import NeedChanges, Status
from services.intake.codes.values import (
    ClosedReason,
    ConsentPurpose,
    GuardianProgramme,
    LiftReason,
    TriageDecision,
)
from services.intake.families.domain import Family
from services.intake.families.values import Stamp
from shared.errors import PreconditionPending

# The reason of matching's CareEnded after which this guardian is not tried again.
CONFLICT = "conflict"


def require_care(
    case: Case, stamp: Stamp, family: Family, reason: str, *, long_term_need: bool
) -> Case:
    """Put the marker «guardianship required» on a case."""
    if case.programme not in tuple(GuardianProgramme):
        raise case._refusal("programme_without_guardians")
    case._require("require_care")
    if not long_term_need:
        raise case._refusal("needs_no_long_term_help")
    if (hindered := hindrance(case, family)) is not None:
        raise case._refusal(hindered)
    return case.record(
        stamp,
        "care_required",
        reason,
        status=Status.CARE_REQUIRED,
        triage=Triage(decision=TriageDecision.CARE, reason=reason, by=stamp.by, at=stamp.at),
        care=CareMarker(reason=reason, by=stamp.by, at=stamp.at),
    )


def lift_care(case: Case, stamp: Stamp, reason: str) -> Case:
    """Lift the marker and review the case again, while no guardian is proposed or helps."""
    if case.status in (Status.MATCHED, Status.IN_CARE):
        raise case._refusal("case_has_guardian")
    case._require("lift_care")
    return case.record(stamp, "care_lifted", reason, status=Status.IN_REVIEW, care=None)


def hindrance(case: Case, family: Family) -> str | None:
    """Return what has to be done before the marker can be put; None when nothing has."""
    if family.anonymous or family.contact is None:
        return "family_is_anonymous"
    if not has_clarified_need(case):
        return "no_clarified_need"
    allows = family.allows(ConsentPurpose.SHARE_NEED_CATEGORIES)
    return None if allows else "no_consent_to_share"


def has_clarified_need(case: Case) -> bool:
    """Whether headquarters has asked the family about a need that is open."""
    return any(need.clarified for need in case.open_needs)


def stop_search(case: Case, stamp: Stamp, reason: str) -> Case:
    """Review a case again that no guardian may be shown any more; a proposal is over by that.

    One whose first help is under way at this moment goes on as a care, once that is heard of.
    """
    if case.status not in (Status.CARE_REQUIRED, Status.MATCHED):
        return case
    left = left_by(case.match, case.care, case.in_care_since, case.past_matches)
    return case.record(stamp, "care_lifted", reason, status=Status.IN_REVIEW, **left)


def record_outcome(case: Case, stamp: Stamp, outcome: Outcome) -> Case:
    """Record what the care has changed so far; the next outcome is due a month later."""
    case._require("record_outcome")
    met = NeedChanges(met=outcome.needs_met, met_field="needs_met")
    return case._rearm(OUTCOME_MISSING).record(
        stamp,
        "outcome_recorded",
        ref=outcome.outcome,
        needs=met.apply(case.needs, by=stamp.by, at=stamp.at, clarifies=True),
        outcomes=(*case.outcomes, outcome),
    )


def miss_outcome(case: Case, stamp: Stamp) -> Case:
    """List a case among those whose outcome is missing, after 31 days of care without one."""
    return case._fire(OUTCOME_MISSING).record(stamp, OUTCOME_MISSING)


# what matching has decided ----------------------------------------------------------------


def proposed(case: Case, stamp: Stamp, match_id: str, guardian_id: str) -> Case:
    """Let a case wait for the introduction of the proposed guardian."""
    if match_id in case.past_matches or _open_match(case, match_id) is not None:
        return case
    if case.match is not None and stamp.at >= case.match.proposed_at:
        raise PreconditionPending(case.case_id)
    if case.status is not Status.CARE_REQUIRED:
        return _ignored(case, stamp, match_id)
    match = OpenMatch(match_id=match_id, guardian_id=guardian_id, proposed_at=stamp.at)
    return case.record(stamp, "match_proposed", ref=match_id, status=Status.MATCHED, match=match)


def abandoned(
    case: Case, stamp: Stamp, family: Family, match_id: str, what: str, reason: str
) -> Case:
    """Let the family wait on, with its old age, when a match ends before care began."""
    if _left_match(case, match_id) is not None:
        return case._with(left_care=None)
    if _open_match(case, match_id) is None:
        return _without_effect(case, stamp, match_id)
    return _without_guardian(case.record(stamp, what, reason, match_id), stamp, family, match_id)


def introduced(case: Case, stamp: Stamp, match_id: str) -> Case:
    """Release the contact to the guardian that the family has met."""
    match = _open_match(case, match_id)
    if match is None:
        return _without_effect(case, stamp, match_id)
    met = match.model_copy(update={"introduced": True})
    return case.record(stamp, "introduction_held", ref=match_id, match=met)


def agreed(case: Case, stamp: Stamp, match_id: str) -> Case:
    """Note that family and guardian have signed the care agreement."""
    match = _open_match(case, match_id)
    if match is None:
        return _without_effect(case, stamp, match_id)
    signed = match.model_copy(update={"agreed": True, "introduced": True})
    return case.record(stamp, "care_agreement_signed", ref=match_id, match=signed)


def started(case: Case, stamp: Stamp, match_id: str, started_on: date) -> Case:
    """Begin the care of a case with the first help."""
    left = case.left_care
    if left is not None and left.match.match_id == match_id:
        return _started_before_the_end(case, stamp, left, started_on)
    match = _open_match(case, match_id)
    if match is None:
        return _without_effect(case, stamp, match_id)
    if case.status is Status.IN_CARE:
        return case
    begun = match.model_copy(update={"started_on": started_on, "introduced": True})
    care: dict[str, Any] = {"match": begun, "in_care_since": stamp.at}
    return case.record(stamp, "care_started", ref=match_id, status=Status.IN_CARE, **care)


def ended(case: Case, stamp: Stamp, family: Family, match_id: str, reason: str) -> Case:
    """Close a case whose care ended with no open need, else let the family wait again.

    A case that was closed while the care ran has none to go on with from now on.
    """
    if _left_match(case, match_id) is not None:
        return case.record(stamp, "care_ended", reason, match_id, left_care=None)
    if _open_match(case, match_id) is None:
        return _without_effect(case, stamp, match_id)
    over = case.record(stamp, "care_ended", reason, match_id)
    return _without_guardian(over, stamp, family, match_id)


def excluded(case: Case, match_id: str, reason: str) -> str | None:
    """Return the guardian that the family is never proposed to again, when care so ends."""
    match = _open_match(case, match_id) or _left_match(case, match_id)
    return match.guardian_id if match is not None and reason == CONFLICT else None


def is_over(case: Case, match_id: str) -> bool:
    """Whether it is heard that a match is over; the care of a closed case may run on."""
    return match_id in case.past_matches and _left_match(case, match_id) is None


def _open_match(case: Case, match_id: str) -> OpenMatch | None:
    return case.match if case.match is not None and case.match.match_id == match_id else None


def _left_match(case: Case, match_id: str) -> OpenMatch | None:
    left = case.left_care
    return left.match if left is not None and left.match.match_id == match_id else None


def _started_before_the_end(case: Case, stamp: Stamp, left: LeftCare, started_on: date) -> Case:
    """Let a case go on in a care that had begun; one that is reviewed or waits is in it."""
    if left.since is not None:
        return case
    begun = left.begun(started_on, stamp.at)
    care: dict[str, Any] = {"left_care": begun}
    if case.status in (Status.IN_REVIEW, Status.CARE_REQUIRED):
        care = {"status": Status.IN_CARE, **begun.again(case.past_matches)}
    return case.record(stamp, "care_started", ref=left.match.match_id, **care)


def _without_guardian(case: Case, stamp: Stamp, family: Family, match_id: str) -> Case:
    """Return a case whose match is over: closed, waiting again, or back in review."""
    past = (*case.past_matches, match_id)
    alone: dict[str, Any] = {"match": None, "past_matches": past, "in_care_since": None}
    if not case.open_needs:
        return case._with(**alone).close(stamp, ClosedReason.ALL_NEEDS_MET)
    case = case._rearm(OUTCOME_MISSING)
    if family.allows(ConsentPurpose.SHARE_NEED_CATEGORIES) and case.care is not None:
        return case.record(stamp, "care_required", status=Status.CARE_REQUIRED, **alone)
    back = {"status": Status.IN_REVIEW, "care": None}
    return case.record(stamp, "care_lifted", LiftReason.CONSENT_WITHDRAWN, **back, **alone)


def _without_effect(case: Case, stamp: Stamp, match_id: str) -> Case:
    """Ignore a match that is over; raises PreconditionPending for one that is not known yet."""
    if match_id in case.past_matches:
        return case
    if case.status is Status.CLOSED:
        return _ignored(case, stamp, match_id)
    raise PreconditionPending(case.case_id)


def _ignored(case: Case, stamp: Stamp, match_id: str) -> Case:
    past = (*case.past_matches, match_id)
    return case.record(stamp, "match_came_late", ref=match_id, past_matches=past)
