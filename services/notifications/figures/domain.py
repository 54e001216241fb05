"""Counts of messages and answers: they name no person, and outlive every erasure."""

import zlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Self

from shared.domain import Aggregate, CodeEnum

# What is counted of a day after its end belongs to it, too; an hour is far more than that takes.
LATE = timedelta(hours=1)
# No worker lives so long: what one counts earlier is there when the day is published.
SAFE = timedelta(minutes=30)
SHARDS = 8


class Outcome(CodeEnum, of="message_outcome"):
    """The outcome of a message; `unreachable` ones are counted among failed or withheld, too."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    WITHHELD = "withheld"
    UNREACHABLE = "unreachable"


Sums = Mapping[str, Mapping[str, int]]


def shard_of(identifier: str) -> int:
    """Return the shard in which what has that id is counted."""
    return zlib.crc32(identifier.encode()) % SHARDS


def total(sums: Iterable[Sums]) -> Sums:
    """Return the sum of several days or regions, by channel and outcome."""
    found: dict[str, dict[str, int]] = {}
    for each in sums:
        for channel, numbers in each.items():
            known = found.setdefault(channel, {})
            for outcome, number in numbers.items():
                known[outcome] = known.get(outcome, 0) + number
    return found


class DaySums(Aggregate):
    """Messages of a region on one day of its calendar, by channel and outcome: the day, or a shard.

    Each message is counted in one of SHARDS rows beside the day's own, so that thousands at once do
    not wait for one another. From `due_at` on the day may be published; what is counted later is
    published again. A shard repeats when the day is due, as far as it knows.
    """

    sums_id: str
    region: str
    day: date
    shard: int | None = None
    sums: Mapping[str, Mapping[str, int]] = {}
    due_at: datetime | None = None

    def plus(self, channel: str, outcomes: Iterable[Outcome]) -> Self:
        """Count a message under these outcomes of a channel."""
        more = {channel: {outcome.value: 1 for outcome in outcomes}}
        return self._with(sums=total((self.sums, more)))

    def expected(self, now: datetime) -> bool:
        """Whether the day is to be published so late that it holds what is counted now."""
        return self.due_at is not None and now < self.due_at - SAFE

    def expect(self, ends_at: datetime, now: datetime) -> Self:
        """Be published after the end of the day, or after what is counted now, later than it."""
        return self if self.expected(now) else self._with(due_at=max(ends_at, now) + LATE)

    def due_with(self, day: Self) -> Self:
        """Note when the day is due."""
        return self._with(due_at=day.due_at)

    def publish(self) -> Self:
        """Record that the sums were published."""
        return self._with(due_at=None)


class FeedbackCounts(Aggregate):
    """Families that were sent the link of a period and that answered it, each counted once.

    Each family is counted in one of SHARDS rows, so that many at once do not wait for one another.
    """

    id: str
    asked: int = 0
    answered: int = 0
    answers: int = 0
    points: int = 0
    low: int = 0

    def plus_asked(self, family: "AskedFamily") -> Self:
        """Count a family that was sent a link, unless it is counted."""
        return self._with(asked=self.asked + (not family.asked))

    def plus_answer(self, family: "AskedFamily", score: int, low: bool) -> Self:
        """Count an answer, and its family unless it is counted.

        Who answers was asked: in a call without a link, or by a link whose event comes later.
        """
        return self._with(
            asked=self.asked + (not family.asked),
            answered=self.answered + (not family.answered),
            answers=self.answers + 1,
            points=self.points + score,
            low=self.low + low,
        )

    @property
    def parts(self) -> tuple[int, ...]:
        """The numbers of families that must not be few where others read them."""
        return self.asked, self.answered, self.asked - self.answered, self.low

    @classmethod
    def sum_of(cls, counts: Iterable["FeedbackCounts"]) -> "FeedbackCounts":
        """Return the counts of several shards or regions together."""
        every = list(counts)
        names = ("asked", "answered", "answers", "points", "low")
        return cls(id="all", **{name: sum(getattr(each, name) for each in every) for name in names})


class AskedFamily(Aggregate):
    """In which period a family is counted already; it keeps no other fact."""

    id: str
    asked: bool = False
    answered: bool = False

    def ask(self) -> Self:
        """Record that the family was sent a link."""
        return self._with(asked=True)

    def answer(self) -> Self:
        """Record that the family has answered."""
        return self._with(asked=True, answered=True)
