"""What comes in about exports."""

from services.matching.exports.values import ExportKind
from shared.api.models import Command
from shared.domain import Month, RegionCode


class OpenExport(Command):
    """Which list of which region; of matches the open ones, and those over in these months.

    This month when no month is named.
    """

    region: RegionCode
    kind: ExportKind
    first: Month | None = None
    last: Month | None = None
