"""What comes in about a report."""

from shared.api.models import Command, Text
from shared.domain import Month


class ReportCare(Command):
    """How the help is going, in the guardian's view."""

    period: Month
    done: Text
    difficulties: Text | None = None
    resources_ok: bool
