"""What operators see of notes: the list without words, and one note with them."""

from datetime import datetime
from typing import Self

from services.intake.codes.fields import StepCode
from services.intake.hand_overs.domain import HandOver
from services.intake.hand_overs.values import HandOverStatus
from shared.api.models import View


class NoteRow(View):
    """A note in a list."""

    id: str
    version: int
    status: HandOverStatus
    request_id: str
    number: str
    urgent: bool
    left_by: str
    left_at: datetime
    due_at: datetime
    taken_by: str | None

    @classmethod
    def of_note(cls, note: HandOver) -> Self:
        """Show a note as a line."""
        return cls.of(note, id=note.hand_over_id)


class NoteView(NoteRow):
    """A note with its words; none are left of a family that was forgotten."""

    text: str | None
    next_steps: tuple[StepCode, ...]

    @classmethod
    def with_words(cls, note: HandOver, text: str | None) -> Self:
        """Show a note with what it says."""
        return cls.of(note, id=note.hand_over_id, text=text)
