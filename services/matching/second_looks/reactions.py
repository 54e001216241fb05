"""Looks again at the waiting families when a guardian is ready, and is content with a proposal."""

from services.matching.bonds.domain import FamilyBond
from services.matching.bonds.repository import Bonds
from services.matching.families.domain import Family
from services.matching.families.repository import Families
from services.matching.guardians.domain import Guardian
from services.matching.guardians.repository import Guardians
from services.matching.ranking.queries import pairing_of
from services.matching.ranking.values import Candidate
from services.matching.second_looks.domain import SecondLook, look_id
from services.matching.second_looks.repository import SecondLooks
from shared import clock
from shared.events.base import Received
from shared.events.matching import GuardianReady, MatchProposed
from shared.events.matching_progress import SecondLookEnded, WaitingFamiliesSuited
from shared.storage.command_context import CommandContext
from shared.storage.list_keys import region_key

# The families that wait longest are looked at; so many are named.
MOST_FAMILIES, MOST_NAMED = 300, 20


def on_guardian_ready(
    received: Received[GuardianReady],
    context: CommandContext,
    guardians: Guardians,
    families: Families,
    bonds: Bonds,
    looks: SecondLooks,
) -> None:
    """Tell the headquarters which waiting families the guardian suits; nothing is proposed."""
    guardian = guardians.find(received.event.guardian_id)
    if guardian is None or guardian.region is None:
        return
    suited = _suited(guardian, families, bonds)
    if not suited:
        return
    before = looks.of(guardian.guardian_id)
    look = SecondLook(
        look_id=look_id(guardian.guardian_id),
        guardian_id=guardian.guardian_id,
        region=guardian.region,
        programme=guardian.programme.value,
        looked_at=clock.now(),
        case_ids=tuple(suited[:MOST_NAMED]),
        version=before.version if before else 0,
    )
    event = WaitingFamiliesSuited(**_fields(look), families=len(suited), case_ids=look.case_ids)
    looks.save(context, look, events=[event])


def _suited(guardian: Guardian, families: Families, bonds: Bonds) -> list[str]:
    """Return the cases of the families that a guardian may be proposed to, longest waiting first.

    What their other cases forbid is read only of those that it suits.
    """
    waiting = families.waiting(region_key(guardian.region or ""), MOST_FAMILIES)
    return [
        family.case_id
        for family in waiting
        if _suits(guardian, family, FamilyBond(family_id=family.family_id, region=family.region))
        and _suits(guardian, family, bonds.of_family(family.family_id, family.region))
    ]


def _suits(guardian: Guardian, family: Family, bond: FamilyBond) -> bool:
    free = not bond.matches
    return free and isinstance(pairing_of(family, bond).judged(guardian), Candidate)


def on_match_proposed(
    received: Received[MatchProposed], context: CommandContext, looks: SecondLooks
) -> None:
    """Close the look for a guardian that was proposed to a family."""
    look = looks.of(received.event.guardian_id)
    if look is not None and look.open:
        looks.save(context, look.end(), events=[SecondLookEnded(**_fields(look))])


def _fields(look: SecondLook) -> dict[str, str]:
    wanted = ("region", "programme", "look_id", "guardian_id")
    return {name: getattr(look, name) for name in wanted}


REACTIONS = {GuardianReady: on_guardian_ready, MatchProposed: on_match_proposed}
