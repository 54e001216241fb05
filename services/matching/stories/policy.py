"""A story as `policy.cedar` sees it."""

from services.matching.stories.domain import Story
from shared.identity.policy import Resource


def story_resource(story: Story) -> Resource:
    """Return a story, which belongs to the guardian that sent it and to its region."""
    return Resource(
        type="Story",
        id=story.story_id,
        region=story.region,
        org=story.guardian_id,
        status=story.status.value,
        more={"consented": story.consent_ref is not None},
    )
