"""What is read of care visits."""

from services.matching.matches.policy import load_authorised
from services.matching.matches.repository import Matches, match_key
from services.matching.matches.values import MatchId
from services.matching.visits.repository import VISIT, Visits
from services.matching.visits.values import VisitId, note_record
from services.matching.visits.views import VisitNote, VisitView
from shared.api.models import Paging
from shared.errors import NotFound
from shared.principal import Principal
from shared.privacy.vault import Vault
from shared.storage.repository import Page


def list_visits(
    match_id: MatchId, query: Paging, caller: Principal, matches: Matches, visits: Visits
) -> Page[VisitView]:
    """List the helps of one match, newest first."""
    load_authorised(match_id, "view", caller, matches)
    return visits.page(
        "by_ref",
        match_key(match_id),
        VisitView.of,
        caller=caller,
        query=query,
        prefix=VISIT,
        newest_first=True,
    )


def view_visit_note(
    visit_id: VisitId, caller: Principal, visits: Visits, matches: Matches, vault: Vault
) -> VisitNote:
    """Show what was written down about a help."""
    visit = visits.get(visit_id)
    match = load_authorised(visit.match_id, "view_visit_note", caller, matches)
    if not visit.noted:
        raise NotFound("record")  # before a reading of no words would be on record
    opened = vault.open(match.family_id, note_record(visit_id), ("note",), caller, "visit_note")
    return VisitNote(visit_id=visit_id, note=opened["note"])
