"""Which change of a case makes which event: derived from the change, so that none is forgotten."""

from collections.abc import Iterable, Iterator
from typing import Any, TypedDict

from services.intake.cases.coordination import taking
from services.intake.cases.coordination.limits import is_urgent
from services.intake.cases.coordination.referrals import LOST, referred_to
from services.intake.cases.decisions import Aid
from services.intake.cases.domain import TAKE_ESCALATION, TAKE_REMINDER, Case
from services.intake.cases.values import Need, Status
from services.intake.codes.values import LiftReason, ReopenReason
from services.intake.families.domain import Family
from shared.events.base import Event
from shared.events.intake import (
    AidRecorded,
    CareDetailsChanged,
    CareRequired,
    CareRequirementLifted,
    CaseClosed,
    CaseReopened,
    CaseTaken,
    CaseUntaken,
    NeedsChanged,
    NeedState,
    OutcomeRecorded,
    RequestTriaged,
)
from shared.events.intake_aids import AidCorrected, CountedAid, ReferralLost

# What a family itself changed about its needs, by whichever way.
OF_REQUEST = ("asked_again", "mended", "disowned", "addition_withdrawn")
BY_FAMILY = ("needs_corrected", *OF_REQUEST)
LOOKED = ("triaged", "needs_clarified")
ON_CARE_TRACK = (Status.CARE_REQUIRED, Status.MATCHED, Status.IN_CARE)


class _EventFields(TypedDict):
    region: str
    programme: str
    case_id: str
    family_id: str


def of_change(before: Case, after: Case, family: Family) -> list[Event]:
    """Return the events of a step of a case, in order; `family` is as the step leaves it."""
    return [
        *_coordination(before, after),
        *_decisions(before, after),
        *_help(before, after),
        *_status_changes(before, after, family),
        *_referral(before, after),
    ]


def _coordination(before: Case, after: Case) -> Iterator[Event]:
    for rung in after.fired[len(before.fired) :]:
        if rung in (TAKE_REMINDER, TAKE_ESCALATION):
            yield CaseUntaken(
                **_event_fields(after),
                district_id=after.district,
                number=after.number,
                urgent=is_urgent(after),
                climbs=rung == TAKE_ESCALATION,
                waiting_since=after.waiting_since,
            )
    if after.taken_by is not None and after.taken_by != before.taken_by:
        last = after.history[-1]
        with_caseload = last.what == taking.HANDED_OVER
        taken_over = with_caseload or last.what == taking.TAKEN_OVER
        yield CaseTaken(
            **_event_fields(after),
            district_id=after.district,
            number=after.number,
            taken_by=after.taken_by,
            taken_from=before.taken_by if taken_over else None,
            reason=last.reason if taken_over else None,
            with_caseload=with_caseload,
        )


def of_family_change(before: Family, after: Family, was: Case, now: Case) -> list[Event]:
    """Return what matching must know of a change of the family of an open case."""
    known = _care_details(before, was)
    details = _care_details(after, now)
    on_track = {was.status, now.status} <= {*ON_CARE_TRACK}
    return [details] if on_track and details != known else []


def as_guardians_see(family: Family, case: Case) -> list[Event]:
    """Return what matching must know now of a family whose earlier facts are not at hand."""
    return [_care_details(family, case)] if case.status in ON_CARE_TRACK else []


def _care_details(family: Family, case: Case) -> Event:
    return CareDetailsChanged(**_event_fields(case), **_judged(family, case))


def _judged(family: Family, case: Case) -> dict[str, Any]:
    """Return what guardians are judged by for a family in a case."""
    return {
        "district_id": case.district,
        "excluded_guardians": family.exclusions,
        "size_band": family.size_band,
        "urgent": is_urgent(case),
        "language": family.language,
        "preferred_time": family.preferred_time,
        "traits": family.traits,
        "home_conditions": family.home_conditions,
    }


