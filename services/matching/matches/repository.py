"""Where matches and what belongs to them are kept.

MATCH#<id>   by_region: REGION#<region> / MATCH#OPEN#<proposed at>#<id>,
                                     then MATCH#OVER#<month it was over>#<id>
             by_owner:  ORG#<guardian id> / MATCH#<id>
             by_ref:    PERSON#<case id> / MATCH#<id>
             due_at:    the next of introduction, calls, grace and second notice
VISIT#<id>   by_ref:    MATCH#<match id> / VISIT#<given on>#<id>
REPORT#<id>  by_ref:    MATCH#<match id> / REPORT#<reported at>#<id>
STORY#<id>   by_region: REGION#<region> / STORY#<status>#<submitted at>#<id>
             by_owner:  ORG#<guardian id> / STORY#<status>#<submitted at>#<id>
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Self

from services.matching.families.repository import Families
from services.matching.guardians.repository import Guardians
from services.matching.headquarters.repository import HeadquartersRepository
from services.matching.matches.domain import Match
from services.matching.stories.domain import CareVisit, Report, Story, StoryStatus
from shared import clock
from shared.privacy.vault import Vault
from shared.reference import calendar, regions
from shared.storage.list_keys import org_key, person_key, region_key
from shared.storage.repository import Repository
from shared.storage.rows import Row
from shared.storage.store import Store

MATCH = "MATCH#"
OPEN = "MATCH#OPEN#"
OVER = "MATCH#OVER#"
VISIT = "VISIT#"
REPORT = "REPORT#"
STORY = "STORY#"


class Matches(Repository[Match]):
    """All matches, open and over."""

    model: ClassVar[type[Match]] = Match
    prefix: ClassVar[str] = "MATCH"
    id_field: ClassVar[str] = "match_id"

    def row(self, match: Match) -> Row:
        """A match with its lists and its next deadline."""
        own = f"{MATCH}{match.match_id}"
        return self._row(
            match,
            due_at=match.due_at,
            lists={
                "by_region": (region_key(match.region), _in_region(match)),
                "by_owner": (org_key(match.guardian_id), own),
                "by_ref": (person_key(match.case_id), own),
            },
        )

    def of_months(self, partition: str, months: Iterable[str]) -> list[Match]:
        """Every match that was open at some time in these months: the open ones and those over."""
        found = self.list_all("by_region", partition, prefix=OPEN, most=5000)
        for month in months:
            found += self.list_all("by_region", partition, prefix=f"{OVER}{month}#", most=5000)
        return found


def _in_region(match: Match) -> str:
    if match.over_at is None:
        return f"{OPEN}{clock.iso(match.proposed_at)}#{match.match_id}"
    month = f"{calendar.local_date(regions.zone(match.region), match.over_at):%Y-%m}"
    return f"{OVER}{month}#{match.match_id}"


def match_key(match_id: str) -> str:
    """The partition of what belongs to a match."""
    return f"{MATCH}{match_id}"


def story_shelf(status: StoryStatus | None) -> str:
    """What the sort key of one status's stories begins with; of all stories without one."""
    return STORY if status is None else f"{STORY}{status}#"


class Visits(Repository[CareVisit]):
    """Helps given."""

    model: ClassVar[type[CareVisit]] = CareVisit
    prefix: ClassVar[str] = "VISIT"
    id_field: ClassVar[str] = "visit_id"

    def row(self, visit: CareVisit) -> Row:
        """A help, listed under its match by day."""
        sort = f"{VISIT}{visit.given_on}#{visit.visit_id}"
        return self._row(visit, lists={"by_ref": (match_key(visit.match_id), sort)})


class Reports(Repository[Report]):
    """Guardians' reports."""

    model: ClassVar[type[Report]] = Report
    prefix: ClassVar[str] = "REPORT"
    id_field: ClassVar[str] = "report_id"

    def row(self, report: Report) -> Row:
        """A report, listed under its match by time."""
        sort = f"{REPORT}{clock.iso(report.reported_at)}#{report.report_id}"
        return self._row(report, lists={"by_ref": (match_key(report.match_id), sort)})


class Stories(Repository[Story]):
    """Guardians' stories."""

    model: ClassVar[type[Story]] = Story
    prefix: ClassVar[str] = "STORY"
    id_field: ClassVar[str] = "story_id"

    def row(self, story: Story) -> Row:
        """A story, listed in its region and under its guardian, by status and time."""
        sort = f"{story_shelf(story.status)}{clock.iso(story.submitted_at)}#{story.story_id}"
        return self._row(
            story,
            lists={
                "by_region": (region_key(story.region), sort),
                "by_owner": (org_key(story.guardian_id), sort),
            },
        )


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that work on matches touches."""

    store: Store
    vault: Vault
    families: Families
    guardians: Guardians
    headquarters: HeadquartersRepository
    matches: Matches
    visits: Visits
    reports: Reports
    stories: Stories

    @classmethod
    def over(cls, store: Store, vault: Vault) -> Self:
        """The repositories over one service's tables."""
        return cls(
            store,
            vault,
            Families(store),
            Guardians(store),
            HeadquartersRepository(store),
            Matches(store),
            Visits(store),
            Reports(store),
            Stories(store),
        )
