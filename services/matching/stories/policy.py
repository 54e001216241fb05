"""A story as `policy.cedar` sees it."""

from services.matching.policy import POLICY
from services.matching.stories.domain import Story
from services.matching.stories.repository import Stories
from shared.identity.policy import Resource
from shared.principal import Principal


def story_resource(story: Story) -> Resource:
    """Return a story, which belongs to the guardian that sent it and to its region."""
    return Resource(
        type="Story",
        id=story.story_id,
        region=story.region,
        org=story.guardian_id,
        person=story.family_id,
        status=story.status.value,
        more={"consented": story.consent is not None},
    )


def load_authorised(story_id: str, action: str, principal: Principal, stories: Stories) -> Story:
    """Return the story when the caller may do this to it."""
    story = stories.get(story_id)
    POLICY.require(principal, action, story_resource(story))
    return story
