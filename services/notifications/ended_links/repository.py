"""Rows of ended links: `ENDED_LINKS#<subject>`, where links ended in the last 400 days."""

from services.notifications.ended_links.domain import KEPT_FOR, EndedLinks
from shared.storage.repository import Repository
from shared.storage.rows import Row


class EndedLinksRepository(Repository[EndedLinks]):
    """One row for each person, and each card, whose links of before lead nowhere."""

    model = EndedLinks
    prefix = "ENDED_LINKS"
    id_field = "subject"

    def row(self, aggregate: EndedLinks) -> Row:
        """Return the row, which is needed no longer than a link lives."""
        ended_at = aggregate.ended_at
        return self._row(aggregate, expires_at=ended_at and ended_at + KEPT_FOR)

    def of(self, subject: str) -> EndedLinks:
        """Return since when links about a subject lead nowhere, from nothing when none does."""
        return self.find(subject) or EndedLinks(subject=subject)
