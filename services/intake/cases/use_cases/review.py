"""What headquarters does with a case it has taken: clarify it, decide, record what was done."""

from services.intake.cases import care_track
from services.intake.cases.commands import (
    ClarifyNeeds,
    LiftCare,
    RecordOutcome,
    RequireCare,
    TriageCase,
)
from services.intake.cases.decisions import Outcome, Triage
from services.intake.cases.domain import Case
from services.intake.cases.policy import load_authorised
from services.intake.cases.repository import NOTE, Cases, sealed_words
from services.intake.cases.use_cases.need_changes import OF_CASE, changed_words, need_changes
from services.intake.cases.values import CaseId, Status
from services.intake.codes.values import TriageDecision
from services.intake.families.policy import stamp
from services.intake.providers.domain import RETIRED
from services.intake.providers.policy import load_chosen
from services.intake.providers.repository import Providers
from shared import ids
from shared.errors import Invalid
from shared.principal import Principal
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext, Receipt


def clarify_needs(
    case_id: CaseId, body: ClarifyNeeds, context: CommandContext, cases: Cases, vault: Vault
) -> Receipt:
    """Write down what the family needs after talking to it."""
    file = load_authorised(case_id, "clarify_needs", context.actor, cases)
    now, record = stamp(context), ids.new(OF_CASE)
    changes, words = need_changes(body, now, record, clarified=True)
    after = file.case.change_needs(now, changes, by_family=False, urgency=body.urgency)
    writes = changed_words(file.case, after, record, words, vault)
    return cases.save_change(context, file, after, writes=writes)


def triage_case(
    case_id: CaseId,
    body: TriageCase,
    context: CommandContext,
    cases: Cases,
    providers: Providers,
) -> Receipt:
    """Decide what kind of answer the family gets."""
    _check_particulars(body)
    if body.decision is TriageDecision.CARE:
        # The marker is one right, "require_care", by whichever route it is put.
        return require_care(case_id, _marker(body), context, cases)
    file = load_authorised(case_id, "triage_case", context.actor, cases)
    context.reason = body.reason
    now = stamp(context)
    provider, reason = _particulars(file.case, body, context.actor, providers)
    triage = Triage(decision=body.decision, provider=provider, reason=reason, by=now.by, at=now.at)
    return cases.save_change(context, file, file.case.decide(now, triage))


def require_care(
    case_id: CaseId, body: RequireCare, context: CommandContext, cases: Cases
) -> Receipt:
    """Put the marker «guardianship required»."""
    file = load_authorised(case_id, "require_care", context.actor, cases)
    case, family = file
    if case.status is Status.CARE_REQUIRED and body.long_term_need:
        return cases.save_change(context, file, case)
    context.reason = body.reason
    after = care_track.require_care(
        case, stamp(context), family, body.reason, long_term_need=body.long_term_need
    )
    return cases.save_change(context, file, after)


def lift_care(case_id: CaseId, body: LiftCare, context: CommandContext, cases: Cases) -> Receipt:
    """Lift the marker «guardianship required»."""
    file = load_authorised(case_id, "lift_care", context.actor, cases)
    context.reason = body.reason
    lifted = care_track.lift_care(file.case, stamp(context), body.reason)
    return cases.save_change(context, file, lifted)


def record_outcome(
    case_id: CaseId,
    body: RecordOutcome,
    context: CommandContext,
    cases: Cases,
    vault: Vault,
) -> Receipt:
    """Record what the care has changed so far."""
    file = load_authorised(case_id, "record_outcome", context.actor, cases)
    now, record = stamp(context), ids.new(OF_CASE)
    outcome = Outcome(
        outcome=body.outcome,
        needs_met=tuple(body.needs_met),
        note_ref=None if body.note is None else record,
        at=now.at,
        by=now.by,
    )
    words = {} if body.note is None else {NOTE: body.note}
    after = care_track.record_outcome(file.case, now, outcome)
    writes = sealed_words(file.case.family_id, record, words, vault)
    return cases.save_change(context, file, after, writes=writes)


# What a decision needs beside itself, by the field that says it.
_PARTICULARS = {
    "reason": TriageDecision.DECLINE,
    "provider_id": TriageDecision.REDIRECT,
    "long_term_need": TriageDecision.CARE,
    "care_reason": TriageDecision.CARE,
}


def _check_particulars(body: TriageCase) -> None:
    """Refuse what belongs to another decision: one of both would not be meant."""
    for field, decision in _PARTICULARS.items():
        if body.decision is not decision and getattr(body, field):
            raise Invalid("of_another_decision", f"/{field}")


def _marker(body: TriageCase) -> RequireCare:
    if body.care_reason is None:
        raise Invalid("reason_required", "/care_reason")
    return RequireCare(long_term_need=body.long_term_need, reason=body.care_reason)


def _particulars(
    case: Case, body: TriageCase, principal: Principal, providers: Providers
) -> tuple[str | None, str | None]:
    """Return the provider and the reason that a decision needs, or refuse it without them."""
    if body.decision is TriageDecision.ONE_TIME:
        return None, None
    if body.decision is TriageDecision.DECLINE:
        if body.reason is None:
            raise Invalid("reason_required", "/reason")
        return None, body.reason
    if body.provider_id is None:
        raise Invalid("provider_required", "/provider_id")
    if load_chosen(body.provider_id, case.region, principal, providers).retired_at is not None:
        raise Invalid(RETIRED, "/provider_id")
    return body.provider_id, None
