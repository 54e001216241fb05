"""A work item: one task of a staff role, until it is done."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Self

from services.notifications.work_items.values import WorkItemStatus
from shared.domain import StatefulAggregate


class WorkItem(StatefulAggregate):
    """What a role of a region is asked to do about one reference; it holds codes and ids only.

    `by_phone`: the news is for a person without any written channel, so the staff must call.
    """

    STEPS: ClassVar = {
        WorkItemStatus.NEW: {
            "read_item": WorkItemStatus.READ,
            "finish_item": WorkItemStatus.DONE,
        },
        WorkItemStatus.READ: {"finish_item": WorkItemStatus.DONE},
        WorkItemStatus.DONE: {"reopen_item": WorkItemStatus.READ},
    }
    # Each step has a refusal of its own.
    REFUSALS: ClassVar = {
        "read_item": "item_already_read",
        "finish_item": "item_already_done",
        "reopen_item": "item_not_done",
    }

    item_id: str
    message_id: str
    role: str
    region: str
    template: str
    variant: str
    reference: str
    urgent: bool
    facts: Mapping[str, str] = {}
    by_phone: bool = False
    status: WorkItemStatus = WorkItemStatus.NEW
    created_at: datetime
    read_at: datetime | None = None
    read_by: str | None = None
    done_at: datetime | None = None
    done_by: str | None = None

    def read(self, by: str, now: datetime) -> Self:
        """Mark the item as read; the first reader is remembered."""
        self._require("read_item")
        return self._with(status=WorkItemStatus.READ, read_by=by, read_at=now)

    def finish(self, by: str, now: datetime) -> Self:
        """Mark the work as done."""
        self._require("finish_item")
        return self._with(status=WorkItemStatus.DONE, done_by=by, done_at=now)

    def reopen(self) -> Self:
        """Take the item back that was marked done by mistake."""
        self._require("reopen_item")
        return self._with(status=WorkItemStatus.READ, done_by=None, done_at=None)

    def _require(self, step: str) -> None:
        if step not in self.next_steps:
            raise self._refusal(self.REFUSALS[step], step=step)
