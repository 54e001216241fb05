"""A code on its way to a guardian's contact person."""

from services.matching.applications.recipients import resolve_guardian
from services.matching.applications.vault_records import CONTACT
from services.matching.guardians.repository import Guardians
from shared.identity.sign_ins import SignIns
from shared.messaging.recipients import Addressee, RecipientQuery, Refused
from shared.principal import system
from shared.privacy.contact import FIELDS, Contact
from shared.privacy.vault import Vault
from shared.sign_in.recipients import addressee, asks_for_code

SEND_CODE = "send_code"


def resolve_recipient(
    query: RecipientQuery, sign_ins: SignIns, guardians: Guardians, vault: Vault
) -> Addressee | Refused:
    """Return how to reach a guardian's contact person, with the code that was asked for."""
    if not asks_for_code(query):
        return resolve_guardian(query, guardians, vault)
    sign_in = sign_ins.get(query.reference)
    guardian = guardians.find(sign_in.person or "") if sign_in.sends else None
    if guardian is None or guardian.contact_index != sign_in.contact:
        return Refused(reference=query.reference, refused="unknown_contact")
    asker = system("resolve_recipients")
    fields = vault.open(guardian.guardian_id, CONTACT, FIELDS, asker, SEND_CODE)
    return addressee(sign_in, Contact.model_validate(fields))
