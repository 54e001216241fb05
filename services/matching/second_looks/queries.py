"""What is read of looks at the waiting families."""

from services.matching.guardians.policy import load_authorised
from services.matching.guardians.repository import Guardians
from services.matching.guardians.values import GuardianId
from services.matching.second_looks.repository import SecondLooks
from services.matching.second_looks.views import SecondLookView
from shared.principal import Principal


def view_suited_families(
    guardian_id: GuardianId, caller: Principal, guardians: Guardians, looks: SecondLooks
) -> SecondLookView:
    """Show which waiting families a guardian suited when it became ready."""
    guardian = load_authorised(guardian_id, "view_suited_families", caller, guardians)
    look = looks.of(guardian_id)
    if look is None or look.region != guardian.region:
        return SecondLookView(guardian_id=guardian_id, looked_at=None, case_ids=())
    return SecondLookView.of(look)
