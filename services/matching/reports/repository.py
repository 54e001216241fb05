"""Where guardians' reports are kept: `REPORT#<id>`.

by_ref: MATCH#<match id> / REPORT#<reported at>#<id>
"""

from typing import ClassVar

from services.matching.matches.repository import match_key
from services.matching.reports.domain import Report
from shared import clock
from shared.storage.repository import Repository
from shared.storage.rows import Row

REPORT = "REPORT#"


class Reports(Repository[Report]):
    """All reports."""

    model: ClassVar[type[Report]] = Report
    prefix: ClassVar[str] = "REPORT"
    id_field: ClassVar[str] = "report_id"

    def row(self, report: Report) -> Row:
        """Return a report, listed under its match by time."""
        sort = f"{REPORT}{clock.iso(report.reported_at)}#{report.report_id}"
        return self._row(report, lists={"by_ref": (match_key(report.match_id), sort)})
