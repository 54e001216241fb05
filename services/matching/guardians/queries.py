"""What is read of guardians."""

from services.matching.guardians.policy import load_authorised
from services.matching.guardians.repository import Guardians
from services.matching.guardians.values import GuardianId
from services.matching.guardians.views import GuardianView, guardian_view
from shared.principal import Principal


def view_guardian(guardian_id: GuardianId, caller: Principal, guardians: Guardians) -> GuardianView:
    """Show one guardian, without its contact; itself it does not learn whose INN it named too."""
    shown = guardian_view(load_authorised(guardian_id, "view", caller, guardians))
    return shown.model_copy(update={"duplicate_of": None}) if caller.org == guardian_id else shown
