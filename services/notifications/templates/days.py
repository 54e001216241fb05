"""Days and moments as a text says them."""

from datetime import date, datetime, timedelta

from pydantic import Field

from shared.domain import ValueObject

# A day farther away is easily taken for that of another year.
NEAR = timedelta(days=180)


class DayPhrases(ValueObject, extra="forbid"):
    """The words for days: one that is far away is said with its year."""

    months: tuple[str, ...] = Field(min_length=12, max_length=12)
    near: str
    far: str
    moment: str

    def moment_of(self, value: datetime, now: datetime) -> str:
        """Return a moment on the clocks of `now`."""
        local = value.astimezone(now.tzinfo)
        return self.moment.format(day=self.day_of(local.date(), now), time=f"{local:%H:%M}")

    def day_of(self, day: date, now: datetime) -> str:
        """Return a day as it is said at a moment."""
        words = self.near if abs(day - now.date()) <= NEAR else self.far
        return words.format(day=day.day, month=self.months[day.month - 1], year=day.year)
