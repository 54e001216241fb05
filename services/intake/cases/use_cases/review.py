"""What headquarters does with a request: take it, clarify it, decide, record what came of it."""

from services.intake.cases.commands import (
    ClarifyNeeds,
    LiftCare,
    RecordAid,
    RecordOutcome,
    RequireCare,
    TriageRequest,
)
from services.intake.cases.domain import Case
from services.intake.cases.policy import Desk, stamp
from services.intake.cases.use_cases.need_changes import need_changes
from services.intake.cases.values import Aid, Outcome, Stamp
from services.intake.codes.values import TriageDecision
from shared import ids
from shared.errors import Invalid
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.rows import RawWrite

NOTE = "note"


def take_request(case_id: str, context: CommandContext, desk: Desk) -> Receipt:
    """Make a waiting request one's own; of two coordinators one is told that it is taken."""
    case = desk.open(context, "take_request", case_id)
    mine = case.status == "in_review" and case.taken_by == context.actor.id
    return desk.save(context, case, case if mine else case.take(stamp(context)))


def clarify_needs(
    case_id: str, command: ClarifyNeeds, context: CommandContext, desk: Desk
) -> Receipt:
    """Write down what the family needs after having talked to it."""
    case = desk.open(context, "clarify_needs", case_id)
    now, record = stamp(context), ids.new("txt")
    changes, words = need_changes(command, now, record, clarified=True)
    after = case.change_needs(now, changes, by_family=False)
    return desk.save(context, case, after, writes=sealed(case_id, record, words, desk))


def triage_request(
    case_id: str, command: TriageRequest, context: CommandContext, desk: Desk
) -> Receipt:
    """Decide what kind of answer the request gets."""
    if command.decision is TriageDecision.CARE:
        if command.care_reason is None:
            raise Invalid("reason_required", "/care_reason")
        marker = RequireCare(long_term_need=command.long_term_need, reason=command.care_reason)
        return require_care(case_id, marker, context, desk)
    case = desk.open(context, "triage_request", case_id)
    context.reason = command.reason
    return desk.save(context, case, _decided(case, stamp(context), command, desk))


def require_care(
    case_id: str, command: RequireCare, context: CommandContext, desk: Desk
) -> Receipt:
    """Put the marker «guardianship required»; putting it twice tells of it once."""
    case = desk.open(context, "require_care", case_id)
    if case.status == "care_required":
        return desk.save(context, case, case)
    context.reason = command.reason
    after = case.require_care(stamp(context), command.reason, long_term_need=command.long_term_need)
    return desk.save(context, case, after)


def lift_care(case_id: str, command: LiftCare, context: CommandContext, desk: Desk) -> Receipt:
    """Take the marker away; guardians are no longer looked for."""
    case = desk.open(context, "lift_care", case_id)
    context.reason = command.reason
    return desk.save(context, case, case.lift_care(stamp(context), command.reason))


def record_aid(case_id: str, command: RecordAid, context: CommandContext, desk: Desk) -> Receipt:
    """Record the one help that was given; with it the case is done."""
    case = desk.open(context, "record_aid", case_id)
    now = stamp(context)
    if command.provider_id is not None:
        desk.check_provider(case, command.provider_id)
    aid = Aid(
        aid_id=ids.new("aid"),
        category=command.category,
        persons=command.persons,
        legal_basis=command.legal_basis,
        provider=command.provider_id,
        funding_project=command.funding_project,
        at=now.at,
        by=now.by,
    )
    return desk.save(context, case, case.record_aid(now, aid))


def record_outcome(
    case_id: str, command: RecordOutcome, context: CommandContext, desk: Desk
) -> Receipt:
    """Record what the care has changed; the note is for people and lies in the vault."""
    case = desk.open(context, "record_outcome", case_id)
    now, record = stamp(context), ids.new("txt")
    outcome = Outcome(
        outcome=command.outcome,
        needs_met=tuple(command.needs_met),
        note_ref=None if command.note is None else record,
        at=now.at,
        by=now.by,
    )
    words = {} if command.note is None else {NOTE: command.note}
    after = case.record_outcome(now, outcome)
    return desk.save(context, case, after, writes=sealed(case_id, record, words, desk))


def outcome_due(case_id: str, context: CommandContext, desk: Desk) -> None:
    """31 days of care have passed without a result: put the case on the list of missing records."""
    case = desk.cases.get(case_id)
    now = stamp(context)
    if case.outcome_due_at is not None and case.outcome_due_at <= now.at:
        desk.save(context, case, case.miss_outcome(now))


def sealed(case_id: str, record: str, words: dict[str, str], desk: Desk) -> list[RawWrite]:
    """The rows that keep new words of a known family; none when nothing was said."""
    return desk.vault.seal(case_id, record, words) if words else []


def _decided(case: Case, now: Stamp, command: TriageRequest, desk: Desk) -> Case:
    if command.decision is TriageDecision.ONE_TIME:
        return case.help_once(now)
    if command.decision is TriageDecision.REDIRECT:
        if command.provider_id is None:
            raise Invalid("provider_required", "/provider_id")
        desk.check_provider(case, command.provider_id)
        return case.redirect(now, command.provider_id)
    if command.reason is None:
        raise Invalid("reason_required", "/reason")
    return case.decline(now, command.reason)
