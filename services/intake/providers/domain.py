"""Organisations that a family can be sent to, or that help headquarters to help."""

from services.intake.providers.values import Sector
from shared.domain import Aggregate


class Provider(Aggregate):
    """One organisation of a region and the kinds of help it gives, always free."""

    provider_id: str
    name: str
    sector: Sector
    region: str
    services: tuple[str, ...]
