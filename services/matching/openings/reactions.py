"""Looks at the waiting families again when a guardian can do more than before, or nothing now.

So it can when a place of it is free again, and when what had run out is proved anew. When none of
the families that it suits waits any more, or it suits none of those that wait (they wish for other
help, or have moved; it has failed a check, or its proof has run out), nothing is left to propose.
"""

from collections.abc import Callable
from typing import Any

from services.matching.bonds.repository import Bonds
from services.matching.families.reactions import known_family, needs_of, profile_of
from services.matching.families.repository import Families
from services.matching.guardians.events import event_fields
from services.matching.guardians.repository import Guardians
from services.matching.openings.domain import Opening
from services.matching.openings.queries import SuitedFamilies, suits
from services.matching.openings.repository import Openings
from services.matching.ranking.queries import pairing_of
from shared.errors import VersionConflict
from shared.events.base import Event, Received
from shared.events.intake import (
    CareDetailsChanged,
    CareRequirementLifted,
    CaseClosed,
    NeedsChanged,
)
from shared.events.matching import (
    CareEnded,
    GuardianAssigned,
    GuardianReady,
    GuardianSuspended,
    GuardianWithdrawn,
    MatchCancelled,
    MatchDeclined,
    MatchProposed,
    OfMatch,
)
from shared.events.matching_guardians import (
    CheckFailed,
    PossibilitiesChanged,
    RequirementExpiring,
    RequirementRenewed,
    SuitedFamiliesGone,
    WaitingFamiliesSuited,
)
from shared.storage.command_context import CommandContext, in_parts

# As many as an event names; all are listed by the guardian.
MOST_NAMED = 10
# As many openings change in one commit.
MOST_CHANGED = 6

CAN_MORE_OR_LESS = (
    GuardianReady,
    GuardianSuspended,
    GuardianAssigned,
    GuardianWithdrawn,
    CheckFailed,
    PossibilitiesChanged,
    RequirementExpiring,
    RequirementRenewed,
    MatchDeclined,
    MatchCancelled,
    CareEnded,
)

WaitsNoMore = MatchProposed | CareRequirementLifted | CaseClosed


def on_guardian_can_more(
    received: Received[Any],
    context: CommandContext,
    guardians: Guardians,
    openings: Openings,
    suited_families: SuitedFamilies,
) -> None:
    """Name the waiting families that a guardian suits, when there are some that it did not suit."""
    event = received.event
    if isinstance(event, RequirementExpiring) and not event.expired:
        return
    guardian = guardians.get(event.guardian_id)
    suited, more_waiting = suited_families.of(guardian, guardian.home_region)
    known = openings.of_guardian(guardian.guardian_id)
    # A pause or a proposal has ended the work about the families of before.
    matches = [each.match_id for each in guardian.places]
    over = isinstance(event, GuardianReady | OfMatch) or not {*matches} <= {*known.proposed}
    before = known.begin(matches) if over else known
    left = (event.case_id,) if isinstance(event, OfMatch) else ()
    after, more = before.look(guardian.home_region, suited, more_waiting, left)
    if not more and (after == known or (known.is_over and after.is_over)):
        return
    if guardians.get(guardian.guardian_id).version != guardian.version:
        raise VersionConflict  # it rests, or has a family, since the families were gone through
    news: list[Event] = []
    if more:
        suit = WaitingFamiliesSuited(
            **event_fields(guardian),
            opening_id=after.opening_id,
            families=len(suited),
            case_ids=tuple(suited[:MOST_NAMED]),
            more_waiting=more_waiting,
        )
        news.append(suit)
    elif after.is_over:
        news.append(SuitedFamiliesGone(**event_fields(guardian), opening_id=after.opening_id))
    openings.save(context, after, events=news)


def on_family_waits_no_more(
    received: Received[WaitsNoMore],
    context: CommandContext,
    openings: Openings,
    families: Families,
    suited_families: SuitedFamilies,
) -> None:
    """Take a family out of what guardians can do; the last one says that none of them waits."""
    event = received.event
    if _waits_anew(received, families):
        return
    found = openings.with_family(event.case_id, event.region)
    _leave_out(event, found, context, openings, suited_families)


def on_wishes_changed(
    received: Received[NeedsChanged] | Received[CareDetailsChanged],
    context: CommandContext,
    guardians: Guardians,
    families: Families,
    bonds: Bonds,
    openings: Openings,
    suited_families: SuitedFamilies,
) -> None:
    """Take a family out of what those guardians can do that it does not suit any more."""
    event = received.event
    before = known_family(event, families)
    if before is None or not (found := openings.with_family(event.case_id, event.region)):
        return
    if isinstance(event, NeedsChanged):
        family = before.needs_changed(received.sequence, needs_of(event.needs))
    else:
        family = before.details_changed(
            received.sequence,
            district=event.district_id,
            excluded=event.excluded_guardians,
            profile=profile_of(event),
        )
    pairing = pairing_of(family, bonds.of_family(family.family_id, family.region))
    named = guardians.get_many(each.guardian_id for each in found)
    left = {each.guardian_id for each in named if not suits(each, pairing)}
    unsuited = [each for each in found if each.guardian_id in left]
    _leave_out(event, unsuited, context, openings, suited_families)


def _leave_out(
    event: MatchProposed | CareRequirementLifted | CaseClosed | NeedsChanged | CareDetailsChanged,
    found: list[Opening],
    context: CommandContext,
    openings: Openings,
    suited_families: SuitedFamilies,
) -> None:
    """Forget the family in these openings, in as many commits as they need."""
    for of_part, part in in_parts(context, found, MOST_CHANGED):
        first, *others = left = [
            suited_families.again(each.leave_out(event.case_id), event.case_id) for each in part
        ]
        gone = [
            SuitedFamiliesGone(
                region=event.region,
                programme=event.programme,
                guardian_id=each.guardian_id,
                opening_id=each.opening_id,
            )
            for each in left
            if each.is_over
        ]
        openings.save(of_part, first, *map(openings.row, others), events=gone)


def is_known(event: WaitsNoMore, families: Families) -> bool:
    """Whether a guardian was ever looked for; no opening names another family."""
    return families.find(event.case_id) is not None


def _waits_anew(received: Received[WaitsNoMore], families: Families) -> bool:
    """Whether the family waits by what has happened since: a proposal is in its own row at once."""
    family = families.find(received.event.case_id)
    if family is None or not family.waiting:
        return False
    proposed = isinstance(received.event, MatchProposed)
    return proposed or family.marker_sequence > received.sequence


REACTIONS: dict[type[Event], Callable[..., None]] = {
    **dict.fromkeys(CAN_MORE_OR_LESS, on_guardian_can_more),
    NeedsChanged: on_wishes_changed,
    CareDetailsChanged: on_wishes_changed,
    MatchProposed: on_family_waits_no_more,
    CareRequirementLifted: on_family_waits_no_more,
    CaseClosed: on_family_waits_no_more,
}
WANTED = {on_family_waits_no_more: is_known}
# An opening that was written at the same moment is not in their list yet.
LOOKS_AGAIN = (on_family_waits_no_more,)
