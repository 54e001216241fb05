"""An order for printed cards: made once, in the background."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict

from shared.domain import CodeEnum

MAX_CARDS = 100


class Status(CodeEnum, of="card_print_status"):
    """Whether the file is there."""

    DRAWING = "drawing"
    READY = "ready"
    FAILED = "failed"


class Print(BaseModel):
    """Some cards on paper for one person; the file is gone after a day."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    id: str
    region: str
    ordered_by: str
    role: str
    card_ids: tuple[str, ...]
    ordered_at: datetime
    status: Status = Status.DRAWING
    failure: str | None = None
    version: int = 0

    @property
    def next_deadline(self) -> datetime | None:
        """An order is due at once."""
        return self.ordered_at if self.status is Status.DRAWING else None

    def drawn(self) -> Self:
        """The file is there."""
        return self.model_copy(update={"status": Status.READY})

    def fail(self, reason: str) -> Self:
        """The cards cannot be drawn."""
        return self.model_copy(update={"status": Status.FAILED, "failure": reason})
