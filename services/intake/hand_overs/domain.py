"""A note that one shift of the hotline leaves to the next; its words are in the vault."""

from typing import ClassVar, Self

from services.intake.codes.values import Urgency
from services.intake.families.values import Stamp
from services.intake.hand_overs.values import HandOverStatus
from shared.domain import Moment, StatefulAggregate


class HandOver(StatefulAggregate):
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

    def take(self, stamp: Stamp) -> Self:
        """Let an operator do it; of two at once one wins."""
        if self.status is HandOverStatus.TAKEN and self.taken_by == stamp.by:
            return self
        self._require("take_note")
        return self._with(status=HandOverStatus.TAKEN, taken_by=stamp.by, taken_at=stamp.at)

    def finish(self, stamp: Stamp) -> Self:
        """End the note: what it asks for is done."""
        self._require("finish_note")
        return self._with(status=HandOverStatus.DONE, done_by=stamp.by, done_at=stamp.at)
