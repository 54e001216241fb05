"""Where mediations are kept: `MEDIATION#<id>`; the id is the match's under another prefix."""

from typing import ClassVar

from services.matching.matches.domain import Match
from services.matching.mediation.domain import Mediation
from services.matching.mediation.values import mediation_id
from shared.storage.repository import Repository


class Mediations(Repository[Mediation]):
    """The mediations of all matches."""

    model: ClassVar[type[Mediation]] = Mediation
    prefix: ClassVar[str] = "MEDIATION"
    id_field: ClassVar[str] = "mediation_id"

    def of(self, match: Match) -> Mediation:
        """Return the mediation of a match, new when there was no concern yet."""
        return self.find(mediation_id(match.match_id)) or Mediation.of(match)
