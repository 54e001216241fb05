"""What a family wants done with its case: by bot, or by headquarters with evidence.

The functions that take what was loaded are shared by the two ways in: with evidence, and by the
family's link (`family_links`).
"""

from services.intake.cases.commands import NeedCommand
from services.intake.cases.domain import Case
from services.intake.cases.policy import load_authorised as load_case
from services.intake.cases.repository import CaseFile, Cases
from services.intake.cases.use_cases.need_changes import OF_CASE, changed_words, need_changes
from services.intake.cases.values import CaseId
from services.intake.codes.values import ReopenReason
from services.intake.families.policy import stamp
from services.intake.requests.repository import Requests
from services.intake.rights.commands import CorrectNeeds, ReopenCase, Withdrawal, WithdrawCase
from services.intake.rights.policy import ITSELF, act_for, load_case_for_family, require_living
from services.intake.rights.use_cases.link_use import spent
from shared import ids
from shared.errors import Invalid
from shared.identity.signed_links import Link
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext, Receipt


def correct_needs(
    case_id: CaseId, body: CorrectNeeds, context: CommandContext, cases: Cases, vault: Vault
) -> Receipt:
    """Add, change or cross out needs as the family wishes."""
    file = load_case_for_family(case_id, "correct_needs", context, body.evidence, cases)
    return correct(file, body, context, cases, vault)


def withdraw_case(
    case_id: CaseId, body: WithdrawCase, context: CommandContext, cases: Cases
) -> Receipt:
    """End a case because the family needs no help any more."""
    file = load_case_for_family(case_id, "withdraw_case", context, body.evidence, cases)
    return withdraw(file, body, context, cases)


def reopen_case(
    case_id: CaseId,
    body: ReopenCase,
    context: CommandContext,
    cases: Cases,
    requests: Requests,
) -> Receipt:
    """Review a closed case again."""
    file = load_case(case_id, "reopen_case", context.actor, cases)
    mistake = body.evidence is None and body.reason == ReopenReason.CLOSED_BY_MISTAKE
    if not mistake or _closed_by_family(file.case):
        act_for(file.family, context, body.evidence)
    require_living(file.family)
    _check_linked(body, file, requests)
    context.reason = body.reason
    after = file.case.reopen(stamp(context), body.reason, body.linked_request)
    return cases.save_change(context, file, after)


def correct(
    file: CaseFile,
    body: NeedCommand,
    context: CommandContext,
    cases: Cases,
    vault: Vault,
    link: Link | None = None,
) -> Receipt:
    """Correct the needs of a case; a `link` that the family used is spent by it."""
    now, record = stamp(context), ids.new(OF_CASE)
    changes, words = need_changes(body, now, record, clarified=False)
    after = file.case.change_needs(now, changes, by_family=True)
    writes = changed_words(file.case, after, record, words, vault)
    return cases.save_change(context, file, after, unique=spent(link), writes=writes)


def withdraw(
    file: CaseFile,
    body: Withdrawal,
    context: CommandContext,
    cases: Cases,
    link: Link | None = None,
) -> Receipt:
    """Withdraw a case; a `link` that the family used is spent by it."""
    context.reason = body.reason
    after = file.case.withdraw(stamp(context), body.reason)
    return cases.save_change(context, file, after, unique=spent(link))


def _closed_by_family(case: Case) -> bool:
    """Whether the family ended it itself; what headquarters closed, that mends by itself."""
    closed = (line.role for line in reversed(case.history) if line.what == "closed")
    return next(closed, None) == ITSELF


def _check_linked(body: ReopenCase, file: CaseFile, requests: Requests) -> None:
    """Refuse a request that is not this family's."""
    if body.linked_request is None:
        return
    linked = requests.find(body.linked_request)
    if linked is None or linked.family_id not in file.family.record_ids:
        raise Invalid("unknown_request", "/linked_request")
