"""What is read of stories."""

from functools import partial

from services.matching.bonds.policy import FAMILY, as_record
from services.matching.bonds.queries import page_of_family
from services.matching.matches.policy import region_of_family
from services.matching.media.queries import note_look
from services.matching.media.repository import MediaFiles
from services.matching.media.views import link_to
from services.matching.policy import POLICY
from services.matching.stories.commands import StoryQuery
from services.matching.stories.domain import Story
from services.matching.stories.policy import load_authorised, shown_to, story_resource
from services.matching.stories.repository import Stories, of_family, status_prefix
from services.matching.stories.values import StoryId
from services.matching.stories.vault_records import TEXT, record_name
from services.matching.stories.views import StoryView, story_view
from shared.identity.partitions import Partition, whole_own_list
from shared.principal import Principal
from shared.privacy.access_log import AccessLog
from shared.privacy.vault import RecordFields, Vault
from shared.storage.files import Files
from shared.storage.repository import Page
from shared.storage.rows import Index


def list_stories(query: StoryQuery, caller: Principal, stories: Stories) -> Page[StoryView]:
    """List stories of the region, the organisation or the family, without their texts."""
    if caller.role == FAMILY:
        # What speaks for a family does so in its own regions, one by one.
        region = region_of_family(query.region)
        return page_of_family(
            stories,
            "Story",
            _shown,
            query=query,
            caller=caller,
            prefix=of_family(region, status_prefix(query.status)),
            newest_first=True,
        )
    index, claimed, prefix = _own_list(query, caller)
    partition = POLICY.require_list(caller, "list", "Story", claimed)
    return stories.page(
        index,
        partition,
        partial(_shown, caller),
        caller=caller,
        query=query,
        prefix=prefix,
        newest_first=True,
    )


def _own_list(query: StoryQuery, caller: Principal) -> tuple[Index, Partition, str]:
    prefix = status_prefix(query.status)
    if caller.role == "guardian_rep":
        whole_own_list(query.region)
        return "by_owner", Partition.of_org(caller), prefix
    return "by_region", Partition.of_region(caller, query.region), prefix


def _shown(caller: Principal, story: Story) -> StoryView:
    return story_view(shown_to(caller, story))


def view_story(
    story_id: StoryId,
    caller: Principal,
    stories: Stories,
    media_files: MediaFiles,
    files: Files,
    access_log: AccessLog,
    vault: Vault,
) -> StoryView:
    """Show one story; its text is opened, and its files linked, for a caller who may read it."""
    story = load_authorised(story_id, "view", caller, stories)
    reader = as_record(caller, story.family_id, stories.store)
    if not POLICY.allows(reader, "read_story", story_resource(story)):
        return story_view(story)
    wanted = RecordFields(story.family_id, record_name(story_id), (TEXT,))
    (opened,) = vault.open_many([wanted], caller, "read_story")
    found = media_files.get_many(each.media_id for each in story.media)
    for each in found:
        note_look(each, caller, access_log)
    links = {each.media_id: link_to(each, files) for each in found}
    return story_view(story, (opened or {}).get(TEXT), links)
