"""Finds the waiting families that a guardian suits, however many wait."""

from dataclasses import dataclass
from typing import Self

from services.matching.bonds.repository import Bonds
from services.matching.families.repository import Families
from services.matching.guardians.domain import Guardian
from services.matching.guardians.repository import Guardians
from services.matching.openings.domain import Opening
from services.matching.openings.queries import MOST_LOOKED_AT, each_waiting
from services.matching.ranking.domain import Pairing
from services.matching.ranking.queries import MAX_FAMILIES, waiting_pairings
from services.matching.ranking.values import Candidate
from shared.storage.list_keys import region_key


@dataclass(frozen=True, slots=True)
class SuitedFamilies:
    """The families that wait, beside one guardian."""

    guardians: Guardians
    families: Families
    bonds: Bonds

    @classmethod
    def connect(cls) -> Self:
        """Return one over this container's tables."""
        return cls(Guardians.connect(), Families.connect(), Bonds.connect())

    def of(self, guardian: Guardian, region: str, without: str = "") -> tuple[list[str], bool]:
        """Return the cases that wait longest and suit, and whether more wait than were looked at.

        Where none of those suits, the queue is gone through till one does. A case that is just
        leaving the queue is left out.
        """
        waiting, more = waiting_pairings(region, MAX_FAMILIES, self.families, self.bonds)
        cases = [each.family.case_id for each in waiting if suits(guardian, each)]
        cases = [each for each in cases if each != without]
        return self._further(guardian, region, without) if more and not cases else (cases, more)

    def again(self, opening: Opening, without: str) -> Opening:
        """Look anew where all that were known have left, and more waited than were looked at."""
        if opening.case_ids or not opening.more_waiting or opening.region is None:
            return opening
        guardian = self.guardians.get(opening.guardian_id)
        cases, more = self.of(guardian, opening.region, without)
        return opening.look(opening.region, cases, more)[0]

    def _further(self, guardian: Guardian, region: str, without: str) -> tuple[list[str], bool]:
        queue = each_waiting(region_key(region), None, self.families, self.bonds)
        for looked_at, each in enumerate(queue, 1):
            if looked_at > MOST_LOOKED_AT:
                return [], True
            if each.family.case_id != without and suits(guardian, each):
                return [each.family.case_id], True
        return [], False


def suits(guardian: Guardian, pairing: Pairing) -> bool:
    """Return whether a guardian may be proposed to a family."""
    return isinstance(pairing.judged(guardian), Candidate)
