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


class StoryConsentRecorded(_OfStory, Event):
    """The family agrees that others read the story."""


class StoryCleared(_OfStory, Event):
    """A story may be published."""


class StoryDeclined(_OfStory, Event):
    """A story will not be published."""

    reason: str


class StoryTakenDown(_OfStory, Event):
    """A headquarters (the role `by`) has hidden a published story; copies must come down."""

    reason: str
    by: str


class StoryMediaRemoved(_OfStory, Event):
    """A photo or video of a published story was deleted (by the role `by`); copies must come down.

    Of several stories that showed it, one is named.
    """

    subject_field = "media_id"
    media_id: str
    by: str


class StoryConsentWithdrawn(_OfStory, Event):
    """The family took its consent back; a published story is `hidden`, copies must come down."""

    hidden: bool
