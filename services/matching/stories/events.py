"""The events of a story."""

from services.matching.stories.domain import Story
from services.matching.stories.values import FAMILY_ASKED, StoryStatus
from shared.events.base import Event
from shared.events.matching_stories import StoryConsentWithdrawn, StoryDeclined


def event_fields(story: Story) -> dict[str, str]:
    """Return what every event about a story says."""
    return {
        "region": story.region,
        "programme": story.programme,
        "story_id": story.story_id,
        "match_id": story.match_id,
        "guardian_id": story.guardian_id,
    }


def forgotten_events(story: Story) -> list[Event]:
    """Return the events of a story, as it was, whose family is forgotten."""
    events: list[Event] = [withdrawn_event(story)] if story.rests_on_consent else []
    if story.status is StoryStatus.SUBMITTED:
        events.append(StoryDeclined(**event_fields(story), reason=FAMILY_ASKED))
    return events


def withdrawn_event(story: Story) -> StoryConsentWithdrawn:
    """Return the event that a story, as it was, has lost the family's consent."""
    hidden = story.status is StoryStatus.CLEARED
    return StoryConsentWithdrawn(**event_fields(story), hidden=hidden)
