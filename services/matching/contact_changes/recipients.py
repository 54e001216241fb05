"""The contact before a change, as the recipient of the news of it; and where its codes go."""

from services.matching.applications.vault_records import CONTACT
from services.matching.contact_changes import vault_records
from services.matching.contact_changes.owners import Owners
from services.matching.contact_changes.repository import ContactChanges
from services.matching.sign_ins.recipients import SEND_CODE
from services.matching.sign_ins.recipients import resolve_recipient as resolve_person
from shared.identity.sign_ins import SignIn, SignIns
from shared.messaging.recipients import Addressee, RecipientQuery, Refused
from shared.principal import system
from shared.privacy.contact import FIELDS
from shared.privacy.vault import Vault
from shared.sign_in.recipients import NO_CALLS, addressee, asks_for_code
from shared.sign_in.values import CONTACT_CHANGE, NEW_CONTACT, OLD_CONTACT

READER = system("resolve_recipients")


def resolve_recipient(
    query: RecipientQuery, changes: ContactChanges, sign_ins: SignIns, owners: Owners, vault: Vault
) -> Addressee | Refused:
    """Return how to reach a person of matching; the news of a change goes to the contact before."""
    if query.reference.startswith(f"{CONTACT_CHANGE}_"):
        change = changes.get(query.reference)
        former = vault_records.open_former(change.owner_id, change.id, READER, vault)
        return Addressee(former, avoid=NO_CALLS)
    sign_in = sign_ins.get(query.reference) if asks_for_code(query) else None
    if sign_in is not None and sign_in.sends and sign_in.use in (OLD_CONTACT, NEW_CONTACT):
        return _resolve_code(query, sign_in, owners, vault)
    return resolve_person(query, sign_ins, owners.guardians, owners.volunteers, vault)


def _resolve_code(
    query: RecipientQuery, sign_in: SignIn, owners: Owners, vault: Vault
) -> Addressee | Refused:
    owner_id = sign_in.person or ""
    if sign_in.use == NEW_CONTACT:
        fields = vault_records.open_new(owner_id, sign_in.about or "", READER, vault)
    elif owners.contact_of(owner_id) == sign_in.contact:
        fields = vault.open(owner_id, CONTACT, FIELDS, READER, SEND_CODE)
    else:
        return Refused(reference=query.reference, refused="unknown_contact")
    return addressee(sign_in, vault_records.contact_of(fields))
