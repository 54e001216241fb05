"""What piles up while care lasts: helps given, guardians' reports and stories."""

from datetime import date, datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict

from shared.domain import CodeEnum, ValueObject
from shared.errors import IllegalStep


class CareVisit(BaseModel):
    """One help given; the first one of a match starts its care."""

    model_config = ConfigDict(defer_build=True, frozen=True, hide_input_in_errors=True)

    visit_id: str
    match_id: str
    case_id: str
    guardian_id: str
    region: str
    need_id: str
    category: str
    given_on: date
    recorded_by: str
    confirmed_at: datetime | None = None
    version: int = 0

    def confirm(self, at: datetime) -> Self:
        """The family says that it got this help."""
        if self.confirmed_at is not None:
            raise IllegalStep("visit_already_confirmed")
        return self.model_copy(update={"confirmed_at": at})


class Report(BaseModel):
    """How a guardian says the help is going; its words lie in the vault."""

    model_config = ConfigDict(defer_build=True, frozen=True, hide_input_in_errors=True)

    report_id: str
    match_id: str
    guardian_id: str
    region: str
    period: str
    resources_ok: bool
    reported_at: datetime
    version: int = 0


class StoryStatus(CodeEnum, of="story_status"):
    """Whether a story may be shown to others."""

    SUBMITTED = "submitted"
    CLEARED = "cleared"
    DECLINED = "declined"
    TAKEN_DOWN = "taken_down"


STORY_STEPS: dict[StoryStatus, tuple[str, ...]] = {
    StoryStatus.SUBMITTED: ("record_story_consent", "clear_story", "decline_story"),
    StoryStatus.CLEARED: ("take_down_story",),
    StoryStatus.DECLINED: (),
    StoryStatus.TAKEN_DOWN: (),
}


class Media(ValueObject):
    """A photo or a video of a story, by the key of its file."""

    kind: Literal["photo", "video"]
    key: str


class Story(BaseModel):
    """A guardian's story about its help; without the family's consent it stays inside."""

    model_config = ConfigDict(defer_build=True, frozen=True, hide_input_in_errors=True)

    story_id: str
    match_id: str
    case_id: str
    guardian_id: str
    region: str
    programme: str
    media: tuple[Media, ...] = ()
    consent_ref: str | None = None
    status: StoryStatus = StoryStatus.SUBMITTED
    decision_reason: str | None = None
    submitted_at: datetime
    version: int = 0

    def record_consent(self, consent_ref: str) -> Self:
        """The family agrees that the story is published."""
        self._expect("record_story_consent")
        return self.model_copy(update={"consent_ref": consent_ref})

    def clear(self) -> Self:
        """The story may be published."""
        self._expect("clear_story")
        if self.consent_ref is None:
            raise IllegalStep("story_without_consent", ("record_story_consent", "decline_story"))
        return self.model_copy(update={"status": StoryStatus.CLEARED})

    def decline(self, reason: str) -> Self:
        """The story will not be published."""
        self._expect("decline_story")
        return self._decided(StoryStatus.DECLINED, reason)

    def take_down(self, reason: str) -> Self:
        """A published story is taken back, for instance because the consent was withdrawn."""
        self._expect("take_down_story")
        return self._decided(StoryStatus.TAKEN_DOWN, reason)

    def _decided(self, status: StoryStatus, reason: str) -> Self:
        return self.model_copy(update={"status": status, "decision_reason": reason})

    def _expect(self, step: str) -> None:
        if step not in STORY_STEPS[self.status]:
            raise IllegalStep(f"story_is_{self.status}", STORY_STEPS[self.status], step=step)
