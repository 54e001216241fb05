"""Which change of a case makes which event: derived from the change, so that none is forgotten."""

from collections.abc import Iterable, Iterator
from typing import TypedDict

from services.intake.cases.domain import Case
from services.intake.cases.values import Need, Status
from services.intake.codes.values import LiftReason, ReopenReason, Urgency
from shared.events.base import Event
from shared.events.intake import (
    AidRecorded,
    CareRequired,
    CareRequirementLifted,
    CaseClosed,
    CaseReopened,
    FamilyErased,
    NeedsChanged,
    NeedState,
    OutcomeRecorded,
    RequestReceived,
    RequestTriaged,
)

ON_CARE_TRACK = (Status.CARE_REQUIRED, Status.MATCHED, Status.IN_CARE)


class _EventFields(TypedDict):
    region: str
    programme: str
    case_id: str


def of_arrival(case: Case) -> list[Event]:
    """Return the event of a request that came in."""
    return [
        RequestReceived(
            **_event_fields(case),
            channel=case.channel,
            district_id=case.district,
            urgent=any(need.urgency is Urgency.URGENT for need in case.needs),
        )
    ]


def of_change(before: Case, after: Case) -> list[Event]:
    """Return the events of a step of a case, in order."""
    kinds = (_decisions, _help, _status_changes, _erasure)
    return [event for kind in kinds for event in kind(before, after)]


def _decisions(before: Case, after: Case) -> Iterator[Event]:
    if after.triage is not None and after.triage != before.triage:
        yield RequestTriaged(
            **_event_fields(after), decision=after.triage.decision, district_id=after.district
        )
    if after.needs != before.needs:
        unchanged = _unchanged(before, after)
        yield NeedsChanged(
            **_event_fields(after),
            categories=_categories(need for need in after.needs if need.need_id not in unchanged),
            needs=_states(after.needs),
            by_family=after.history[-1].what == "needs_corrected",
            match_id=after.match.match_id if after.match else None,
        )


def _help(before: Case, after: Case) -> Iterator[Event]:
    for aid in after.aids[len(before.aids) :]:
        yield AidRecorded(
            **_event_fields(after),
            aid_id=aid.aid_id,
            category=aid.category,
            persons=aid.persons,
            beneficiary_key=after.beneficiary_key,
        )
    for outcome in after.outcomes[len(before.outcomes) :]:
        yield OutcomeRecorded(
            **_event_fields(after), outcome=outcome.outcome, needs_met=outcome.needs_met
        )


def _status_changes(before: Case, after: Case) -> Iterator[Event]:
    if after.status is before.status:
        return
    if after.status is Status.CARE_REQUIRED and after.care is not None:
        yield CareRequired(
            **_event_fields(after),
            district_id=after.district,
            needs=_states(after.open_needs),
            excluded_guardians=after.excluded_guardians,
            flagged_at=after.care.at,
            again=before.status in ON_CARE_TRACK,
        )
    if after.status is Status.IN_REVIEW and before.status in ON_CARE_TRACK:
        yield CareRequirementLifted(
            **_event_fields(after), reason=after.history[-1].reason or LiftReason.NOT_NEEDED
        )
    if after.status is Status.CLOSED and after.closed_reason is not None:
        yield CaseClosed(**_event_fields(after), reason=after.closed_reason)
    if after.status is Status.IN_REVIEW and before.status is Status.CLOSED:
        yield CaseReopened(
            **_event_fields(after), reason=after.history[-1].reason or ReopenReason.NEW_REQUEST
        )


def _erasure(before: Case, after: Case) -> Iterator[Event]:
    if after.erased_at is not None and before.erased_at is None:
        yield FamilyErased(**_event_fields(after))


def _event_fields(case: Case) -> _EventFields:
    return {"region": case.region, "programme": case.programme, "case_id": case.case_id}


def _unchanged(before: Case, after: Case) -> set[str]:
    known = {need.need_id: need for need in before.needs}
    return {need.need_id for need in after.needs if known.get(need.need_id) == need}


def _states(needs: Iterable[Need]) -> tuple[NeedState, ...]:
    return tuple(
        NeedState(need_id=need.need_id, category=need.category, status=need.status)
        for need in needs
    )


def _categories(needs: Iterable[Need]) -> tuple[str, ...]:
    return tuple(sorted({need.category for need in needs}))
