"""What goes out about a story."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from services.matching.codes import StepCode
from services.matching.media.values import MediaKind
from services.matching.stories.domain import Story
from services.matching.stories.values import StoryConsent, StoryStatus
from shared.api.models import View
from shared.domain import CodeOf


class MediaLink(View):
    """A photo or a video of a story; the link is there for a caller who may read the story.

    It lives five minutes. A file that was deleted has none.
    """

    media_id: str
    kind: MediaKind
    download_url: str | None = None


class StoryView(View):
    """A story; its text is there for a caller who may read it."""

    story_id: str
    match_id: str
    guardian_id: str
    region: str
    status: StoryStatus
    media: tuple[MediaLink, ...]
    consent: StoryConsent | None
    decision_reason: Annotated[str, CodeOf("story_decision_reason")] | None
    submitted_at: datetime
    next_steps: tuple[StepCode, ...]
    text: str | None = None
    version: int


def story_view(
    story: Story, text: str | None = None, links: Mapping[str, str | None] | None = None
) -> StoryView:
    """Return a story, with its text and the links to its files for those who may read it."""
    known = links or {}
    media = tuple(
        MediaLink(media_id=each.media_id, kind=each.kind, download_url=known.get(each.media_id))
        for each in story.media
    )
    return StoryView.of(story, text=text, media=media)
