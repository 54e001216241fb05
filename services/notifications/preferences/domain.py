"""What one person prefers; the consent to be written to at all is its contact's owner's."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Self

from services.notifications.preferences.values import SetBy
from services.notifications.templates.values import OptionalNews
from shared.domain import Aggregate

# What a link to the page of preferences is signed for, and for how long.
LINK_PURPOSE = "preferences"
LINK_LIFETIME = timedelta(days=90)
# Why a message is withheld that its person can do without, and has said so.
UNWANTED = "unwanted"
# So long a word to a bot needs no second answer.
ANSWERED_FOR = timedelta(hours=1)


class Preferences(Aggregate):
    """The channels that a person would rather have, in order, and the news that it does not want.

    `together`: what can wait comes once a day as one message. `audience`, `reference` and `region`
    are those of its last message, by which the owner of its contact knows it. `stopped` is what it
    does not want by a stop alone, and gets again by a word. Of a family with several records one
    speaks for all: it names the `records`, since when, and each points to it. Who was forgotten is
    known again by what it is sent about later events alone.
    """

    person_id: str
    region: str = ""
    audience: str = ""
    reference: str = ""
    channels: tuple[str, ...] = ()
    unwanted: tuple[OptionalNews, ...] = ()
    stopped: tuple[OptionalNews, ...] = ()
    together: bool = False
    set_at: datetime | None = None
    set_by: SetBy | None = None
    records: Mapping[str, datetime] = {}
    points_to: str | None = None
    pointed_at: datetime | None = None
    forgotten_at: datetime | None = None

    def forget(self, at: datetime) -> Self:
        """Keep nothing of what the person has said, and let no link of before say anything."""
        return type(self)(person_id=self.person_id, version=self.version, forgotten_at=at)

    def spoke_for(self, part: Self, at: datetime) -> bool:
        """Return whether it took over another record by that moment, and still speaks for it."""
        since = self.records.get(part.person_id)
        return since is not None and since <= at

    def was_forgotten_after(self, moment: datetime) -> bool:
        """Return whether the person was forgotten since, or just then."""
        return self.forgotten_at is not None and moment <= self.forgotten_at

    def with_record(self, part: Self, at: datetime, merged: bool) -> Self:
        """Speak for another record of the same family, or no longer."""
        others = {each: since for each, since in self.records.items() if each != part.person_id}
        return self._with(records=others | ({part.person_id: at} if merged else {}))

    def pointing_to(self, whole: Self, at: datetime, merged: bool) -> Self:
        """Leave the word to another record of the same family, or take it back."""
        return self._with(points_to=whole.person_id if merged else None, pointed_at=at)

    def joined_with(self, parts: Iterable[Self]) -> Self:
        """Return what holds for all records: each wish, unless the family has said it all anew."""
        found = self
        for part in parts:
            since = self.records.get(part.person_id)
            if since is None or (self.set_at is not None and self.set_at >= since):
                continue
            unwanted, declined = found._unwanted | part._unwanted, found._declined | part._declined
            found = found._with(
                channels=found.channels or part.channels,
                unwanted=tuple(sorted(unwanted)),
                stopped=tuple(sorted(unwanted - declined)),
                together=found.together or part.together,
                set_at=found.set_at or part.set_at,
                set_by=found.set_by or part.set_by,
            )
        return found

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
            stopped=(),
            together=together,
            set_at=now,
            set_by=by,
        )

    def stop(self, by: SetBy, now: datetime) -> Self:
        """Send nothing that the person can do without; what it needs still comes."""
        stopped = self.change(self.channels, [*OptionalNews], self.together, by, now)
        return stopped._with(stopped=tuple(sorted({*OptionalNews} - self._declined)))

    def heed(self, word: SetBy, now: datetime) -> Self:
        """Stop, or start again, by a word to a bot; itself when the word says nothing new."""
        if word is SetBy.START_WORD:
            return self._start(now) if self.stopped or self._wants_none else self
        return self if self._has_just_stopped(now) else self.stop(word, now)

    def wants(self, optional: OptionalNews | None) -> bool:
        """Whether news of this kind is sent; what is not optional always is."""
        return optional is None or optional not in self.unwanted

    @property
    def _unwanted(self) -> frozenset[OptionalNews]:
        return frozenset(self.unwanted)

    @property
    def _declined(self) -> frozenset[OptionalNews]:
        """What it has declined by itself, not by a stop."""
        return self._unwanted - {*self.stopped}

    @property
    def _wants_none(self) -> bool:
        return self._unwanted == {*OptionalNews}

    def _start(self, now: datetime) -> Self:
        """Send again what a stop had ended; what was declined before is not sent.

        All of it declined, in one stroke or bit by bit, is as much as a stop.
        """
        by, declined = SetBy.START_WORD, self._declined if self.stopped else ()
        return self.change(self.channels, [*declined], self.together, by, now)

    def _has_just_stopped(self, now: datetime) -> bool:
        """Return whether it stopped all this by a word within an hour: the word again says no more.

        Later it may be a complaint that messages come, and is answered.
        """
        if self.set_by is not SetBy.WORD or self.set_at is None:
            return False
        return now < self.set_at + ANSWERED_FOR
