"""A story as `policy.cedar` sees it."""

from services.matching.bonds.policy import as_record
from services.matching.policy import POLICY
from services.matching.stories.domain import Story
from services.matching.stories.repository import Stories
from shared.identity.policy import Resource
from shared.principal import Principal

BY_CONSENT = ("withdraw_story_consent", "clear_story")


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
    """Return the story, with the caller's own next steps, when the caller may do this to it."""
    story = stories.get(story_id)
    caller = as_record(principal, story.family_id, stories.store)
    POLICY.require(caller, action, story_resource(story))
    return shown_to(caller, story)


def shown_to(caller: Principal, story: Story) -> Story:
    """Return the story with the caller's own steps; what needs a consent is not there without."""
    may = POLICY.may_take(caller, story_resource(story), {})
    return story.shown_to(
        lambda step: (story.consent is not None or step not in BY_CONSENT) and may(step)
    )
