"""The contact before a change, as the recipient of the news of it; and where its codes go."""

from services.cards.contact_changes.repository import ContactChanges
from services.cards.holders import vault_records
from services.cards.holders.repository import Holders
from shared.identity.sign_ins import NEW_CONTACT, SignIns
from shared.messaging.recipients import Addressee, RecipientQuery, Refused
from shared.principal import system
from shared.privacy.vault import Vault
from shared.sign_in.recipients import NO_CALLS, addressee
from shared.sign_in.values import CONTACT_CHANGE


def resolve_code(
    query: RecipientQuery, sign_ins: SignIns, holders: Holders, vault: Vault
) -> Addressee | Refused:
    """Return the holder a code goes to; that of a new phone goes there."""
    sign_in = sign_ins.get(query.reference)
    if not sign_in.sends:
        return Refused(reference=query.reference, refused="unknown_contact")
    holder, reader = holders.get(sign_in.person or ""), system("resolve_recipients")
    if sign_in.use == NEW_CONTACT:
        contact = vault_records.open_for_change(holder, sign_in.about or "", reader, vault)
        return addressee(sign_in, contact)
    found = vault_records.open_contact(holder, reader, "send_code", vault)
    if holder.contact != sign_in.contact or found is None:
        return Refused(reference=query.reference, refused="unknown_contact")
    return addressee(sign_in, found)


def resolve_former(
    query: RecipientQuery, changes: ContactChanges, holders: Holders, vault: Vault
) -> Addressee | Refused:
    """Return the contact that a holder had before a change."""
    change = changes.get(query.reference)
    if not change.notifies_former:
        return Refused(reference=query.reference, refused="contact_stolen")
    holder, reader = holders.get(change.holder_id), system("resolve_recipients")
    former = vault_records.open_for_change(holder, change.id, reader, vault)
    return Addressee(former, avoid=NO_CALLS)


def is_of_change(query: RecipientQuery) -> bool:
    """Whether a reference names a change of contact."""
    return query.reference.startswith(f"{CONTACT_CHANGE}_")
