"""A note that one shift of the hotline leaves to the next; its words are in the vault."""

from datetime import datetime
from typing import ClassVar, Self

from services.intake.codes.values import Urgency
from services.intake.families.values import Stamp
from services.intake.hand_overs.values import DONE_WITHIN, DONE_WITHIN_URGENT, HandOverStatus
from shared.domain import Deadline, Moment, TimedAggregate

OVERDUE = "overdue"


class HandOver(TimedAggregate):
    """What is still to be done about one request; `subject` is whose key seals the words."""

    REFUSAL: ClassVar = "note_is_{status}"
    STEPS: ClassVar = {
        HandOverStatus.OPEN: {
            "take_note": HandOverStatus.TAKEN,
            "finish_note": HandOverStatus.DONE,
        },
        HandOverStatus.TAKEN: {"finish_note": HandOverStatus.DONE},
        HandOverStatus.DONE: {},
    }
    DEADLINES: ClassVar = (
        Deadline(OVERDUE, lambda note, zone: None if note.done_at else note.due_at),
    )

    hand_over_id: str
    request_id: str
    number: str
    region: str
    subject: str
    urgency: Urgency
    left_by: str
    left_at: Moment
    status: HandOverStatus = HandOverStatus.OPEN
    taken_by: str | None = None
    taken_at: Moment | None = None
    done_by: str | None = None
    done_at: Moment | None = None

    @property
    def urgent(self) -> bool:
        """Whether the next shift should do it first."""
        return self.urgency is Urgency.URGENT

    @property
    def due_at(self) -> datetime:
        """By when it should be done."""
        return self.left_at + (DONE_WITHIN_URGENT if self.urgent else DONE_WITHIN)

    @property
    def of_family(self) -> bool:
        """Whether the words are sealed with those of a family, and forgotten with it."""
        return self.subject != self.request_id

    def take(self, stamp: Stamp) -> Self:
        """Let an operator do it; of two at once one wins."""
        if self.status is HandOverStatus.TAKEN and self.taken_by == stamp.by:
            return self
        self._require("take_note")
        return self._with(status=HandOverStatus.TAKEN, taken_by=stamp.by, taken_at=stamp.at)

    def miss(self) -> Self:
        """Open a note to all again that is not done in time: who took it may have gone home."""
        return self._fire(OVERDUE)._with(status=HandOverStatus.OPEN, taken_by=None, taken_at=None)

    def leave_family(self) -> Self:
        """Be about a request that is no family's any more, whose own key seals the words."""
        return self._with(subject=self.request_id)

    def finish(self, stamp: Stamp) -> Self:
        """End the note: what it asks for is done."""
        self._require("finish_note")
        return self._with(status=HandOverStatus.DONE, done_by=stamp.by, done_at=stamp.at)
