"""What is read of stories."""

from services.matching.policy import POLICY
from services.matching.stories.commands import StoryQuery
from services.matching.stories.policy import load_authorised, story_resource
from services.matching.stories.repository import Stories, status_prefix
from services.matching.stories.values import StoryId
from services.matching.stories.vault_records import TEXT, record_name
from services.matching.stories.views import StoryView
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.privacy.vault import RecordFields, Vault
from shared.storage.repository import Page


def list_stories(query: StoryQuery, caller: Principal, stories: Stories) -> Page[StoryView]:
    """List stories of the region or the organisation, without their texts."""
    if caller.role == "guardian_rep":
        claimed = Partition.of_org(caller)
    else:
        claimed = Partition.of_region(caller, query.region)
    partition = POLICY.require_list(caller, "list", "Story", claimed, {"consented": False})
    return stories.page(
        "by_owner" if claimed.org else "by_region",
        partition,
        lambda story: StoryView.of(story, text=None),
        caller=caller,
        limit=query.limit,
        cursor=query.cursor,
        prefix=status_prefix(query.status),
        newest_first=True,
    )


def view_story(story_id: StoryId, caller: Principal, stories: Stories, vault: Vault) -> StoryView:
    """Show one story; its text is opened for a caller who may read it."""
    story = load_authorised(story_id, "view", caller, stories)
    if not POLICY.allows(caller, "read_story", story_resource(story)):
        return StoryView.of(story, text=None)
    wanted = RecordFields(story.family_id, record_name(story_id), (TEXT,))
    (opened,) = vault.open_many([wanted], caller, "read_story")
    return StoryView.of(story, text=(opened or {}).get(TEXT))
