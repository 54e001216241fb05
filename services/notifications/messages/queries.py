"""Looking up the status of messages."""

from services.notifications.messages.commands import MessagesQuery
from services.notifications.messages.repository import (
    Messages,
    district_prefix,
    reference_key,
    unreached_holders_key,
    unreached_prefix,
)
from services.notifications.messages.views import MessageView
from services.notifications.policy import POLICY
from shared.errors import Invalid
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.storage.repository import Page
from shared.storage.rows import Index

MESSAGE = "Message"


def list_messages(query: MessagesQuery, caller: Principal, messages: Messages) -> Page[MessageView]:
    """Show the status of messages, never their text: of a reference, or what reached no person."""
    if query.district_id and (query.reference or caller.role != "community_leader"):
        raise Invalid("district_not_asked", "district_id")
    about = query.reference
    index, partition, prefix = _about(about, query, caller) if about else _unreached(query, caller)
    return messages.page(
        index,
        partition,
        MessageView.of,
        caller=caller,
        query=query,
        prefix=prefix,
        newest_first=True,
    )


def _about(reference: str, query: MessagesQuery, caller: Principal) -> tuple[Index, str, str]:
    partition = Partition.of_region(caller, query.region)
    key = POLICY.require_list(caller, "list_messages", MESSAGE, partition)
    return "by_ref", reference_key(key, reference), ""


def _unreached(query: MessagesQuery, caller: Principal) -> tuple[Index, str, str]:
    """Return where messages are that reached no person; leaders see those of their holders.

    Who works for all regions and names none sees those of all.
    """
    if caller.role != "community_leader":
        if caller.nationwide and query.region is None:
            partition = Partition.unassigned(caller)
            key = POLICY.require_list(caller, "list_unreached", MESSAGE, partition)
            return "by_state", key, unreached_prefix()
        partition = Partition.of_region(caller, query.region)
        key = POLICY.require_list(caller, "list_unreached", MESSAGE, partition)
        return "by_region", key, unreached_prefix()
    if query.district_id or caller.districts:
        partition = Partition.of_district(
            caller, query.district_id, query.region, pointer="district_id"
        )
        prefix = district_prefix(partition.district)
    else:
        partition, prefix = Partition.of_region(caller, query.region), ""
    key = POLICY.require_list(caller, "list_unreached", MESSAGE, partition)
    return "by_district", unreached_holders_key(key), prefix
