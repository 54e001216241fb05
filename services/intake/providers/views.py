"""What the staff of a region sees of its providers."""

from datetime import datetime
from typing import Literal, Self

from services.intake.providers.domain import Provider
from services.intake.providers.values import Sector
from shared.api.models import View
from shared.domain import AidCategory


class ProviderView(View):
    """A provider as the staff of its region sees it."""

    id: str
    version: int
    name: str
    sector: Sector
    region: str
    services: tuple[AidCategory, ...]
    retired_at: datetime | None = None
    free: Literal[True] = True

    @classmethod
    def of_provider(cls, provider: Provider) -> Self:
        """Show a provider."""
        return cls.of(provider, id=provider.provider_id, free=True)
