"""What goes out about a guardian's report."""

from datetime import datetime

from services.matching.reports.domain import Report
from shared.api.models import View


class ReportView(View):
    """A guardian's report with its words."""

    report_id: str
    period: str
    resources_ok: bool
    reported_at: datetime
    done: str
    difficulties: str | None


def report_view(report: Report, words: dict[str, str] | None) -> ReportView:
    """Return the report and what the vault keeps of it."""
    opened = words or {}
    return ReportView.of(
        report, done=opened.get("done", ""), difficulties=opened.get("difficulties")
    )
