"""What comes in about figures."""

from shared.api.models import Command
from shared.domain import Month


class FiguresQuery(Command):
    """From month to month, both included; this month when nothing is said."""

    first: Month | None = None
    last: Month | None = None
