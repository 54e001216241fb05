"""What is read of matches."""

from services.matching.applications.vault_records import open_contact
from services.matching.applications.views import GuardianContact
from services.matching.bonds.policy import FAMILY, as_each_record
from services.matching.bonds.repository import Bonds
from services.matching.decisions.repository import Decisions
from services.matching.decisions.views import DecisionView, decision_view
from services.matching.matches.commands import MatchQuery
from services.matching.matches.policy import (
    load_authorised,
    region_of_family,
    shown_to,
    whole_own_list,
)
from services.matching.matches.repository import (
    MATCH,
    OPEN,
    OVER,
    Matches,
    of_family,
    part_key,
)
from services.matching.matches.values import MatchId
from services.matching.matches.views import MatchView, NotesView, NoteView, match_view
from services.matching.policy import POLICY
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.privacy.vault import RecordFields, Vault
from shared.storage.repository import Page
from shared.storage.rows import Index


def list_matches(
    query: MatchQuery, caller: Principal, matches: Matches, bonds: Bonds
) -> Page[MatchView]:
    """List the caller's own matches: of the region, the organisation or the family."""
    if caller.role == FAMILY:
        return _list_of_family(query, caller, matches, bonds)
    index, claimed, prefix = _own_list(query, caller)
    partition = _require_list(caller, claimed)
    if index == "by_region" and query.status is not None and query.status.open:
        index, partition, prefix = "by_state", part_key(partition, query.status), ""
    return matches.page(
        index,
        partition,
        lambda match: match_view(shown_to(caller, match), caller),
        caller=caller,
        limit=query.limit,
        cursor=query.cursor,
        prefix=prefix,
    )


def _list_of_family(
    query: MatchQuery, caller: Principal, matches: Matches, bonds: Bonds
) -> Page[MatchView]:
    """List the matches of all records of a family."""
    region = region_of_family(query.region)
    records = as_each_record(caller, region, bonds)
    status = "" if query.status is None else f"{query.status}#"
    return matches.page_of_several(
        "by_ref",
        [_require_list(each, Partition.of_person(each)) for each in records.values()],
        lambda match: match_view(shown_to(records[match.family_id], match), caller),
        caller=caller,
        limit=query.limit,
        cursor=query.cursor,
        prefix=of_family(region) + status,
    )


def _require_list(caller: Principal, claimed: Partition) -> str:
    return POLICY.require_list(caller, "list", "Match", claimed, {"released": False})


def _own_list(query: MatchQuery, caller: Principal) -> tuple[Index, Partition, str]:
    status = query.status
    if caller.role == "guardian_rep":
        whole_own_list(query.region)
        own = MATCH if status is None else f"{MATCH}{status}#"
        return "by_owner", Partition.of_org(caller), own
    claimed = Partition.of_region(caller, query.region)
    return "by_region", claimed, OPEN if status is None else f"{OVER}{status}#"


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
    """Show the contact that the family may call, once it has met the guardian."""
    match = load_authorised(match_id, "view_guardian_contact", caller, matches)
    return open_contact(match.guardian_id, caller, "guardian_of_my_family", vault)


def view_notes(match_id: MatchId, caller: Principal, matches: Matches, vault: Vault) -> NotesView:
    """Show what the headquarters wrote down about calls and conflicts, for itself alone."""
    match = load_authorised(match_id, "view_notes", caller, matches)
    if not match.notes:
        return NotesView(items=[])
    wanted = [RecordFields(match.family_id, record, ("note",)) for record in match.notes]
    opened = vault.open_many(wanted, caller, "match_notes")
    return NotesView(
        items=[
            NoteView(record=record, note=fields["note"])
            for record, fields in zip(match.notes, opened, strict=True)
            if fields and "note" in fields
        ]
    )
