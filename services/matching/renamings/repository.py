"""Where renamings are kept: `RENAMING#<guardian id>`, due at once while matches are left."""

from typing import ClassVar

from services.matching.renamings.domain import Renaming
from shared import clock
from shared.storage.repository import Repository
from shared.storage.rows import Row


class Renamings(Repository[Renaming]):
    """The guardians that were renamed while they had families."""

    model: ClassVar[type[Renaming]] = Renaming
    prefix: ClassVar[str] = "RENAMING"
    id_field: ClassVar[str] = "guardian_id"

    def row(self, renaming: Renaming) -> Row:
        """Return a renaming with its next step."""
        return self._row(renaming, due_at=clock.now() if renaming.left else None)
