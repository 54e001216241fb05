"""Organisations that a family can be sent to, or that help headquarters to help."""

from collections.abc import Iterable
from typing import Self

from services.intake.providers.values import Sector
from shared.domain import Aggregate, Moment
from shared.errors import IllegalStep

RETIRED = "provider_retired"


class Provider(Aggregate):
    """One organisation of a region and the kinds of help it gives, always free, until it retires.

    What was done with it keeps its name; no family is sent to it any more.
    """

    provider_id: str
    name: str
    sector: Sector
    region: str
    services: tuple[str, ...]
    retired_at: Moment | None = None

    def edit(self, name: str, sector: Sector, services: Iterable[str]) -> Self:
        """Replace what is known of it; each kind of help is named once."""
        self._require_working()
        return self._with(name=name, sector=sector, services=tuple(dict.fromkeys(services)))

    def retire(self, at: Moment) -> Self:
        """Send no family to it any more: it has closed, or helps families no longer."""
        self._require_working()
        return self._with(retired_at=at)

    def _require_working(self) -> None:
        if self.retired_at is not None:
            raise IllegalStep(RETIRED, ("register_provider",))
