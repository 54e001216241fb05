"""The sealed words of a report, under the family's case id."""

from services.matching.reports.commands import ReportCare
from services.matching.reports.domain import Report

FIELDS = ("done", "difficulties")


def record_name(report: Report) -> str:
    """Return the name of a report's record."""
    return f"report#{report.report_id}"


def words(body: ReportCare) -> dict[str, str]:
    """Return what is sealed of a report."""
    return {"done": body.done} | ({"difficulties": body.difficulties} if body.difficulties else {})
