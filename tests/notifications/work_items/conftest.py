"""The inbox of a headquarters."""

import pytest

from tests.notifications.fakes import HQ, NotificationsHarness
from tests.support.api import Api


@pytest.fixture
def api(harness: NotificationsHarness) -> Api:
    """The API as headquarters calls it."""
    return harness.world.api("notifications", HQ)
