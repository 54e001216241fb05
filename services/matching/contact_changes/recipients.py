"""Where messages to the people of matching go, with the codes that some of them carry."""

from services.matching.applications.recipients import resolve_guardian
from services.matching.applications.vault_records import CONTACT
from services.matching.contact_changes import vault_records
from services.matching.contact_changes.owners import Owners
from services.matching.contact_changes.repository import ContactChanges
from services.matching.volunteers.recipients import PREFIX as VOLUNTEER
from services.matching.volunteers.recipients import resolve_volunteer
from shared.identity.sign_ins import NEW_CONTACT, SignIn, SignIns
from shared.messaging.recipients import Addressee, RecipientQuery, Refused
from shared.principal import system
from shared.privacy.contact import FIELDS
from shared.privacy.vault import Vault
from shared.sign_in.recipients import NO_CALLS, addressee, asks_for_code
from shared.sign_in.values import CONTACT_CHANGE

READER = system("resolve_recipients")
SEND_CODE = "send_code"


def resolve_recipient(
    query: RecipientQuery, changes: ContactChanges, sign_ins: SignIns, owners: Owners, vault: Vault
) -> Addressee | Refused:
    """Return how to reach a person of matching; the news of a change goes to the contact before."""
    if query.reference.startswith(f"{CONTACT_CHANGE}_"):
        change = changes.get(query.reference)
        former = vault_records.open_former(change.owner_id, change.id, READER, vault)
        return Addressee(former, avoid=NO_CALLS)
    if asks_for_code(query):
        return _resolve_code(query, sign_ins.get(query.reference), owners, vault)
    if query.reference.startswith(VOLUNTEER):
        return resolve_volunteer(query, owners.volunteers, vault)
    return resolve_guardian(query, owners.guardians, vault)


def _resolve_code(
    query: RecipientQuery, sign_in: SignIn, owners: Owners, vault: Vault
) -> Addressee | Refused:
    """Return where a code goes: a new contact, or the one that still counts."""
    unknown = Refused(reference=query.reference, refused="unknown_contact")
    if not sign_in.sends:
        return unknown
    person = sign_in.person or ""
    if sign_in.use == NEW_CONTACT:
        fields = vault_records.open_new(person, sign_in.about or "", READER, vault)
    elif owners.contact_of(person) == sign_in.contact:
        fields = vault.open(person, CONTACT, FIELDS, READER, SEND_CODE)
    else:
        return unknown
    return addressee(sign_in, vault_records.contact_of(fields))
