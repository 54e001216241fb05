"""A file of secrets: written by a job, taken once by who asked for it, deleted within minutes."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from shared.domain import CodeEnum, StatefulAggregate

WAITS = timedelta(minutes=15)
# A link lives five minutes.
LINK_LIVES = timedelta(minutes=6)
BY_PERSON = ("take_list", "write_again")


class ListStatus(CodeEnum, of="card_paper_status"):
    """Whether the file is there; it is taken once."""

    WRITING = "writing"
    READY = "ready"
    TAKEN = "taken"
    DELETED = "deleted"
    FAILED = "failed"


class TakenOnce(StatefulAggregate):
    """A list of secrets for the person who asked for it."""

    STEPS: ClassVar = {
        ListStatus.WRITING: {"finish": ListStatus.READY, "fail": ListStatus.FAILED},
        ListStatus.READY: {"take_list": ListStatus.TAKEN, "expire": ListStatus.DELETED},
        ListStatus.TAKEN: {"clean": None},
        ListStatus.DELETED: {"write_again": ListStatus.WRITING},
        ListStatus.FAILED: {"write_again": ListStatus.WRITING},
    }

    id: str
    region: str
    asked_by: str
    role: str
    asked_at: datetime
    status: ListStatus = ListStatus.WRITING
    failure: str | None = None
    due_at: datetime | None = None

    @property
    def next_steps(self) -> tuple[str, ...]:
        """The legal steps that a person takes; the others are those of the job."""
        return tuple(step for step in super().next_steps if step in BY_PERSON)

    def finish(self, at: datetime) -> Self:
        """Let the list be taken, for a quarter of an hour."""
        self._require("finish")
        return self._with(status=ListStatus.READY, due_at=at + WAITS)

    def fail(self, reason: str) -> Self:
        """Note that the list cannot be written."""
        self._require("fail")
        return self._with(status=ListStatus.FAILED, failure=reason, due_at=None)

    def take(self, at: datetime) -> Self:
        """Hand the list out, this one time."""
        self._require("take_list")
        return self._with(status=ListStatus.TAKEN, due_at=at + LINK_LIVES)

    def clean(self) -> Self:
        """Note that the file is deleted; a list that was not taken may be asked for again."""
        kept = self.status if self.status is ListStatus.TAKEN else ListStatus.DELETED
        return self._with(status=kept, due_at=None)

    def has_file(self, taken_as: int, at: datetime) -> bool:
        """Return whether the list can be fetched yet by the call that took it as that version.

        What was written since is for who takes that.
        """
        return self.version == taken_as and self.due_at is not None and self.due_at > at

    def _written_again(self, at: datetime, **more: object) -> Self:
        self._require("write_again")
        return self._with(status=ListStatus.WRITING, asked_at=at, due_at=at, failure=None, **more)
