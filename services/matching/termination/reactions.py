"""What becomes of an open match when intake says that its family needs no guardian any more."""

from services.matching.bonds.repository import Bonds
from services.matching.families.domain import Family
from services.matching.families.reactions import known_family
from services.matching.families.repository import Families
from services.matching.guardians.repository import Guardians
from services.matching.matches.events import cancelled_event, caught_up
from services.matching.matches.repository import Matches
from services.matching.matches.use_cases import free_both
from services.matching.matches.values import Party, TerminationReason
from services.matching.termination.events import notified_event
from shared import clock
from shared.events.base import Event, Received
from shared.events.intake import CareRequirementLifted, CaseClosed, CaseReopened, FamilyErased
from shared.storage.command_context import CommandContext
from shared.storage.rows import Row


def on_requirement_lifted(
    received: Received[CareRequirementLifted],
    context: CommandContext,
    families: Families,
    guardians: Guardians,
    matches: Matches,
) -> None:
    """Take an open proposal back when its family needs no guardian after all."""
    _release_family(received, context, families, guardians, matches)


def on_case_closed(
    received: Received[CaseClosed],
    context: CommandContext,
    families: Families,
    guardians: Guardians,
    matches: Matches,
) -> None:
    """Take an open proposal back when its case is closed; care that runs gets a notice."""
    _release_family(received, context, families, guardians, matches)


def on_case_reopened(
    received: Received[CaseReopened],
    context: CommandContext,
    families: Families,
    guardians: Guardians,
    matches: Matches,
) -> None:
    """Take the marker away from a case that is in review again; it must be set anew.

    A proposal that is still open shows that the case was closed, which is heard of late. A case
    that is in care again has its marker back.
    """
    if received.event.in_care:
        before = known_family(received.event, families)
        if before is not None and (after := before.requirement_back(received.sequence)) != before:
            families.save(context, after)
        return
    _release_family(received, context, families, guardians, matches)


def note_forgotten_family(
    received: Received[FamilyErased], context: CommandContext, matches: Matches
) -> None:
    """Let a match that is open still know that its family is forgotten."""
    event = received.event
    bond = Bonds(matches.store).of_family(event.family_id, event.region)
    own = (each.match_id for each in bond.matches if each.family_id == event.family_id)
    rows = [matches.row(each.forget_family()) for each in matches.get_many(own)]
    matches.store.commit(context, *rows)


def _release_family(
    received: Received[CareRequirementLifted] | Received[CaseClosed] | Received[CaseReopened],
    context: CommandContext,
    families: Families,
    guardians: Guardians,
    matches: Matches,
) -> None:
    event, closed = received.event, isinstance(received.event, CaseClosed)
    before = known_family(event, families)
    if before is None:
        return
    after = before.requirement_lifted(received.sequence, closed=closed)
    if after is before:
        return
    rows, events = _end_match(after, event.reason, families, guardians, matches, closed=closed)
    families.store.commit(context, *rows, events=events)


def _end_match(
    family: Family,
    reason: str,
    families: Families,
    guardians: Guardians,
    matches: Matches,
    *,
    closed: bool,
) -> tuple[list[Row], list[Event]]:
    """Cancel a match before care; give the family's notice in care when its case is closed.

    Care that has begun is ended by the headquarters only.
    """
    known = families.row(family)
    if family.match_id is None:
        return [known], []
    now = clock.now()
    match, breaches = caught_up(matches.get(family.match_id), now)
    if match.in_care and not closed:
        return [known], []
    if not match.in_care:
        cancelled = match.cancel("system", reason, now)
        freed = free_both(cancelled, family, guardians).rows(families, guardians)
        return [*freed, matches.row(cancelled)], [*breaches, cancelled_event(cancelled)]
    if any(notice.by is Party.FAMILY for notice in match.notices):
        # Saved as it is: who takes this notice back at the same moment sees the case closed.
        return [known, matches.row(match)], breaches
    ending = match.notify_termination(Party.FAMILY, _as_termination(reason), now)
    return [known, matches.row(ending)], [*breaches, notified_event(ending, Party.FAMILY)]


def _as_termination(reason: str) -> TerminationReason:
    if reason == TerminationReason.ALL_NEEDS_MET:
        return TerminationReason.ALL_NEEDS_MET
    return TerminationReason.NEEDS_CANNOT_BE_MET


REACTIONS = {
    CareRequirementLifted: on_requirement_lifted,
    CaseClosed: on_case_closed,
    CaseReopened: on_case_reopened,
    FamilyErased: note_forgotten_family,
}
