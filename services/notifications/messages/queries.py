"""Looking up the status of messages."""

from services.notifications.messages.commands import MessagesQuery
from services.notifications.messages.repository import Messages, failed_prefix, reference_key
from services.notifications.messages.views import MessageView
from services.notifications.policy import POLICY
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.storage.repository import Page


def list_messages(query: MessagesQuery, caller: Principal, messages: Messages) -> Page[MessageView]:
    """Show the status of messages, never their text."""
    partition = Partition.of_region(caller, query.region)
    key = POLICY.require_list(caller, "list_messages", "Message", partition)
    return messages.page(
        "by_ref" if query.reference else "by_region",
        reference_key(key, query.reference) if query.reference else key,
        MessageView.of,
        caller=caller,
        limit=query.limit,
        cursor=query.cursor,
        prefix="" if query.reference else failed_prefix(),
        newest_first=True,
    )
