"""Where headquarters are kept: `HEADQUARTERS#<region>`."""

from typing import ClassVar

from services.matching.headquarters.domain import Headquarters
from shared.storage.repository import Repository


class HeadquartersRepository(Repository[Headquarters]):
    """The headquarters of all regions."""

    model: ClassVar[type[Headquarters]] = Headquarters
    prefix: ClassVar[str] = "HEADQUARTERS"
    id_field: ClassVar[str] = "region"

    def of(self, region: str) -> Headquarters:
        """Return a region's headquarters, without people where it has none yet."""
        return self.find(region) or Headquarters(region=region)
