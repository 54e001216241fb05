"""Rows of the programme's links and phones: `LINES#<region or ALL>`."""

from services.notifications.footer_links.domain import EVERYWHERE, Lines
from shared.storage.repository import Repository


class ProgrammeLines(Repository[Lines]):
    """One row per region and one for all; a region's own values win."""

    model = Lines
    prefix = "LINES"
    id_field = "region"

    def for_region(self, region: str) -> dict[str, str]:
        """What messages of a region may end with."""
        found = (self.find(EVERYWHERE), self.find(region))
        return {code: value for lines in found if lines for code, value in lines.values.items()}
