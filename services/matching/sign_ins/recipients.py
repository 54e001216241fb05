"""Where messages to the people of matching go: volunteers, guardians' people, codes to sign in."""

from services.matching.applications.recipients import resolve_guardian
from services.matching.applications.vault_records import CONTACT
from services.matching.guardians.repository import Guardians
from services.matching.volunteers.recipients import PREFIX as VOLUNTEER
from services.matching.volunteers.recipients import resolve_volunteer
from services.matching.volunteers.repository import Volunteers
from shared.identity.sign_ins import SignIns
from shared.messaging.recipients import Addressee, RecipientQuery, Refused
from shared.principal import system
from shared.privacy.contact import FIELDS, Contact
from shared.privacy.vault import Vault
from shared.sign_in.recipients import addressee, asks_for_code

SEND_CODE = "send_code"


def resolve_recipient(
    query: RecipientQuery,
    sign_ins: SignIns,
    guardians: Guardians,
    volunteers: Volunteers,
    vault: Vault,
) -> Addressee | Refused:
    """Return how to reach a volunteer or a guardian's people, with the code that was asked for."""
    if query.reference.startswith(VOLUNTEER):
        return resolve_volunteer(query, volunteers, vault)
    if not asks_for_code(query):
        return resolve_guardian(query, guardians, vault)
    sign_in = sign_ins.get(query.reference)
    guardian = guardians.find(sign_in.person or "") if sign_in.sends else None
    if guardian is None or guardian.contact_index != sign_in.contact:
        return Refused(reference=query.reference, refused="unknown_contact")
    asker = system("resolve_recipients")
    fields = vault.open(guardian.guardian_id, CONTACT, FIELDS, asker, SEND_CODE)
    return addressee(sign_in, Contact.model_validate(fields))
