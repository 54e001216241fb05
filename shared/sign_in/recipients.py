"""A code on its way to a person."""

from shared.identity.sign_ins import PREFIX, SignIn, code_of
from shared.messaging.recipients import Addressee, RecipientQuery
from shared.privacy.contact import Contact

# What proves a person is not told by telephone, and staff must not see it.
NO_CALLS = ("phone_task",)


def addressee(sign_in: SignIn, contact: Contact) -> Addressee:
    """Return a contact with the code, by the channel that was asked for if it has that."""
    as_it_is = sign_in.channel == contact.channel or contact.phone is None
    way = contact if as_it_is else contact.model_copy(update={"channel": "sms"})
    return Addressee(way, {"sign_in_code": code_of(sign_in.id)}, avoid=NO_CALLS)


def asks_for_code(query: RecipientQuery) -> bool:
    """Whether a reference names a sign-in."""
    return query.reference.startswith(f"{PREFIX}_")
