"""Rows of providers, and the list of a region by sector."""

from services.intake.providers.domain import Provider
from services.intake.providers.values import Sector
from shared.storage.list_keys import region_key
from shared.storage.repository import Repository
from shared.storage.rows import Row

_LISTED = "provider#"


class Providers(Repository[Provider]):
    """Providers by id, and by region and sector."""

    model = Provider
    prefix = "PROVIDER"
    id_field = "provider_id"

    def row(self, aggregate: Provider) -> Row:
        """Return the provider's row with its place in the list of its region, until it retires."""
        if aggregate.retired_at is not None:
            return self._row(aggregate)
        place = f"{sector_prefix(aggregate.sector)}{aggregate.provider_id}"
        return self._row(aggregate, lists={"by_region": (region_key(aggregate.region), place)})


def sector_prefix(sector: Sector | None) -> str:
    """Return how the sort keys of one sector's providers begin, or of all providers."""
    return _LISTED if sector is None else f"{_LISTED}{sector}#"
