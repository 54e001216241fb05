"""A guardian sends a story about its help, and the headquarters decides on it."""

from services.matching.bonds.use_cases import save_said, speak_for
from services.matching.matches.policy import load_authorised as load_authorised_match
from services.matching.matches.repository import Matches
from services.matching.matches.values import MatchId
from services.matching.media.policy import load_authorised as load_authorised_media
from services.matching.media.queries import confirmed_media
from services.matching.media.repository import MediaFiles
from services.matching.media.values import MediaId
from services.matching.stories.commands import DecideStory, StoryConsentGiven, SubmitStory
from services.matching.stories.domain import Story
from services.matching.stories.events import event_fields, withdrawn_event
from services.matching.stories.policy import load_authorised
from services.matching.stories.repository import Stories
from services.matching.stories.values import StoryConsent, StoryId, StoryMedia, StoryStatus
from services.matching.stories.vault_records import TEXT, record_name
from shared import clock, ids
from shared.events.matching_stories import (
    StoryCleared,
    StoryConsentRecorded,
    StoryDeclined,
    StoryMediaRemoved,
    StorySubmitted,
    StoryTakenDown,
)
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext, Receipt

PAPER = "/consent_ref"
# Of more stories with one photo, agreed to and not decided, none is cleared as it is removed.
STORIES_GUARDED = 4


def submit_story(
    match_id: MatchId,
    body: SubmitStory,
    context: CommandContext,
    matches: Matches,
    stories: Stories,
    media_files: MediaFiles,
    vault: Vault,
) -> Receipt:
    """Send a story of the guardian about a family it helps."""
    match = load_authorised_match(match_id, "submit_story", context.actor, matches)
    in_care = match.submit_story()
    media = confirmed_media(body.media, match_id, media_files)
    story = Story(
        story_id=ids.new("sto"),
        match_id=match_id,
        case_id=match.case_id,
        family_id=match.family_id,
        guardian_id=match.guardian_id,
        region=match.region,
        programme=match.programme.value,
        media=tuple(
            StoryMedia(media_id=each.media_id, kind=each.kind, etag=each.etag or "")
            for each in media
        ),
        submitted_at=clock.now(),
    )
    return stories.save(
        context,
        story,
        matches.row(in_care),
        events=[StorySubmitted(**event_fields(story))],
        writes=vault.seal(story.family_id, record_name(story.story_id), {TEXT: body.text}),
    )


def record_story_consent(
    story_id: StoryId,
    body: StoryConsentGiven,
    context: CommandContext,
    stories: Stories,
) -> Receipt:
    """Record that the family agrees to the story's publication: it says so, or has on paper."""
    story = load_authorised(story_id, "record_story_consent", context.actor, stories)
    speak_for(story.family_id, body.consent_ref, PAPER, context)
    consent = StoryConsent(at=clock.now(), paper_ref=body.consent_ref)
    agreed, event = story.record_consent(consent), StoryConsentRecorded(**event_fields(story))
    return save_said(agreed, body.consent_ref, PAPER, context, stories, events=[event])


def withdraw_story_consent(
    story_id: StoryId,
    body: StoryConsentGiven,
    context: CommandContext,
    stories: Stories,
) -> Receipt:
    """Take the family's consent back; a published story is hidden at once and to be taken down."""
    story = load_authorised(story_id, "withdraw_story_consent", context.actor, stories)
    speak_for(story.family_id, body.consent_ref, PAPER, context)
    withdrawn = story.withdraw_consent(body.consent_ref)
    event = withdrawn_event(story)
    return save_said(withdrawn, body.consent_ref, PAPER, context, stories, events=[event])


def clear_story(story_id: StoryId, context: CommandContext, stories: Stories) -> Receipt:
    """Clear the story for publication."""
    cleared = load_authorised(story_id, "clear_story", context.actor, stories).clear()
    return stories.save(context, cleared, events=[StoryCleared(**event_fields(cleared))])


def decline_story(
    story_id: StoryId, body: DecideStory, context: CommandContext, stories: Stories
) -> Receipt:
    """Decide that the story is not published."""
    context.reason = body.reason
    story = load_authorised(story_id, "decline_story", context.actor, stories)
    declined = StoryDeclined(**event_fields(story), reason=body.reason)
    return stories.save(context, story.decline(body.reason), events=[declined])


def take_down_story(
    story_id: StoryId, body: DecideStory, context: CommandContext, stories: Stories
) -> Receipt:
    """Take a published story back."""
    context.reason = body.reason
    story = load_authorised(story_id, "take_down_story", context.actor, stories)
    hidden = StoryTakenDown(**event_fields(story), reason=body.reason, by=context.actor.role)
    return stories.save(context, story.take_down(body.reason), events=[hidden])


def remove_media(
    media_id: MediaId, context: CommandContext, media_files: MediaFiles, stories: Stories
) -> Receipt:
    """Delete a photo or a video for good; stories show it no more, copies are to be taken down."""
    media = load_authorised_media(media_id, "remove_media", context.actor, media_files)
    found = [each for each in stories.not_over(media.family_id) if each.shows(media_id)]
    published = [each for each in found if each.status is StoryStatus.CLEARED]
    fields = {"media_id": media_id, "by": context.actor.role}
    events = [StoryMediaRemoved(**event_fields(each), **fields) for each in published]
    # Who clears one of them in this instant has to look again, so that no copy goes untold.
    clearable = [each for each in found if each.may_be_cleared][:STORIES_GUARDED]
    guarded = (stories.row(each) for each in clearable)
    return media_files.save(context, media.remove(clock.now()), *guarded, events=events)
