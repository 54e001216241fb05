"""Where matches are kept.

MATCH#<id>   by_region: REGION#<region> / MATCH#OPEN#<next work due at>#<id>,
                                     then MATCH#OVER#<status>#<month it was over>#<id>
             by_state, by_district: REGION#<region>#<status or district> / <next work due at>#<id>,
                                     while it is open
             by_owner:  ORG#<guardian id> / MATCH#<status>#<id>
             by_programme: REGION#<region>#<guardian id> / the same: what a region has of a guardian
             by_ref:    PERSON#<family id> / MATCH#<region>#<status>#<id>
             due_at:    the next of its deadlines (`facts`)
"""

from collections.abc import Iterable
from typing import ClassVar
from zoneinfo import ZoneInfo

from services.matching.matches.domain import Match
from services.matching.matches.values import MatchStatus
from services.matching.next_work.domain import work_of
from shared import clock
from shared.reference import calendar, regions
from shared.storage.list_keys import org_key, person_key, region_key
from shared.storage.repository import Repository
from shared.storage.rows import Index, Row

MATCH = "MATCH#"
OPEN = "MATCH#OPEN#"
OVER = "MATCH#OVER#"


class Matches(Repository[Match]):
    """All matches, open and over."""

    model: ClassVar[type[Match]] = Match
    prefix: ClassVar[str] = "MATCH"
    id_field: ClassVar[str] = "match_id"

    def row(self, match: Match) -> Row:
        """Return a match with its lists and its next deadline."""
        zone = regions.zone(match.region)
        own = f"{match.status}#{match.match_id}"
        in_region = part_key(region_key(match.region), match.guardian_id)
        lists: dict[Index, tuple[str, str]] = {
            "by_owner": (org_key(match.guardian_id), f"{MATCH}{own}"),
            "by_programme": (in_region, f"{MATCH}{own}"),
            "by_ref": (person_key(match.family_id), f"{of_family(match.region)}{own}"),
        }
        return self._row(
            match,
            due_at=match.next_deadline(zone),
            lists=lists | _of_region(match, zone),
        )

    def of_months(self, partition: str, months: Iterable[str]) -> list[Match]:
        """Return every match that was open in these months: the open ones and those over.

        One that ends while they are read is in both lists, and counts once, as it ended.
        """
        found = (
            match
            for prefix in prefixes_of_months(months)
            for match in self.list_all("by_region", partition, prefix=prefix)
        )
        return list({each.match_id: each for each in found}.values())


def prefixes_of_months(months: Iterable[str]) -> tuple[str, ...]:
    """Return where a region has the matches that were open in these months."""
    over = (
        f"{OVER}{status}#{month}#" for month in months for status in MatchStatus if not status.open
    )
    return (OPEN, *over)


def _of_region(match: Match, zone: ZoneInfo) -> dict[Index, tuple[str, str]]:
    """Return the places of a match in its region: by its next work, or the month it was over."""
    region, work = region_key(match.region), work_of(match, zone)
    if work is None:
        month = f"{calendar.local_date(zone, match.over_at or match.proposed_at):%Y-%m}"
        return {"by_region": (region, f"{OVER}{match.status}#{month}#{match.match_id}")}
    place = f"{clock.iso(work.due_at)}#{match.match_id}"
    return {
        "by_region": (region, f"{OPEN}{place}"),
        "by_state": (part_key(region, match.status), place),
        "by_district": (part_key(region, match.district), place),
    }


def part_key(region: str, part: str) -> str:
    """Return what a region has of one guardian, or of its open ones of a status or a district."""
    return f"{region}#{part}"


def of_family(region: str) -> str:
    """Return how the sort keys of a family's matches in a region begin."""
    return f"{MATCH}{region}#"


def match_key(match_id: str) -> str:
    """Return the partition of what belongs to a match."""
    return f"{MATCH}{match_id}"
