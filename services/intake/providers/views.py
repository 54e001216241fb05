"""What the staff of a region sees of its providers."""

from datetime import datetime
from typing import Literal, Self

from services.intake.providers.domain import Provider
from shared.api.models import View


class ProviderView(View):
    """A provider as the staff of its region sees it."""

    id: str
    version: int
    name: str
    sector: str
    region: str
    services: tuple[str, ...]
    retired_at: datetime | None = None
    free: Literal[True] = True

    @classmethod
    def of_provider(cls, provider: Provider) -> Self:
        """Show a provider."""
        return cls.of(provider, id=provider.provider_id, free=True)
