"""What may be let out about a guardian's contact person, for one message."""

from services.matching.applications.vault_records import CONTACT
from services.matching.guardians.repository import Guardians
from shared.messaging.recipients import Addressee, RecipientQuery
from shared.principal import system
from shared.privacy.contact import FIELDS, Contact
from shared.privacy.vault import Vault


def resolve_guardian(query: RecipientQuery, guardians: Guardians, vault: Vault) -> Addressee:
    """Return a guardian's contact person, with what messages may name."""
    guardian = guardians.get(query.reference)
    asker = system("notifications")
    fields = vault.open(query.reference, CONTACT, FIELDS, asker, "send_message")
    return Addressee(Contact.model_validate(fields), {"number": guardian.number})
