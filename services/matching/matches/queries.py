"""Looking at matches."""

from services.matching.applications.vault_records import open_contact
from services.matching.applications.views import GuardianContact
from services.matching.matches import commands
from services.matching.matches.policy import match_resource
from services.matching.matches.repository import MATCH, OPEN, Desk, Matches
from services.matching.matches.views import MatchView
from services.matching.policy import POLICY
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.privacy.vault import Vault
from shared.storage.repository import Page
from shared.storage.rows import Index


def view_match(match_id: str, caller: Principal, desk: Desk) -> MatchView:
    """One match, as the caller may see it."""
    match = desk.matches.get(match_id)
    POLICY.require(caller, "view", match_resource(match))
    return MatchView.of(match, caller)


def list_matches(query: commands.MatchQuery, caller: Principal, desk: Desk) -> Page[MatchView]:
    """The caller's own: of the organisation, of the family, or the open ones of the region."""
    index, where, prefix = _own(query, caller)
    partition = POLICY.require_list(caller, "list", "Match", where, {"released": False})
    page = desk.matches.page(
        index,
        partition,
        lambda match: MatchView.of(match, caller),
        caller=caller,
        limit=query.limit,
        cursor=query.cursor,
        prefix=prefix,
    )
    if query.status is None:
        return page
    kept = [view for view in page.items if view.status is query.status]
    return Page[MatchView](items=kept, next_cursor=page.next_cursor)


def _own(query: commands.MatchQuery, caller: Principal) -> tuple[Index, Partition, str]:
    if caller.role == "guardian_rep":
        return "by_owner", Partition.of_org(caller), MATCH
    if caller.role == "family":
        return "by_ref", Partition.of_person(caller), MATCH
    past = query.status is not None and query.status.value in ("ended", "declined", "cancelled")
    return "by_region", Partition.of_region(caller, query.region), MATCH if past else OPEN


def view_guardian_contact_of_match(
    match_id: str, caller: Principal, matches: Matches, vault: Vault
) -> GuardianContact:
    """Show whom the family may call, once it has met the guardian."""
    match = matches.get(match_id)
    POLICY.require(caller, "view_guardian_contact", match_resource(match))
    return open_contact(match.guardian_id, caller, "guardian_of_my_family", vault)
