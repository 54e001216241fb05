"""A work item: one thing that somebody of a role should do, until it is done."""

from collections.abc import Mapping
from datetime import datetime
from typing import Self

from pydantic import BaseModel

from shared.domain import CodeEnum
from shared.errors import IllegalStep


class Status(CodeEnum, of="work_item_status"):
    """How far the work is."""

    NEW = "new"
    READ = "read"
    DONE = "done"


class WorkItem(BaseModel, frozen=True):
    """What a role of a region is asked to do about one thing; it holds codes and ids only.

    `by_phone`: the news is for a person without any written channel, so somebody must call.
    """

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
    status: Status = Status.NEW
    created_at: datetime
    read_at: datetime | None = None
    read_by: str | None = None
    done_at: datetime | None = None
    done_by: str | None = None
    version: int = 0

    def read(self, by: str, now: datetime) -> Self:
        """Somebody has seen it; the first reader is remembered."""
        if self.status is not Status.NEW:
            raise IllegalStep("item_already_read", _next_steps(self.status))
        return self.model_copy(update={"status": Status.READ, "read_by": by, "read_at": now})

    def done(self, by: str, now: datetime) -> Self:
        """The work is done."""
        if self.status is Status.DONE:
            raise IllegalStep("item_already_done", _next_steps(self.status))
        return self.model_copy(update={"status": Status.DONE, "done_by": by, "done_at": now})

    def reopened(self) -> Self:
        """It was marked done by mistake."""
        if self.status is not Status.DONE:
            raise IllegalStep("item_not_done", _next_steps(self.status))
        return self.model_copy(update={"status": Status.READ, "done_by": None, "done_at": None})


def _next_steps(status: Status) -> tuple[str, ...]:
    return {
        Status.NEW: ("read_item", "finish_item"),
        Status.READ: ("finish_item",),
        Status.DONE: ("reopen_item",),
    }[status]
