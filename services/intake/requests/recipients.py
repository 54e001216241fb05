"""What may be let out about a family for a message to it."""

from services.intake.cases.domain import Case
from services.intake.cases.repository import CONTACT_RECORD, Cases
from services.intake.codes.values import Purpose
from shared.messaging.recipients import Addressee, RecipientQuery, Refused
from shared.principal import system
from shared.privacy.contact import FIELDS, Contact
from shared.privacy.vault import Vault

SEND_MESSAGE = "send_message"
OWNER = "intake"


def resolve_recipient(query: RecipientQuery, cases: Cases, vault: Vault) -> Addressee | Refused:
    """Return how to reach one family and the words to address it with, or why not."""
    case = cases.get(query.reference)
    refused = _refusal(case)
    if refused is not None:
        return Refused(reference=query.reference, refused=refused)
    asker = system("resolve_recipients")
    fields = vault.open(case.case_id, CONTACT_RECORD, FIELDS, asker, SEND_MESSAGE)
    return Addressee(Contact.model_validate(fields), {"number": case.number})


def _refusal(case: Case) -> str | None:
    if case.erased_at is not None:
        return "erased"
    if not case.has_contact:
        return "no_channel"
    return None if case.allows(Purpose.CONTACT) else "no_consent"
