"""Where the snapshot behind a proposal is kept: `DECISION#<match id>`, written with its match."""

from typing import ClassVar

from services.matching.decisions.domain import Decision
from shared.storage.repository import Repository


class Decisions(Repository[Decision]):
    """The snapshots of all proposals."""

    model: ClassVar[type[Decision]] = Decision
    prefix: ClassVar[str] = "DECISION"
    id_field: ClassVar[str] = "match_id"
