"""The local platform that tests share, because a start with all its cold functions is dear."""

from collections.abc import Callable
from pathlib import Path

from infra.local_platform.platform import LocalPlatform
from tests.support.world import at

BEGINS = at("2026-10-05 10:00")


class SharedPlatform:
    """One platform where every call is checked against its role; it starts when it is needed."""

    def __init__(self, new_folder: Callable[[], Path]) -> None:
        self._new_folder = new_folder
        self._running: LocalPlatform | None = None
        self._started: list[LocalPlatform] = []

    def running(self) -> LocalPlatform:
        """Return the platform; what earlier tests have left is on it."""
        if self._running is None:
            started = LocalPlatform(self._new_folder(), enforce_iam=True, now=BEGINS)
            started.start()
            self._started.append(started)
            self._running = started
        return self._running

    def take(self) -> LocalPlatform:
        """Hand the platform over to a test that ends it; who asks later is given a new one."""
        taken = self.running()
        self._running = None
        return taken

    def stop(self) -> None:
        """End what still runs, also what a test has taken and could not end."""
        for each in self._started:
            each.stop()
