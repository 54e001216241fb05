"""What intake tells about a family, kept so that guardians can be found for it."""

from collections.abc import Sequence

from services.matching.families.domain import Family, FamilyNeed
from services.matching.families.repository import Families
from services.matching.guardians.values import Programme
from services.matching.matches.needs import follow_family
from services.matching.matches.repository import Desk
from services.matching.matches.termination import ReleasedFamily, family_is_out
from shared.events.base import Event, Received
from shared.events.intake import (
    CareRequired,
    CareRequirementLifted,
    CaseClosed,
    CaseReopened,
    FamilyErased,
    NeedsChanged,
    NeedState,
)
from shared.storage.command_context import CommandContext

PROGRAMMES = frozenset(Programme)


def record_care_required(
    received: Received[CareRequired], context: CommandContext, families: Families
) -> None:
    """The family needs a guardian; it stands in the list of waiting ones from now on."""
    event = received.event
    before = _family(event, event.case_id, families)
    if before is None:
        return
    after = before.care_required(
        received.sequence,
        district=event.district_id,
        needs=_needs(event.needs),
        excluded=event.excluded_guardians,
        flagged_at=event.flagged_at,
    )
    _keep(before, after, context, families)


def record_needs_changed(
    received: Received[NeedsChanged], context: CommandContext, desk: Desk
) -> None:
    """The family needs something else than before; its guardian hears of the family's wishes."""
    event = received.event
    before = _family(event, event.case_id, desk.families)
    if before is None:
        return
    after = before.needs_changed(received.sequence, _needs(event.needs))
    rows, told = follow_family(event, after, desk)
    if after != before:
        rows.append(desk.families.row(after))
    if rows:
        desk.store.commit(context, *rows, events=told)


def record_requirement_lifted(
    received: Received[CareRequirementLifted], context: CommandContext, desk: Desk
) -> None:
    """The family needs no guardian after all; an open proposal is taken back."""
    event = received.event
    _let_go(received, event.case_id, event.reason, False, context, desk)


def record_case_closed(received: Received[CaseClosed], context: CommandContext, desk: Desk) -> None:
    """The case is closed; an open proposal is taken back, care that runs gets a notice."""
    event = received.event
    _let_go(received, event.case_id, event.reason, True, context, desk)


def record_case_reopened(
    received: Received[CaseReopened], context: CommandContext, families: Families
) -> None:
    """The case is in review again; the marker must be set anew."""
    event = received.event
    before = _family(event, event.case_id, families)
    if before is None:
        return
    after = before.requirement_lifted(received.sequence, closed=False)
    _keep(before, after, context, families)


def forget_family(received: Received[FamilyErased], context: CommandContext, desk: Desk) -> None:
    """The person is forgotten: so is all that was written about them here; counts stay."""
    desk.store.commit(context, writes=desk.vault.erase(received.event.case_id))


def _let_go(
    received: Received[CareRequirementLifted] | Received[CaseClosed],
    case_id: str,
    reason: str,
    closed: bool,
    context: CommandContext,
    desk: Desk,
) -> None:
    before = _family(received.event, case_id, desk.families)
    if before is None:
        return
    after = before.requirement_lifted(received.sequence, closed=closed)
    if after is before:
        return
    loosened = ReleasedFamily()
    if before.match_id is not None:
        loosened = family_is_out(before.match_id, reason, closed, desk)
    if loosened.released is not None:
        after = after.release(loosened.released)
    desk.families.save(context, after, *loosened.rows, events=loosened.events)


def _family(event: Event, case_id: str, families: Families) -> Family | None:
    """The family as known so far; None for a programme without guardians."""
    programme = event.programme or Programme.SERVICE_MEMBER_CARE
    if programme not in PROGRAMMES:
        return None
    known = families.find(case_id)
    return known or Family(case_id=case_id, region=event.region, programme=Programme(programme))


def _needs(states: Sequence[NeedState]) -> tuple[FamilyNeed, ...]:
    return tuple(
        FamilyNeed(need_id=state.need_id, category=state.category, status=state.status)
        for state in states
    )


def _keep(before: Family, after: Family, context: CommandContext, families: Families) -> None:
    if after != before:
        families.save(context, after)
