"""The holder who asked for a code, as the recipient of its message."""

from services.cards.holders import vault_records
from services.cards.holders.repository import Holders
from shared.identity.sign_ins import PREFIX, SignIns, code_of
from shared.messaging.recipients import Addressee, RecipientQuery, Refused
from shared.principal import system
from shared.privacy.contact import Contact
from shared.privacy.vault import Vault

PURPOSE = "send_code"
# A code is not told by telephone, and staff must not see it.
NO_CALLS = ("phone_task",)


def resolve_code(
    query: RecipientQuery, sign_ins: SignIns, holders: Holders, vault: Vault
) -> Addressee | Refused:
    """Return the holder a code goes to, by the channel that she asked for."""
    sign_in = sign_ins.get(query.reference)
    if not sign_in.sends:
        return Refused(reference=query.reference, refused="unknown_contact")
    holder = holders.get(sign_in.person or "")
    if holder.contact != sign_in.contact:
        return Refused(reference=query.reference, refused="unknown_contact")
    contact = vault_records.open_contact(holder, system("resolve_recipients"), PURPOSE, vault)
    if contact is None:
        return Refused(reference=query.reference, refused="no_channel")
    way = contact if sign_in.channel == contact.channel else _by_sms(contact)
    return Addressee(way, {"sign_in_code": code_of(sign_in.id)}, avoid=NO_CALLS)


def asks_for_code(query: RecipientQuery) -> bool:
    """Whether a reference names a sign-in."""
    return query.reference.startswith(f"{PREFIX}_")


def _by_sms(contact: Contact) -> Contact:
    return contact.model_copy(update={"channel": "sms"})
