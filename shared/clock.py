"""The two clocks of the system.

`now()` is business time: due dates, ages, histories. Local and test stages may move it by an
offset; no AWS template carries that setting. `wall()` is the machine's time and serves what must
agree with the outside world: row expiry, tokens and signatures.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from shared import settings


def wall() -> datetime:
    """Return the machine's time, aware, in UTC."""
    return datetime.now(UTC)


def now() -> datetime:
    """Return business time, aware, in UTC."""
    return wall() + offset()


def offset() -> timedelta:
    """Return how far business time is from the wall's; always zero where no CLOCK_FILE is set."""
    path = settings.clock_file()
    if not path:
        return timedelta()
    try:
        return timedelta(seconds=float(Path(path).read_bytes()))
    except FileNotFoundError:
        return timedelta()


@lru_cache(maxsize=64)  # a command spells its one moment in many rows
def iso(moment: datetime) -> str:
    """Return the one spelling of a moment in rows and events: UTC, milliseconds, sorts as text."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse(text: str) -> datetime:
    """Return the moment behind `iso`."""
    return datetime.fromisoformat(text)
