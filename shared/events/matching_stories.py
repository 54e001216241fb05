"""Events of guardians' stories; matching publishes them."""

from pydantic import BaseModel

from shared.events.base import Event


class _OfStory(BaseModel, defer_build=True):
    """What every fact about a guardian's story says; no event itself."""

    story_id: str
    match_id: str
    guardian_id: str


class StorySubmitted(_OfStory, Event):
    """A guardian sent a story."""


class StoryCleared(_OfStory, Event):
    """A story may be published."""


class StoryDeclined(_OfStory, Event):
    """A story will not be published."""

    reason: str


class StoryConsentWithdrawn(_OfStory, Event):
    """The family took its consent back; a published story is `hidden`, copies must come down."""

    hidden: bool
