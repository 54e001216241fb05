"""Where guardians' stories are kept.

STORY#<id>   by_region: REGION#<region> / STORY#<status>#<submitted at>#<id>
             by_owner:  ORG#<guardian id> / STORY#<status>#<submitted at>#<id>
             by_ref:    PERSON#<family id> / STORY#<region>#<status>#<submitted at>#<id>
STORY_ERASURE#<family id>   a job; 30 days
"""

from collections.abc import Iterable
from typing import ClassVar

from services.matching.erasures.domain import Erasure
from services.matching.erasures.repository import Erasures
from services.matching.stories.domain import Story
from services.matching.stories.values import StoryStatus
from shared import clock
from shared.storage.list_keys import org_key, person_key, region_key
from shared.storage.repository import Repository
from shared.storage.rows import Row

STORY = "STORY#"


def status_prefix(status: StoryStatus | None) -> str:
    """Return what the sort keys of one status's stories begin with; of all stories without one."""
    return STORY if status is None else f"{STORY}{status}#"


def of_family(region: str, sort: str) -> str:
    """Return a sort key, or its beginning, in the list of a family: by region first."""
    return f"{STORY}{region}#{sort.removeprefix(STORY)}"


class Stories(Repository[Story]):
    """All stories."""

    model: ClassVar[type[Story]] = Story
    prefix: ClassVar[str] = "STORY"
    id_field: ClassVar[str] = "story_id"

    def row(self, story: Story) -> Row:
        """Return a story, listed in its region and under its guardian, by status and time."""
        sort = f"{status_prefix(story.status)}{clock.iso(story.submitted_at)}#{story.story_id}"
        return self._row(
            story,
            lists={
                "by_region": (region_key(story.region), sort),
                "by_owner": (org_key(story.guardian_id), sort),
                "by_ref": (person_key(story.family_id), of_family(story.region, sort)),
            },
        )

    def not_over(self, family_id: str) -> list[Story]:
        """Return the stories of a family, in all regions, that are published or may still be."""
        partition = person_key(family_id)
        found = self.list_all("by_ref", partition, prefix=STORY, latest=True)
        return [story for story in found if story.legal_steps]

    def of_months(self, partition: str, months: Iterable[str]) -> list[Story]:
        """Return every story that came in these months of UTC; one that moves meanwhile, once."""
        found = (
            story
            for month in months
            for status in StoryStatus
            for story in self.list_all(
                "by_region",
                partition,
                prefix=f"{status_prefix(status)}{month}",
            )
        )
        return list({each.story_id: each for each in found}.values())


class StoryErasures(Erasures[Erasure]):
    """The families whose stories lose their consent, a few at a time."""

    model: ClassVar[type[Erasure]] = Erasure
    prefix: ClassVar[str] = "STORY_ERASURE"
