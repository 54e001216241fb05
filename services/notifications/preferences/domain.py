"""What one person prefers; the consent to be written to at all is its contact's owner's."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Self

from services.notifications.preferences.values import SetBy
from services.notifications.templates.values import OptionalNews
from shared.domain import Aggregate

# What a link to the page of preferences is signed for, and for how long.
LINK_PURPOSE = "preferences"
LINK_LIFETIME = timedelta(days=90)


class Preferences(Aggregate):
    """The channels that a person would rather have, in order, and the news that it does not want.

    `together`: what can wait comes once a day as one message. `audience`, `reference` and `region`
    are those of its last message, by which the owner of its contact knows it.
    """

    person_id: str
    region: str
    audience: str
    reference: str
    channels: tuple[str, ...] = ()
    unwanted: tuple[OptionalNews, ...] = ()
    together: bool = False
    set_at: datetime | None = None
    set_by: SetBy | None = None

    def change(
        self,
        channels: Sequence[str],
        unwanted: Sequence[OptionalNews],
        together: bool,
        by: SetBy,
        now: datetime,
    ) -> Self:
        """Replace what the person prefers."""
        return self._with(
            channels=tuple(dict.fromkeys(map(str, channels))),
            unwanted=tuple(sorted({*unwanted})),
            together=together,
            set_at=now,
            set_by=by,
        )

    def stop(self, now: datetime) -> Self:
        """Send nothing that the person can do without; what it needs still comes."""
        return self.change(self.channels, [*OptionalNews], self.together, SetBy.WORD, now)

    def wants(self, optional: OptionalNews | None) -> bool:
        """Whether news of this kind is sent; what is not optional always is."""
        return optional is None or optional not in self.unwanted
