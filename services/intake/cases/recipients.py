"""Giving out a family's contact to whoever has a message for it, and to nobody else."""

from services.intake.cases.domain import Case
from services.intake.cases.policy import Desk
from services.intake.cases.use_cases.registration import CONTACT_RECORD
from services.intake.codes.values import Purpose
from shared.messaging.recipients import Addressee, RecipientQuery, Refused
from shared.principal import system
from shared.privacy.contact import FIELDS, Contact

SEND_MESSAGE = "send_message"
OWNER = "intake"


def resolve_recipient(ask: RecipientQuery, desk: Desk) -> Addressee | Refused:
    """Where to reach one family and the words it may be addressed with, or why not."""
    case = desk.cases.get(ask.reference)
    refused = _refusal(case)
    if refused is not None:
        return Refused(reference=ask.reference, refused=refused)
    asker = system("resolve_recipients")
    fields = desk.vault.open(case.case_id, CONTACT_RECORD, FIELDS, asker, SEND_MESSAGE)
    return Addressee(Contact.model_validate(fields), {"number": case.number})


def _refusal(case: Case) -> str | None:
    if case.erased_at is not None:
        return "erased"
    if not case.has_contact:
        return "no_channel"
    return None if case.allows(Purpose.CONTACT) else "no_consent"
