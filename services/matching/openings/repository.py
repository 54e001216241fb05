"""Where is kept which waiting families a guardian suited: `OPENING#<id>`."""

from typing import ClassVar

from services.matching.openings.domain import Opening, opening_of
from shared.storage.repository import Repository


class Openings(Repository[Opening]):
    """The openings of all guardians."""

    model: ClassVar[type[Opening]] = Opening
    prefix: ClassVar[str] = "OPENING"
    id_field: ClassVar[str] = "opening_id"

    def of_guardian(self, guardian_id: str) -> Opening:
        """Return a guardian's opening, which is a new one at first."""
        return self.find(opening_of(guardian_id)) or Opening.of(guardian_id)
