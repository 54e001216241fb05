"""What headquarters does with a request: take it, clarify it, decide, record what was done."""

from services.intake.cases import care_track
from services.intake.cases.commands import (
    ClarifyNeeds,
    LiftCare,
    RecordAid,
    RecordOutcome,
    RequireCare,
    TriageRequest,
)
from services.intake.cases.domain import OUTCOME_MISSING, Case
from services.intake.cases.policy import load_authorised, stamp
from services.intake.cases.repository import NOTE, UTC, Cases, sealed_words
from services.intake.cases.use_cases.need_changes import need_changes
from services.intake.cases.values import Aid, Outcome, RequestId, Status, Triage
from services.intake.codes.values import TriageDecision
from services.intake.providers.repository import Providers
from shared import ids
from shared.errors import Invalid
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext, Receipt


def take_request(request_id: RequestId, context: CommandContext, cases: Cases) -> Receipt:
    """Make a waiting request yours."""
    case = load_authorised(request_id, "take_request", context.actor, cases)
    mine = case.status is Status.IN_REVIEW and case.taken_by == context.actor.id
    return cases.save_change(context, case, case if mine else case.take(stamp(context)))


def clarify_needs(
    request_id: RequestId, body: ClarifyNeeds, context: CommandContext, cases: Cases, vault: Vault
) -> Receipt:
    """Write down what the family needs after talking to it."""
    case = load_authorised(request_id, "clarify_needs", context.actor, cases)
    now, record = stamp(context), ids.new("txt")
    changes, words = need_changes(body, now, record, clarified=True)
    after = case.change_needs(now, changes, by_family=False)
    writes = sealed_words(case.case_id, record, words, vault)
    return cases.save_change(context, case, after, writes=writes)


def triage_request(
    request_id: RequestId,
    body: TriageRequest,
    context: CommandContext,
    cases: Cases,
    providers: Providers,
) -> Receipt:
    """Decide what kind of answer the request gets."""
    if body.decision is TriageDecision.CARE:
        # The marker is one right, "require_care", by whichever route it is put.
        return require_care(request_id, _marker(body), context, cases)
    case = load_authorised(request_id, "triage_request", context.actor, cases)
    context.reason = body.reason
    now = stamp(context)
    provider, reason = _particulars(case, body, providers)
    triage = Triage(decision=body.decision, provider=provider, reason=reason, by=now.by, at=now.at)
    return cases.save_change(context, case, case.decide(now, triage))


def require_care(
    request_id: RequestId, body: RequireCare, context: CommandContext, cases: Cases
) -> Receipt:
    """Put the marker «guardianship required»."""
    case = load_authorised(request_id, "require_care", context.actor, cases)
    if case.status is Status.CARE_REQUIRED:
        return cases.save_change(context, case, case)
    context.reason = body.reason
    after = care_track.require_care(
        case, stamp(context), body.reason, long_term_need=body.long_term_need
    )
    return cases.save_change(context, case, after)


def lift_care(
    request_id: RequestId, body: LiftCare, context: CommandContext, cases: Cases
) -> Receipt:
    """Lift the marker «guardianship required»."""
    case = load_authorised(request_id, "lift_care", context.actor, cases)
    context.reason = body.reason
    return cases.save_change(context, case, case.lift_care(stamp(context), body.reason))


def record_aid(
    request_id: RequestId,
    body: RecordAid,
    context: CommandContext,
    cases: Cases,
    providers: Providers,
) -> Receipt:
    """Record the one help that was given; it closes the case."""
    case = load_authorised(request_id, "record_aid", context.actor, cases)
    now = stamp(context)
    if body.provider_id is not None:
        _check_provider(case, body.provider_id, providers)
    aid = Aid(
        aid_id=ids.new("aid"),
        category=body.category,
        persons=body.persons,
        legal_basis=body.legal_basis,
        provider=body.provider_id,
        funding_project=body.funding_project,
        at=now.at,
        by=now.by,
    )
    return cases.save_change(context, case, case.record_aid(now, aid))


def record_outcome(
    request_id: RequestId,
    body: RecordOutcome,
    context: CommandContext,
    cases: Cases,
    vault: Vault,
) -> Receipt:
    """Record what the care has changed so far."""
    case = load_authorised(request_id, "record_outcome", context.actor, cases)
    now, record = stamp(context), ids.new("txt")
    outcome = Outcome(
        outcome=body.outcome,
        needs_met=tuple(body.needs_met),
        note_ref=None if body.note is None else record,
        at=now.at,
        by=now.by,
    )
    words = {} if body.note is None else {NOTE: body.note}
    after = care_track.record_outcome(case, now, outcome)
    writes = sealed_words(case.case_id, record, words, vault)
    return cases.save_change(context, case, after, writes=writes)


def outcome_due(case_id: str, context: CommandContext, cases: Cases) -> None:
    """Put a case on the list of missing records after 31 days of care without an outcome."""
    case = cases.get(case_id)
    now = stamp(context)
    if OUTCOME_MISSING in case.due(now.at, UTC):
        cases.save_change(context, case, care_track.miss_outcome(case, now))


def _marker(body: TriageRequest) -> RequireCare:
    if body.care_reason is None:
        raise Invalid("reason_required", "/care_reason")
    return RequireCare(long_term_need=body.long_term_need, reason=body.care_reason)


def _particulars(
    case: Case, body: TriageRequest, providers: Providers
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
    _check_provider(case, body.provider_id, providers)
    return body.provider_id, None


def _check_provider(case: Case, provider_id: str, providers: Providers) -> None:
    """Refuse a provider that does not work in the family's region."""
    provider = providers.find(provider_id)
    if provider is None or provider.region != case.region:
        raise Invalid("unknown_provider", "/provider_id")
