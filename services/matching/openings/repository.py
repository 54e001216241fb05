"""Where is kept which waiting families a guardian suited: `OPENING#<id>`.

by_region: REGION#<region> / OPENING#<id>, while there are some
"""

from typing import ClassVar

from services.matching.openings.domain import Opening, opening_of
from shared.storage.list_keys import region_key
from shared.storage.repository import Repository
from shared.storage.rows import Row


class Openings(Repository[Opening]):
    """The openings of all guardians."""

    model: ClassVar[type[Opening]] = Opening
    prefix: ClassVar[str] = "OPENING"
    id_field: ClassVar[str] = "opening_id"

    def row(self, opening: Opening) -> Row:
        """Return an opening with the list of its region, which one without families leaves."""
        if opening.region is None or not opening.case_ids:
            return self._row(opening)
        place = f"{self.prefix}#{opening.opening_id}"
        return self._row(opening, lists={"by_region": (region_key(opening.region), place)})

    def with_family(self, case_id: str, region: str) -> list[Opening]:
        """Return the openings of a region that name a family."""
        listed = self.list_all(
            "by_region", region_key(region), prefix=f"{self.prefix}#", latest=True
        )
        return [each for each in listed if case_id in each.case_ids]

    def of_guardian(self, guardian_id: str) -> Opening:
        """Return a guardian's opening, which is a new one at first."""
        return self.find(opening_of(guardian_id)) or Opening.of(guardian_id)
