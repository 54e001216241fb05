"""Looks up who comes next for a family, in its own and the neighbouring districts."""

from dataclasses import dataclass
from typing import Self

from services.matching.bonds.domain import FamilyBond
from services.matching.decisions.repository import Decisions
from services.matching.families.domain import Family
from services.matching.guardians.repository import Guardians
from services.matching.next_candidates.values import NextInLine
from services.matching.ranking.queries import pairing_of
from services.matching.reach.queries import InReach
from services.matching.reach.repository import Reaches
from shared import clock


@dataclass(frozen=True, slots=True)
class NextGuardians:
    """Where the guardians are found that come next for a family."""

    guardians: Guardians
    reaches: Reaches
    decisions: Decisions

    @classmethod
    def connect(cls) -> Self:
        """Return one over this container's tables."""
        return cls(Guardians.connect(), Reaches.connect(), Decisions.connect())

    def next_in_line(
        self, family: Family, bond: FamilyBond, match_id: str, guardian_id: str
    ) -> NextInLine:
        """Return who may be proposed after a guardian, as of now; the standby before all.

        For a family that needs no guardian any more the line is empty: none gives what it needs.
        """
        found = self.guardians.get_many(InReach(family, self.reaches).helpful)
        standby = self.decisions.get(match_id).standby_id
        ranking = pairing_of(family, bond).rank(found)
        return NextInLine.of(ranking.candidates, guardian_id, standby, clock.now())
