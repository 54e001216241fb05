"""The stories about a family that is forgotten are not published, and come down where they were."""

from services.matching.erasures.domain import Erasure
from services.matching.stories.events import forgotten_events
from services.matching.stories.repository import Stories, StoryErasures
from shared import clock
from shared.events.base import Received
from shared.events.intake import FamilyErased
from shared.messaging.deadlines import Job
from shared.storage.command_context import CommandContext

# Each is a row, its event and its line in the audit.
STORIES_OF_STEP = 4


def take_down_stories(
    received: Received[FamilyErased], context: CommandContext, erasures: StoryErasures
) -> None:
    """Have the family's stories taken down by the job."""
    erasure = Erasure(family_id=received.event.family_id, due_at=clock.now())
    erasures.begin(erasure, context)


def erase_consents(
    family_id: str, context: CommandContext, erasures: StoryErasures, stories: Stories
) -> None:
    """Take some stories back, and say so of each."""
    erasure = erasures.due(family_id)
    if erasure is None:
        return
    found = stories.not_over(family_id)
    now, left = found[:STORIES_OF_STEP], found[STORIES_OF_STEP:]
    rows = [stories.row(each.forget_family()) for each in now]
    events = [event for each in now for event in forgotten_events(each)]
    gone_on = erasure.go_on(clock.now() if left else None)
    erasures.save(context, gone_on, *rows, events=events)


def put_off_erasure(family_id: str, context: CommandContext, erasures: StoryErasures) -> None:
    """Try an erasure again tomorrow, which never came to an end today."""
    erasures.put_off(family_id, context)


REACTIONS = {FamilyErased: take_down_stories}
LOOKS_AGAIN = (take_down_stories,)
JOBS = {"STORY_ERASURE": Job(erase_consents, give_up=put_off_erasure)}
