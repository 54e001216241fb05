"""Two telephonies are connected."""

import pytest

from tests.intake.api_client import IntakeClient
from tests.intake.telephony import signed


@pytest.fixture(autouse=True)
def connected(client: IntakeClient) -> None:
    signed.connect(client)
