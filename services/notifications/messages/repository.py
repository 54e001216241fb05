"""Rows of messages: `MESSAGE#<id>`; found by reference; failed ones by region."""

from datetime import timedelta

from services.notifications.messages.domain import Message
from services.notifications.messages.values import MessageStatus
from shared.clock import iso
from shared.storage.list_keys import region_key
from shared.storage.repository import Repository
from shared.storage.rows import Index, Row

RETENTION = timedelta(days=400)


class Messages(Repository[Message]):
    """by_ref: `REGION#<region>#<reference>` by time · by_region: failed ones, by time."""

    model = Message
    prefix = "MESSAGE"
    id_field = "message_id"

    def row(self, aggregate: Message) -> Row:
        """Return the message with its next deadline; a failed one joins its region's failures."""
        sort = f"{iso(aggregate.created_at)}#{aggregate.message_id}"
        lists: dict[Index, tuple[str, str]] = {
            "by_ref": (reference_key(region_key(aggregate.region), aggregate.reference), sort)
        }
        if aggregate.status is MessageStatus.FAILED:
            lists["by_region"] = (region_key(aggregate.region), failed_prefix() + sort)
        return self._row(
            aggregate,
            due_at=aggregate.due_at,
            lists=lists,
            expires_at=None if aggregate.due_at else aggregate.created_at + RETENTION,
        )

    def latest_about(self, region: str, reference: str, most: int) -> list[Message]:
        """Return the messages about a reference that were made last."""
        partition = reference_key(region_key(region), reference)
        return self.list_all("by_ref", partition, newest_first=True, most=most)


def reference_key(partition: str, reference: str) -> str:
    """Return the key of all messages about a reference, inside a partition of the caller."""
    return f"{partition}#{reference}"


def failed_prefix() -> str:
    """Return the sort prefix of failed messages in a region's list."""
    return "failed#"