def _decisions(before: Case, after: Case) -> Iterator[Event]:
    if after.triage is not None and after.triage != before.triage:
        yield RequestTriaged(
            **_event_fields(after), decision=after.triage.decision, district_id=after.district
        )
    # Headquarters has looked, also where it changed no more than whether the case can wait.
    looked = after.history != before.history and after.history[-1].what == "needs_clarified"
    if looked or after.needs != before.needs:
        unchanged = _unchanged(before, after)
        yield NeedsChanged(
            **_event_fields(after),
            categories=_categories(need for need in after.needs if need.need_id not in unchanged),
            needs=_states(after.needs),
            by_family=after.history[-1].what in BY_FAMILY,
            decided=after.status not in (Status.RECEIVED, Status.IN_REVIEW),
            request_id=_joined_request(after),
            match_id=after.match.match_id if after.match else None,
        )


def _help(before: Case, after: Case) -> Iterator[Event]:
    known, left = ({aid.aid_id: aid for aid in case.aids} for case in (before, after))
    for aid in (aid for aid in after.aids if aid.aid_id not in known):
        yield AidRecorded(
            **_event_fields(after),
            aid_id=aid.aid_id,
            category=aid.category,
            persons=aid.persons,
            beneficiary_key=after.beneficiary_key,
            legal_basis=aid.legal_basis,
            funding_project=aid.funding_project,
        )
    for former in before.aids:
        if former != (now := left.get(former.aid_id)):
            yield AidCorrected(
                **_event_fields(after),
                aid_id=former.aid_id,
                recorded_at=former.at,
                former=_counted(former),
                corrected=None if now is None else _counted(now),
                to_review=now is None and _only_answer(former.aid_id, after),
            )
    for outcome in after.outcomes[len(before.outcomes) :]:
        yield OutcomeRecorded(
            **_event_fields(after), outcome=outcome.outcome, needs_met=outcome.needs_met
        )


def _only_answer(aid_id: str, after: Case) -> bool:
    """Whether an aid that is none was all that was done since the family of an open case asked."""
    asked = [n for n, line in enumerate(after.history, 1) if line.what == "asked_again"]
    done = after.history[asked[-1] :] if asked else ()
    aids = {line.ref for line in done if line.what == "aid_recorded"}
    looked = any(line.what in LOOKED for line in done)
    given = aids & {aid.aid_id for aid in after.aids}
    return after.open and aid_id in aids and not (looked or given)


def _counted(aid: Aid) -> CountedAid:
    return CountedAid(
        category=aid.category,
        persons=aid.persons,
        legal_basis=aid.legal_basis,
        funding_project=aid.funding_project,
    )


def _status_changes(before: Case, after: Case, family: Family) -> Iterator[Event]:
    if after.status is before.status:
        return
    if after.status is Status.CARE_REQUIRED and after.care is not None:
        yield CareRequired(
            **_event_fields(after),
            **_judged(family, after),
            needs=_states(after.open_needs),
            number=after.number,
            flagged_at=after.care.at,
            waits_since=after.history[-1].at,
            again=before.status in ON_CARE_TRACK,
        )
    if after.status is Status.IN_REVIEW and before.status in ON_CARE_TRACK:
        yield CareRequirementLifted(
            **_event_fields(after), reason=after.history[-1].reason or LiftReason.NOT_NEEDED
        )
    if after.status is Status.CLOSED and after.closed_reason is not None:
        yield CaseClosed(
            **_event_fields(after), reason=after.closed_reason, last=not family.open_cases
        )
    if before.status is Status.CLOSED:
        yield CaseReopened(
            **_event_fields(after),
            reason=after.history[-1].reason or ReopenReason.NEW_REQUEST,
            in_care=after.status is Status.IN_CARE,
        )


def _referral(before: Case, after: Case) -> Iterator[Event]:
    if (provider := referred_to(before)) is not None and after.history[-1].what == LOST:
        yield ReferralLost(**_event_fields(after), district_id=after.district, provider_id=provider)


def _event_fields(case: Case) -> _EventFields:
    return {
        "region": case.region,
        "programme": case.programme,
        "case_id": case.case_id,
        "family_id": case.family_id,
    }


def _joined_request(case: Case) -> str | None:
    """Return the request whose words the last step added or put right."""
    last = case.history[-1]
    return last.ref if last.what in OF_REQUEST else None


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
