"""What people read of a programme."""

from services.cards.programmes.policy import load_authorised
from services.cards.programmes.repository import Programmes
from services.cards.programmes.views import ProgrammeView
from shared.domain import RegionCode
from shared.principal import Principal


def get_programme(region: RegionCode, caller: Principal, programmes: Programmes) -> ProgrammeView:
    """Show the card programme of a region."""
    return ProgrammeView.of(load_authorised(region, "view", caller, programmes))
