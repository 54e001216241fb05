"""A guardian's report on how the help is going."""

from datetime import datetime

from shared.domain import Aggregate


class Report(Aggregate):
    """How a guardian says the help is going; its words are sealed in the vault."""

    report_id: str
    match_id: str
    guardian_id: str
    region: str
    period: str
    resources_ok: bool
    reported_at: datetime
