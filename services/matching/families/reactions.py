"""What intake says of a family, kept so that guardians can be found for it.

Events that may also change the family's match are handled in `termination` and `need_changes`.
"""

from collections.abc import Sequence

from services.matching.families.domain import Family
from services.matching.families.repository import Families
from services.matching.families.values import FamilyNeed, Profile
from services.matching.guardians.values import Programme
from shared.events.base import Received
from shared.events.intake import (
    CareDetailsChanged,
    CareRequired,
    CareRequirementLifted,
    CaseClosed,
    CaseReopened,
    FamilyErased,
    NeedsChanged,
    NeedState,
)
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext

PROGRAMMES = frozenset(Programme)

AboutCase = (
    CareRequired
    | CareDetailsChanged
    | CareRequirementLifted
    | CaseClosed
    | CaseReopened
    | NeedsChanged
)


def on_care_required(
    received: Received[CareRequired], context: CommandContext, families: Families
) -> None:
    """Put a family that needs a guardian on the list of waiting ones."""
    event = received.event
    before = known_family(event, families)
    if before is None:
        return
    after = before.care_required(
        received.sequence,
        number=event.number,
        district=event.district_id,
        needs=needs_of(event.needs),
        excluded=event.excluded_guardians,
        profile=profile_of(event),
        flagged_at=event.flagged_at,
    )
    if after != before:
        families.save(context, after)


def on_family_erased(
    received: Received[FamilyErased], context: CommandContext, families: Families, vault: Vault
) -> None:
    """Erase all that was written about a family here; counts stay."""
    families.store.commit(context, writes=vault.erase(received.event.family_id))


def known_family(event: AboutCase, families: Families) -> Family | None:
    """Return the family of a case as known so far; None for a programme without guardians."""
    programme = event.programme or Programme.SERVICE_MEMBER_CARE
    if programme not in PROGRAMMES:
        return None
    return families.find(event.case_id) or Family(
        case_id=event.case_id,
        family_id=event.family_id,
        region=event.region,
        programme=Programme(programme),
    )


def needs_of(states: Sequence[NeedState]) -> tuple[FamilyNeed, ...]:
    """Return the needs that an event lists."""
    return tuple(
        FamilyNeed(need_id=state.need_id, category=state.category, status=state.status)
        for state in states
    )


def profile_of(event: CareRequired | CareDetailsChanged) -> Profile:
    """Return what guardians are judged by for a family beside its needs and its district."""
    return Profile.model_validate(event, from_attributes=True)


REACTIONS = {
    CareRequired: on_care_required,
    FamilyErased: on_family_erased,
}
