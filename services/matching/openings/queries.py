"""Which waiting families a guardian suits, as of now."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from services.matching.bonds.repository import Bonds
from services.matching.families.repository import Families
from services.matching.guardians.domain import Guardian
from services.matching.guardians.policy import load_authorised
from services.matching.guardians.repository import Guardians
from services.matching.guardians.values import AT_WORK, GuardianId
from services.matching.openings.domain import Opening
from services.matching.openings.views import SuitedFamily
from services.matching.policy import POLICY
from services.matching.ranking.domain import Pairing
from services.matching.ranking.queries import MAX_FAMILIES, pairing_of, waiting_pairings
from services.matching.ranking.values import Candidate
from shared.api.models import Paging
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.storage import cursors
from shared.storage.list_keys import region_key
from shared.storage.repository import Page

# How many waiting families one page looks at.
MOST_LOOKED_AT = 1000


def list_families_suited(
    guardian_id: GuardianId,
    query: Paging,
    caller: Principal,
    families: Families,
    guardians: Guardians,
    bonds: Bonds,
) -> Page[SuitedFamily]:
    """List the waiting families that a guardian suits, longest waiting first.

    A page is short when few of the many that it looks at suit; the cursor goes on behind them.
    """
    guardian = load_authorised(guardian_id, "view", caller, guardians)
    claimed = Partition.of_region(caller, guardian.visible_region)
    partition = POLICY.require_list(caller, "list", "Family", claimed)
    scope = f"suited|{guardian_id}"
    place = query.begins(caller.id, scope) or None
    suited: list[SuitedFamily] = []
    for looked_at, pairing in enumerate(_each_waiting(partition, place, families, bonds), 1):
        judged = pairing.judged(guardian)
        if isinstance(judged, Candidate):
            suited.append(SuitedFamily.of_pair(pairing.family, judged))
        place = families.place_of(pairing.family)
        if len(suited) == query.limit or looked_at == MOST_LOOKED_AT:
            break
    else:
        place = None
    more = None if place is None else cursors.seal(place, caller.id, scope)
    return Page[SuitedFamily](items=suited, next_cursor=more)


def _each_waiting(
    partition: str, place: dict[str, str] | None, families: Families, bonds: Bonds
) -> Iterator[Pairing]:
    """Yield the waiting cases from a place on; those of a family that has a match are left out."""
    for page in families.waiting_pages(partition, place):
        held = bonds.of_families((each.family_id for each in page), page[0].region)
        for case in page:
            if not held[case.family_id].matches:
                yield pairing_of(case, held[case.family_id])


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
        leaving the queue is left out. A guardian that is not at work suits none.
        """
        if guardian.status not in AT_WORK:
            return [], False
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
        queue = _each_waiting(region_key(region), None, self.families, self.bonds)
        for looked_at, each in enumerate(queue, 1):
            if looked_at > MOST_LOOKED_AT:
                return [], True
            if each.family.case_id != without and suits(guardian, each):
                return [each.family.case_id], True
        return [], False


def suits(guardian: Guardian, pairing: Pairing) -> bool:
    """Return whether a guardian may be proposed to a family."""
    return isinstance(pairing.judged(guardian), Candidate)
