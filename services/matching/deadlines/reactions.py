"""Announces what of a match has come by time alone, each once."""

from services.matching.bonds.repository import Bonds
from services.matching.families.repository import Families
from services.matching.matches.domain import Match
from services.matching.matches.events import deadline_event
from services.matching.matches.facts import BREACHES, NEXT
from services.matching.matches.repository import Matches
from services.matching.matches.use_cases import search_on
from services.matching.next_candidates.queries import NextGuardians
from shared import clock
from shared.observability import count, note
from shared.reference import regions
from shared.storage.command_context import CommandContext
from shared.storage.rows import Row


def match_due(
    match_id: str,
    context: CommandContext,
    matches: Matches,
    families: Families,
    next_guardians: NextGuardians,
) -> None:
    """Announce the deadlines of a match that have come, each once; a lapsed proposal is over."""
    match = matches.get(match_id)
    advanced, passed = match.advance(clock.now(), regions.zone(match.region))
    if advanced == match:
        return
    released: list[Row] = []
    if not advanced.is_open:
        advanced, released = search_on(advanced, families, next_guardians)
    elif NEXT in {*advanced.fired} - {*match.fired}:
        advanced = _with_next(advanced, families, next_guardians)
    events = [deadline_event(advanced, each) for each in passed]
    matches.save(context, advanced, *released, events=events)
    broken = [each for each in passed if each.deadline in BREACHES]
    for each in broken:
        count(each.deadline)
    if broken:
        note(match_id=match_id, kind=[each.call.kind for each in broken if each.call])


def _with_next(match: Match, families: Families, next_guardians: NextGuardians) -> Match:
    family = families.get(match.case_id)
    bond = Bonds(families.store).of_family(match.family_id, match.region)
    found = next_guardians.next_in_line(family, bond, match.match_id, match.guardian_id)
    return match.prepare_next(found)


DEADLINES = {"MATCH": match_due}
