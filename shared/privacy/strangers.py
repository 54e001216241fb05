"""How many messages may leave because a stranger typed a contact into a public form.

Guarantees
* A contact gets 3 of them in 24 hours from all strangers together; more requests are kept as ever.
* A stage sends so many an hour and no more: then the breaker lets none leave, and an alarm rings.
* Nothing of the answer shows that a message will not leave.
"""

from shared import observability, settings
from shared.storage.store import Store

A_DAY_PER_CONTACT = 3
HOUR, DAY = 3600, 86400


def may_write(contact_index: str, store: Store) -> bool:
    """Count one message to a contact that a stranger typed; False when it must not leave."""
    if store.count_from_first(f"strangers-contact#{contact_index}", A_DAY_PER_CONTACT, DAY):
        observability.count("stranger_message_limited")
        return False
    most = int(settings.stranger_messages_an_hour())
    if not store.count("strangers#sent", most, HOUR):
        observability.count("stranger_breaker_open")
        return False
    return True
