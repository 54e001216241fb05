"""Where care visits are kept: `VISIT#<id>`.

by_ref: MATCH#<match id> / VISIT#<given on>#<id>
"""

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import ClassVar

from services.matching.matches.facts import MOST_FIRST_DAYS
from services.matching.matches.repository import match_key
from services.matching.matches.values import HelpDays
from services.matching.visits.domain import CareVisit
from shared.storage.repository import PAGE_LIMIT, Repository
from shared.storage.rows import Row

VISIT = "VISIT#"


class Visits(Repository[CareVisit]):
    """All care visits."""

    model: ClassVar[type[CareVisit]] = CareVisit
    prefix: ClassVar[str] = "VISIT"
    id_field: ClassVar[str] = "visit_id"

    def row(self, visit: CareVisit) -> Row:
        """Return a visit, listed under its match by day."""
        sort = f"{VISIT}{visit.given_on}#{visit.visit_id}"
        return self._row(visit, lists={"by_ref": (match_key(visit.match_id), sort)})

    def days_beside(self, visit: CareVisit) -> HelpDays:
        """Return the first days and the last one of the other helps of its match."""
        days = islice(self._given_beside(visit, newest_first=False), MOST_FIRST_DAYS)
        return HelpDays(tuple(days), next(self._given_beside(visit, newest_first=True), None))

    def _given_beside(self, visit: CareVisit, *, newest_first: bool) -> Iterator[date]:
        """Yield the days of the other helps that were given, as far as they are asked for."""
        start: dict[str, str] | None = None
        while True:
            page, start = self.store.page(
                "by_ref",
                match_key(visit.match_id),
                limit=PAGE_LIMIT,
                start=start,
                newest_first=newest_first,
                prefix=VISIT,
            )
            for other in map(self._aggregate, page):
                if other.given and other.visit_id != visit.visit_id:
                    yield other.given_on
            if start is None:
                return
