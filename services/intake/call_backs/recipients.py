"""Where a caller is written to who rang in vain and could not be reached."""

from services.intake.call_backs.queries import PHONE
from services.intake.call_backs.repository import CallBacks
from services.intake.requests.recipients import SEND_MESSAGE
from shared.messaging.recipients import NO_NAME, Addressee, RecipientQuery, Refused
from shared.principal import system
from shared.privacy.contact import Channel, Contact
from shared.privacy.vault import RecordFields, Vault

# A contact has a name; this one is never shown.
_UNNAMED = "-"


def is_caller(query: RecipientQuery) -> bool:
    """Whether a message is for a caller, known by the phone only."""
    return query.reference.startswith("cbk_")


def resolve_caller(
    query: RecipientQuery, call_backs: CallBacks, vault: Vault
) -> Addressee | Refused:
    """Return the phone of a caller who rang in vain; no name is known."""
    call_back = call_backs.get(query.reference)
    wanted = RecordFields(call_back.call_id, call_back.call_id, (PHONE,))
    (found,) = vault.open_many([wanted], system("resolve_recipients"), SEND_MESSAGE)
    if found is None:
        return Refused(reference=query.reference, refused="no_channel")
    contact = Contact(name=_UNNAMED, channel=Channel.SMS, phone=found[PHONE])
    # Who did not answer three calls is not called about it.
    return Addressee(contact, {"first_name": NO_NAME}, avoid=(Channel.PHONE_TASK,))
