"""What a family wants done with its own case: by bot, by link, or by headquarters on its behalf."""

from datetime import timedelta

from services.intake.cases.commands import OwnNeeds
from services.intake.cases.domain import Case
from services.intake.cases.policy import Desk, stamp
from services.intake.cases.use_cases.need_changes import need_changes
from services.intake.cases.use_cases.registration import CONTACT_RECORD
from services.intake.cases.use_cases.review import sealed
from services.intake.cases.values import Consent, Stamp
from services.intake.cases.wishes import OwnConsent, OwnWithdrawal, ReopenRequest
from services.intake.codes.values import ClosedReason, ConsentForm, Evidence, Purpose
from shared import ids
from shared.errors import Invalid
from shared.identity import signed_links
from shared.identity.signed_links import Link
from shared.privacy.contact import Contact
from shared.storage.command_context import CommandContext, Receipt

OWN_CASE = "own_case"
LINK_LIFETIME = timedelta(days=3)


def correct_needs(
    case_id: str,
    command: OwnNeeds,
    evidence: Evidence | None,
    context: CommandContext,
    desk: Desk,
    link: Link | None = None,
) -> Receipt:
    """The family adds, changes or crosses out needs; whoever cares for it hears of it."""
    case = desk.open_for_family(context, "correct_needs", case_id, evidence)
    now, record = stamp(context), ids.new("txt")
    changes, words = need_changes(command, now, record, clarified=False)
    after = case.change_needs(now, changes, by_family=True)
    writes = sealed(case_id, record, words, desk)
    return desk.save(context, case, after, writes=writes, link=link)


def change_consent(
    case_id: str,
    command: OwnConsent,
    evidence: Evidence | None,
    context: CommandContext,
    desk: Desk,
    link: Link | None = None,
) -> Receipt:
    """The family allows one purpose or takes it back; without «processing» it is forgotten."""
    case = desk.open_for_family(context, "change_consent", case_id, evidence)
    _check_recipient(command)
    now = stamp(context)
    if command.given:
        after = case.give_consent(now, _consent(command, now, link))
    elif command.purpose is Purpose.PROCESSING:
        return _forget(case, ClosedReason.CONSENT_WITHDRAWN, context, desk, link)
    else:
        after = case.withdraw_consent(now, command.purpose, command.recipient)
    return desk.save(context, case, after, link=link)


def withdraw_request(
    case_id: str,
    command: OwnWithdrawal,
    evidence: Evidence | None,
    context: CommandContext,
    desk: Desk,
    link: Link | None = None,
) -> Receipt:
    """The family takes its request back; an open match ends with it."""
    case = desk.open_for_family(context, "withdraw_request", case_id, evidence)
    context.reason = command.reason
    after = case.withdraw(stamp(context), command.reason)
    return desk.save(context, case, after, link=link)


def reopen_request(
    case_id: str, command: ReopenRequest, context: CommandContext, desk: Desk
) -> Receipt:
    """A closed case is looked at again, by the family's wish or by headquarters' own."""
    case = desk.open(context, "reopen_request", case_id)
    context.reason = command.reason
    after = case.reopen(stamp(context), command.reason, command.linked_request)
    return desk.save(context, case, after)


def replace_contact(
    case_id: str, contact: Contact, evidence: Evidence | None, context: CommandContext, desk: Desk
) -> Receipt:
    """The family is reached in a new way from now on."""
    case = desk.open_for_family(context, "replace_contact", case_id, evidence)
    after = case.reached_anew(stamp(context))
    writes = desk.vault.seal(case_id, CONTACT_RECORD, contact.fields())
    return desk.save(context, case, after, writes=writes)


def erase_person(
    case_id: str, evidence: Evidence | None, context: CommandContext, desk: Desk
) -> Receipt:
    """Forget a person for good; codes and counts stay, nobody can be read out of them."""
    case = desk.open_for_family(context, "erase_person", case_id, evidence)
    return _forget(case, ClosedReason.ERASED, context, desk, None)


def issue_family_link(case_id: str, context: CommandContext, desk: Desk) -> Receipt:
    """Record that the family gets a link to its own case; the link itself is stored nowhere."""
    case = desk.open(context, "issue_family_link", case_id)
    return desk.save(context, case, case.step(stamp(context), "family_link_issued"))


def family_link(case_id: str) -> str:
    """A fresh link to a family's own case."""
    return signed_links.issue(OWN_CASE, case_id, case_id, LINK_LIFETIME)


def _forget(
    case: Case, reason: ClosedReason, context: CommandContext, desk: Desk, link: Link | None
) -> Receipt:
    if case.erased_at is not None:
        return desk.save(context, case, case, link=link)
    context.reason = reason
    after = case.erase(stamp(context), reason)
    writes = desk.vault.erase(case.case_id)
    return desk.save(context, case, after, writes=writes, link=link)


def _consent(command: OwnConsent, now: Stamp, link: Link | None) -> Consent:
    return Consent(
        purpose=command.purpose,
        recipient=command.recipient,
        form=command.form or (ConsentForm.ONLINE if link else ConsentForm.SPOKEN),
        text_version=command.text_version,
        given_at=now.at,
        given_by=now.by,
    )


def _check_recipient(command: OwnConsent) -> None:
    to_office = command.purpose is Purpose.SHARE_WITH_OFFICE
    if to_office and command.recipient is None:
        raise Invalid("recipient_required", "/recipient")
    if not to_office and command.recipient is not None:
        raise Invalid("recipient_not_expected", "/recipient")
