"""Guardians' stories about their help; without the family's consent they stay inside."""

from services.matching.matches import commands
from services.matching.matches.repository import Desk, story_shelf
from services.matching.matches.use_cases import allowed
from services.matching.matches.views import StoryView
from services.matching.policy import POLICY
from services.matching.stories.domain import Media, Story
from services.matching.stories.policy import story_resource
from shared import clock, ids
from shared.errors import NotFound
from shared.events import matching as events
from shared.events.base import Event
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.privacy.vault import RecordFields
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.repository import Page

TEXT = "text"


def submit_story(
    match_id: str, body: commands.SubmitStory, context: CommandContext, desk: Desk
) -> Receipt:
    """The guardian sends a story about a family it helps."""
    match = allowed(match_id, "submit_story", context, desk)
    if match.agreed_at is None:
        raise NotFound("care_agreement", match_id)
    told_of = match.submit_story()
    story = Story(
        story_id=ids.new("sto"),
        match_id=match_id,
        case_id=match.case_id,
        guardian_id=match.guardian_id,
        region=match.region,
        programme=match.programme.value,
        media=tuple(Media(kind=each.kind, key=each.key) for each in body.media),
        consent_ref=body.consent_ref,
        submitted_at=clock.now(),
    )
    return desk.stories.save(
        context,
        story,
        desk.matches.row(told_of),
        events=[events.StorySubmitted(**_who(story))],
        writes=desk.vault.seal(story.case_id, _record(story.story_id), {TEXT: body.text}),
    )


def _who(story: Story) -> dict[str, str]:
    return {
        "region": story.region,
        "programme": story.programme,
        "story_id": story.story_id,
        "match_id": story.match_id,
        "guardian_id": story.guardian_id,
    }


def _record(story_id: str) -> str:
    return f"story#{story_id}"


def record_story_consent(
    story_id: str, body: commands.RecordStoryConsent, context: CommandContext, desk: Desk
) -> Receipt:
    """The family agrees that the story is published."""
    story = _allowed(story_id, "record_story_consent", context, desk)
    return desk.stories.save(context, story.record_consent(body.consent_ref))


def clear_story(story_id: str, context: CommandContext, desk: Desk) -> Receipt:
    """The story may be published."""
    cleared = _allowed(story_id, "clear_story", context, desk).clear()
    told: list[Event] = [events.StoryCleared(**_who(cleared))]
    return desk.stories.save(context, cleared, events=told)


def decline_story(
    story_id: str, body: commands.DecideStory, context: CommandContext, desk: Desk
) -> Receipt:
    """The story is not published."""
    context.reason = body.reason
    story = _allowed(story_id, "decline_story", context, desk)
    return desk.stories.save(context, story.decline(body.reason))


def take_down_story(
    story_id: str, body: commands.DecideStory, context: CommandContext, desk: Desk
) -> Receipt:
    """A published story is taken back."""
    context.reason = body.reason
    story = _allowed(story_id, "take_down_story", context, desk)
    return desk.stories.save(context, story.take_down(body.reason))


def _allowed(story_id: str, action: str, context: CommandContext, desk: Desk) -> Story:
    story = desk.stories.get(story_id)
    POLICY.require(context.actor, action, story_resource(story))
    return story


def view_story(story_id: str, caller: Principal, desk: Desk) -> StoryView:
    """One story; its text is opened for whoever may read it, and gone with its family's data."""
    story = desk.stories.get(story_id)
    resource = story_resource(story)
    POLICY.require(caller, "view", resource)
    if not POLICY.allows(caller, "read_story", resource):
        return StoryView.of(story)
    (opened,) = desk.vault.open_many(
        [RecordFields(story.case_id, _record(story_id), (TEXT,))], caller, "read_story"
    )
    return StoryView.of(story, (opened or {}).get(TEXT))


def list_stories(query: commands.StoryQuery, caller: Principal, desk: Desk) -> Page[StoryView]:
    """Stories of the caller's region or organisation, by status, the newest of each first."""
    if caller.role == "guardian_rep":
        where = Partition.of_org(caller)
    else:
        where = Partition.of_region(caller, query.region)
    partition = POLICY.require_list(caller, "list", "Story", where, {"consented": False})
    return desk.stories.page(
        "by_owner" if where.org else "by_region",
        partition,
        StoryView.of,
        caller=caller,
        limit=query.limit,
        cursor=query.cursor,
        prefix=story_shelf(query.status),
        newest_first=True,
    )
