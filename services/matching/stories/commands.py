"""What comes in about a story."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from services.matching.evidence.commands import PaperRef
from services.matching.media.values import MediaId
from services.matching.stories.values import StoryStatus
from shared.api.models import Command, RegionQuery, line_feeds
from shared.reference.code_lists import Listed


class SubmitStory(Command):
    """A story about the help."""

    text: Annotated[str, Field(min_length=1, max_length=8000), BeforeValidator(line_feeds)]
    media: list[MediaId] = Field(default=[], max_length=10)


class StoryConsentGiven(Command):
    """The family's yes or no; the headquarters names the paper on which the family said so."""

    consent_ref: PaperRef | None = None


class DecideStory(Command):
    """Why a story is not published."""

    reason: Annotated[str, Listed("story_decision_reason")]


class StoryQuery(RegionQuery):
    """Stories of a region, in one status or all."""

    status: StoryStatus | None = None
