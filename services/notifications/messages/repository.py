"""Rows of messages: `MESSAGE#<id>`; found by whom they concern, and where they did not arrive."""

from datetime import timedelta

from services.notifications.messages.domain import Message, Status
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
        """The message with its next deadline; a failed one joins its region's list of failures."""
        sort = f"{iso(aggregate.created_at)}#{aggregate.message_id}"
        lists: dict[Index, tuple[str, str]] = {
            "by_ref": (about_key(region_key(aggregate.region), aggregate.reference), sort)
        }
        if aggregate.status is Status.FAILED:
            lists["by_region"] = (region_key(aggregate.region), failed_prefix() + sort)
        return self._row(
            aggregate,
            due_at=aggregate.due_at,
            lists=lists,
            expires_at=None if aggregate.due_at else aggregate.created_at + RETENTION,
        )


def about_key(partition: str, reference: str) -> str:
    """The list of all messages about one thing, inside a partition of the caller's claims."""
    return f"{partition}#{reference}"


def failed_prefix() -> str:
    """Where failed messages stand in a region's list."""
    return "failed#"
