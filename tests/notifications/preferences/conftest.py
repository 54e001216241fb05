"""A family that has heard of us."""

import pytest

from tests.notifications.fakes import FAMILY_SIGNED_IN, NotificationsHarness
from tests.notifications.news import RECEIVED
from tests.support.api import Api


@pytest.fixture
def api(harness: NotificationsHarness) -> Api:
    """The family's own calls, after its first message."""
    harness.tell(RECEIVED)
    return harness.world.api("notifications", FAMILY_SIGNED_IN)
