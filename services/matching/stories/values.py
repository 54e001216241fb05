"""What a story is made of: its states with their steps, and its files."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from shared.domain import CodeEnum, ValueObject
from shared.ids import pattern

# The code of story_decision_reason of a story whose family has taken its consent back.
FAMILY_ASKED = "family_asked"

StoryId = Annotated[str, Field(pattern=pattern("sto"))]


class StoryStatus(CodeEnum, of="story_status"):
    """Whether a story may be shown to others."""

    SUBMITTED = "submitted"
    CLEARED = "cleared"
    DECLINED = "declined"
    TAKEN_DOWN = "taken_down"


STEPS: Mapping[StoryStatus, Mapping[str, Any]] = {
    StoryStatus.SUBMITTED: {
        "record_story_consent": None,
        "withdraw_story_consent": None,
        "clear_story": StoryStatus.CLEARED,
        "decline_story": StoryStatus.DECLINED,
    },
    StoryStatus.CLEARED: {
        "take_down_story": StoryStatus.TAKEN_DOWN,
        "withdraw_story_consent": StoryStatus.TAKEN_DOWN,
    },
    StoryStatus.DECLINED: {},
    StoryStatus.TAKEN_DOWN: {},
}


class StoryConsent(ValueObject):
    """The family's yes to publication: its own, or on a paper that the headquarters keeps."""

    at: datetime
    paper_ref: str | None = None


class Media(ValueObject):
    """A photo or a video of a story, by the key of its file."""

    kind: Literal["photo", "video"]
    key: str


def media_folder(match_id: str) -> str:
    """Return where the files of a match's stories are, and no others."""
    return f"stories/{match_id}/"
