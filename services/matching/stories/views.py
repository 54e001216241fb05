"""What goes out about a story."""

from datetime import datetime

from services.matching.stories.values import Media, StoryConsent, StoryStatus
from shared.api.models import View


class StoryView(View):
    """A story; its text is there for a caller who may read it."""

    story_id: str
    match_id: str
    guardian_id: str
    region: str
    status: StoryStatus
    media: tuple[Media, ...]
    consent: StoryConsent | None
    decision_reason: str | None
    submitted_at: datetime
    next_steps: tuple[str, ...]
    text: str | None = None
    version: int
