"""What is read of guardians' reports."""

from services.matching.matches.policy import load_authorised
from services.matching.matches.repository import Matches, match_key
from services.matching.matches.values import MatchId
from services.matching.reports.repository import REPORT, Reports
from services.matching.reports.vault_records import FIELDS, record_name
from services.matching.reports.views import ReportView, report_view
from shared.api.models import Paging
from shared.principal import Principal
from shared.privacy.vault import RecordFields, Vault
from shared.storage.repository import Page


def list_reports(
    match_id: MatchId,
    query: Paging,
    caller: Principal,
    matches: Matches,
    reports: Reports,
    vault: Vault,
) -> Page[ReportView]:
    """List the guardian's reports on one match with their words, newest first."""
    match = load_authorised(match_id, "view_reports", caller, matches)
    found = reports.page(
        "by_ref",
        match_key(match_id),
        lambda report: report,
        caller=caller,
        query=query,
        prefix=REPORT,
        newest_first=True,
    )
    wanted = [RecordFields(match.family_id, record_name(each), FIELDS) for each in found.items]
    opened = vault.open_many(wanted, caller, "guardian_reports")
    shown = [report_view(*pair) for pair in zip(found.items, opened, strict=True)]
    return Page[ReportView](items=shown, next_cursor=found.next_cursor)
