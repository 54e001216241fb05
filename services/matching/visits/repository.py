"""Where care visits are kept: `VISIT#<id>`.

by_ref: MATCH#<match id> / VISIT#<given on>#<id>
"""

from typing import ClassVar

from services.matching.matches.repository import match_key
from services.matching.visits.domain import CareVisit
from shared.storage.repository import Repository
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
