"""Where providers lie: their row, and the list of a region by sector."""

from services.intake.providers.domain import Provider, Sector
from shared.storage.list_keys import region_key
from shared.storage.repository import Repository
from shared.storage.rows import Row

SHELF = "provider#"


class Providers(Repository[Provider]):
    """Providers by id, and by region and sector."""

    model = Provider
    prefix = "PROVIDER"
    id_field = "provider_id"

    def row(self, aggregate: Provider) -> Row:
        """The provider in the list of its region."""
        place = f"{shelf(aggregate.sector)}{aggregate.provider_id}"
        return self._row(aggregate, lists={"by_region": (region_key(aggregate.region), place)})


def shelf(sector: Sector | None) -> str:
    """What the sort key of one sector's providers begins with, or of all of them."""
    return SHELF if sector is None else f"{SHELF}{sector}#"
