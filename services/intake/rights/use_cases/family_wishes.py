"""What a family wants done with its own case: by bot, by link, or by headquarters on its behalf.

The functions without a request id are shared by the two ways in: with evidence, and by the
family's link (`family_links`).
"""

from collections.abc import Sequence

from services.intake.cases.commands import (
    ChangeConsent,
    ConsentChange,
    CorrectNeeds,
    ErasePerson,
    NeedCommand,
    ReopenRequest,
    ReplaceContact,
    Withdrawal,
    WithdrawRequest,
)
from services.intake.cases.domain import Case
from services.intake.cases.policy import load_authorised, load_for_family, stamp
from services.intake.cases.repository import CONTACT_RECORD, Cases, sealed_words
from services.intake.cases.use_cases.need_changes import need_changes
from services.intake.cases.values import Consent, RequestId
from services.intake.codes.values import ClosedReason, ConsentForm, Purpose
from shared import ids
from shared.errors import IllegalStep, Invalid
from shared.identity import signed_links
from shared.identity.signed_links import Link
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.rows import RawWrite
from shared.storage.store import NameTaken


def correct_needs(
    request_id: RequestId, body: CorrectNeeds, context: CommandContext, cases: Cases, vault: Vault
) -> Receipt:
    """Add, change or cross out needs as the family wishes."""
    case = load_for_family(request_id, "correct_needs", context, body.evidence, cases)
    return correct(case, body, context, cases, vault)


def change_consent(
    request_id: RequestId, body: ChangeConsent, context: CommandContext, cases: Cases, vault: Vault
) -> Receipt:
    """Give or withdraw one permission; without «processing» the person is forgotten."""
    case = load_for_family(request_id, "change_consent", context, body.evidence, cases)
    return change_permission(case, body, context, cases, vault)


def withdraw_request(
    request_id: RequestId, body: WithdrawRequest, context: CommandContext, cases: Cases
) -> Receipt:
    """Withdraw a request as the family wishes."""
    case = load_for_family(request_id, "withdraw_request", context, body.evidence, cases)
    return withdraw(case, body, context, cases)


def reopen_request(
    request_id: RequestId, body: ReopenRequest, context: CommandContext, cases: Cases
) -> Receipt:
    """Review a closed case again."""
    if body.evidence is None:  # headquarters may want it, too
        case = load_authorised(request_id, "reopen_request", context.actor, cases)
    else:
        case = load_for_family(request_id, "reopen_request", context, body.evidence, cases)
    context.reason = body.reason
    after = case.reopen(stamp(context), body.reason, body.linked_request)
    return cases.save_change(context, case, after)


def replace_contact(
    request_id: RequestId, body: ReplaceContact, context: CommandContext, cases: Cases, vault: Vault
) -> Receipt:
    """Reach the family in a new way from now on."""
    case = load_for_family(request_id, "replace_contact", context, body.evidence, cases)
    after = case.replace_contact(stamp(context))
    writes = vault.seal(case.case_id, CONTACT_RECORD, body.contact.fields())
    return cases.save_change(context, case, after, writes=writes)


def erase_person(
    request_id: RequestId, body: ErasePerson, context: CommandContext, cases: Cases, vault: Vault
) -> Receipt:
    """Forget a person for good."""
    case = load_for_family(request_id, "erase_person", context, body.evidence, cases)
    context.reason = body.reason
    return _erase(case, ClosedReason.ERASED, context, cases, vault)


def correct(
    case: Case,
    body: NeedCommand,
    context: CommandContext,
    cases: Cases,
    vault: Vault,
    link: Link | None = None,
) -> Receipt:
    """Correct the needs of a case; a `link` that the family used is spent by it."""
    now, record = stamp(context), ids.new("txt")
    changes, words = need_changes(body, now, record, clarified=False)
    after = case.change_needs(now, changes, by_family=True)
    writes = sealed_words(case.case_id, record, words, vault)
    return _save(context, case, after, cases, link, writes)


def change_permission(
    case: Case,
    body: ConsentChange,
    context: CommandContext,
    cases: Cases,
    vault: Vault,
    link: Link | None = None,
) -> Receipt:
    """Give or withdraw a permission; a `link` that the family used is spent by it."""
    _check_recipient(body)
    now = stamp(context)
    if body.given:
        consent = Consent(
            purpose=body.purpose,
            recipient=body.recipient,
            form=body.form or (ConsentForm.ONLINE if link else ConsentForm.SPOKEN),
            text_version=body.text_version,
            given_at=now.at,
            given_by=now.by,
        )
        return _save(context, case, case.give_consent(now, consent), cases, link)
    if body.purpose is Purpose.PROCESSING:
        context.reason = ClosedReason.CONSENT_WITHDRAWN
        return _erase(case, ClosedReason.CONSENT_WITHDRAWN, context, cases, vault, link)
    after = case.withdraw_consent(now, body.purpose, body.recipient)
    return _save(context, case, after, cases, link)


def withdraw(
    case: Case,
    body: Withdrawal,
    context: CommandContext,
    cases: Cases,
    link: Link | None = None,
) -> Receipt:
    """Withdraw a request; a `link` that the family used is spent by it."""
    context.reason = body.reason
    return _save(context, case, case.withdraw(stamp(context), body.reason), cases, link)


def _erase(
    case: Case,
    reason: ClosedReason,
    context: CommandContext,
    cases: Cases,
    vault: Vault,
    link: Link | None = None,
) -> Receipt:
    if case.erased_at is not None:
        return _save(context, case, case, cases, link)
    after = case.erase(stamp(context), reason)
    return _save(context, case, after, cases, link, vault.erase(case.case_id))


def _save(
    context: CommandContext,
    before: Case,
    after: Case,
    cases: Cases,
    link: Link | None,
    writes: Sequence[RawWrite] = (),
) -> Receipt:
    unique = () if link is None else (signed_links.once(link),)
    try:
        return cases.save_change(context, before, after, unique=unique, writes=writes)
    except NameTaken:
        raise IllegalStep("link_already_used", ("ask_for_new_link",)) from None


def _check_recipient(body: ConsentChange) -> None:
    to_office = body.purpose is Purpose.SHARE_WITH_OFFICE
    if to_office and body.recipient is None:
        raise Invalid("recipient_required", "/recipient")
    if not to_office and body.recipient is not None:
        raise Invalid("recipient_not_expected", "/recipient")
