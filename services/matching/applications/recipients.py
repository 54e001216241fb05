"""What may be let out about a guardian's contact person, for one message."""

from services.matching.applications.vault_records import CONTACT
from services.matching.guardians.repository import Guardians
from services.matching.guardians.values import GuardianStatus
from shared.messaging.recipients import NO_NAME, Addressee, RecipientQuery
from shared.principal import system
from shared.privacy.contact import FIELDS, Contact
from shared.privacy.vault import Vault


def resolve_guardian(query: RecipientQuery, guardians: Guardians, vault: Vault) -> Addressee:
    """Return a guardian's contact person, with what messages may name."""
    guardian = guardians.get(query.reference)
    asker = system("notifications")
    fields = vault.open(query.reference, CONTACT, FIELDS, asker, "send_message")
    known = {"number": guardian.number}
    if GuardianStatus.APPROVED not in guardian.reached:
        # No member of the staff has spoken to this person yet.
        known["first_name"] = NO_NAME
    return Addressee(Contact.model_validate(fields), known)
