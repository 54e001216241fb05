"""Since when the links that a person was sent lead nowhere."""

from datetime import datetime, timedelta
from typing import Self

from shared.domain import Aggregate
from shared.errors import Gone

# As long as the longest link: nothing of before opens any more then.
KEPT_FOR = timedelta(days=400)


class EndedLinks(Aggregate):
    """The moment, on the wall's clock like a link's own, that a person's links must be newer than.

    Its phone may be in other hands since, or nothing is kept of it. `subject` is the person, or a
    card that links are about.
    """

    subject: str
    region: str = ""
    ended_at: datetime | None = None

    def end(self, region: str, at: datetime) -> Self:
        """End all links of before, whichever was heard of first."""
        return self._with(region=region, ended_at=max(at, self.ended_at or at))

    def require_later(self, issued_at: datetime) -> None:
        """Refuse a link of before; raises Gone."""
        if self.ended_at is not None and issued_at <= self.ended_at:
            raise Gone("link_expired", region=self.region)
