"""What a story is made of: its states with their steps, and its files."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from services.matching.media.values import MediaKind
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


class StoryMedia(ValueObject):
    """A photo or a video of a story: the confirmed file, by its id and the tag of its content."""

    media_id: str
    kind: MediaKind
    etag: str
