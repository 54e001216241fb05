"""What each permission hangs on: no clause of a `policy.cedar` can be lost unnoticed.

The matrices beside each service say who may do what in chosen situations; this says of every
permission which part of the caller's claims, or of the thing, it would not stand without.
"""

from pathlib import Path

import pytest

from services.cards.policy import POLICY as CARDS
from services.intake.policy import POLICY as INTAKE
from services.matching.policy import POLICY as MATCHING
from services.notifications.policy import POLICY as NOTIFICATIONS
from tests.support.policy_matrix import matches_golden, territories
from tests.support.policy_types import OF_CARDS, OF_INTAKE, OF_MATCHING, OF_NOTIFICATIONS

SERVICES = {
    "cards": (CARDS, OF_CARDS),
    "intake": (INTAKE, OF_INTAKE),
    "matching": (MATCHING, OF_MATCHING),
    "notifications": (NOTIFICATIONS, OF_NOTIFICATIONS),
}


@pytest.mark.parametrize("service", SERVICES)
def test_what_each_permission_hangs_on_is_the_agreed(service: str) -> None:
    policy, types = SERVICES[service]
    golden = Path(__file__).parent / "territories" / f"{service}.txt"

    matches_golden(territories(policy, types), golden)
