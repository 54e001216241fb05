"""The events of a story."""

from services.matching.stories.domain import Story


def event_fields(story: Story) -> dict[str, str]:
    """Return what every event about a story says."""
    return {
        "region": story.region,
        "programme": story.programme,
        "story_id": story.story_id,
        "match_id": story.match_id,
        "guardian_id": story.guardian_id,
    }
