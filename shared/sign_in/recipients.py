"""A code on its way to a person."""

from shared.identity.sign_ins import PREFIX, SignIn, code_of
from shared.messaging.recipients import Addressee, RecipientQuery
from shared.privacy.contact import Contact, takes_texts

# What proves a person is not told by telephone, and staff must not see it.
NO_CALLS = ("phone_task",)


def addressee(sign_in: SignIn, contact: Contact) -> Addressee:
    """Return a contact with the code, by the channel that was asked for if it has that.

    A landline gets no text: what else the contact has is used.
    """
    by_text = sign_in.channel != contact.channel and contact.phone and takes_texts(contact.phone)
    way = contact.model_copy(update={"channel": "sms"}) if by_text else contact
    return Addressee(way, {"sign_in_code": code_of(sign_in.id)}, avoid=NO_CALLS)


def takes_codes(contact: Contact) -> bool:
    """Return whether a code may arrive at a contact."""
    return contact.way(NO_CALLS) is not None


def asks_for_code(query: RecipientQuery) -> bool:
    """Whether a reference names a sign-in."""
    return query.reference.startswith(f"{PREFIX}_")
