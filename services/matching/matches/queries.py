"""What is read of matches."""

from services.matching.applications.vault_records import open_contact
from services.matching.applications.views import GuardianContact
from services.matching.bonds.policy import FAMILY
from services.matching.bonds.policy import load_authorised as load_bond
from services.matching.bonds.queries import page_of_family
from services.matching.bonds.repository import Bonds
from services.matching.decisions.repository import Decisions
from services.matching.decisions.views import DecisionView, decision_view
from services.matching.families.values import FamilyId
from services.matching.matches.commands import MatchQuery
from services.matching.matches.domain import Match
from services.matching.matches.policy import Beside, load_authorised, region_of_family, shown_to
from services.matching.matches.repository import (
    MATCH,
    OPEN,
    OVER,
    Matches,
    of_family,
    part_key,
)
from services.matching.matches.values import MatchId, MatchStatus
from services.matching.matches.views import MatchView, NotesView, NoteView, match_view
from services.matching.policy import POLICY
from shared.api.models import Paging
from shared.identity.partitions import Partition, whole_own_list
from shared.principal import Principal
from shared.privacy.access_log import AccessLog
from shared.privacy.vault import RecordFields, Vault
from shared.readings.queries import note_look, page_of_readings
from shared.readings.views import ReadingView
from shared.storage.repository import Page
from shared.storage.rows import Index


def list_matches(query: MatchQuery, caller: Principal, matches: Matches) -> Page[MatchView]:
    """List the caller's own matches: of the region, the organisation or the family.

    A headquarters that names a guardian sees all that it has in the region, open and over.
    """
    if caller.role == FAMILY:
        return _list_of_family(query, caller, matches)
    index, partition, prefix = _list_of(query, caller)
    page: Page[Match] = matches.page(
        index,
        partition,
        lambda match: match,
        caller=caller,
        query=query,
        prefix=prefix,
    )
    beside = Beside(page.items, matches.store)
    items = [_shown(caller, match, beside) for match in page.items]
    return Page[MatchView](items=items, next_cursor=page.next_cursor)


def _list_of_family(query: MatchQuery, caller: Principal, matches: Matches) -> Page[MatchView]:
    """Return a page of a family's matches: who speaks for it does so in one region at a time."""
    whole_own_list(None, guardian_id=query.guardian_id)
    of_status = _of_status(query.status).removeprefix(MATCH)
    return page_of_family(
        matches,
        "Match",
        lambda record, match: _shown(record, match, Beside([match], matches.store)),
        query=query,
        caller=caller,
        prefix=of_family(region_of_family(query.region)) + of_status,
    )


def _list_of(query: MatchQuery, caller: Principal) -> tuple[Index, str, str]:
    """Return the list that the claims reach: of an organisation, a region or a part of it."""
    status, part = query.status, _of_status(query.status)
    if caller.role == "guardian_rep":
        whole_own_list(query.region, guardian_id=query.guardian_id)
        return "by_owner", _partition(Partition.of_org(caller), caller), part
    region = _partition(Partition.of_region(caller, query.region), caller)
    if query.guardian_id is not None:
        return "by_programme", part_key(region, query.guardian_id), part
    if status is not None and status.open:
        return "by_state", part_key(region, status), ""
    return "by_region", region, OPEN if status is None else f"{OVER}{status}#"


def _partition(claimed: Partition, caller: Principal) -> str:
    return POLICY.require_list(caller, "list", "Match", claimed)


def _of_status(status: MatchStatus | None) -> str:
    return MATCH if status is None else f"{MATCH}{status}#"


def _shown(caller: Principal, match: Match, beside: Beside) -> MatchView:
    return match_view(shown_to(caller, match, beside), caller)


def view_match(match_id: MatchId, caller: Principal, matches: Matches) -> MatchView:
    """Show one match, as the caller may see it."""
    return match_view(load_authorised(match_id, "view", caller, matches), caller)


def view_decision(
    match_id: MatchId, caller: Principal, matches: Matches, decisions: Decisions
) -> DecisionView:
    """Show what was judged when the guardian was proposed, and judge it again."""
    load_authorised(match_id, "view_decision", caller, matches)
    return decision_view(decisions.get(match_id))


def view_guardian_contact_of_match(
    match_id: MatchId, caller: Principal, matches: Matches, vault: Vault
) -> GuardianContact:
    """Show the contact that the family and its headquarters may call, once they have met."""
    match = load_authorised(match_id, "view_guardian_contact", caller, matches)
    return open_contact(match.guardian_id, caller, "guardian_of_my_family", vault)


def view_notes(match_id: MatchId, caller: Principal, matches: Matches, vault: Vault) -> NotesView:
    """Show what the headquarters wrote down about calls and conflicts, for itself alone."""
    match = load_authorised(match_id, "view_notes", caller, matches)
    wanted = [RecordFields(match.family_id, record, ("note",)) for record in match.notes]
    opened = vault.open_many(wanted, caller, "match_notes")
    return NotesView(
        items=[
            NoteView(record=record, note=fields["note"])
            for record, fields in zip(match.notes, opened, strict=True)
            if fields
        ]
    )


def list_readings(
    family_id: FamilyId, query: Paging, caller: Principal, bonds: Bonds, log: AccessLog
) -> Page[ReadingView]:
    """Read who has read what about a family, the latest first; the staff's look is recorded."""
    load_bond(family_id, "list_readings", caller, bonds)
    records = bonds.records_of(family_id)
    if caller.role != FAMILY:
        note_look(family_id, caller, log)
    return page_of_readings(family_id, records, query, caller, log)
