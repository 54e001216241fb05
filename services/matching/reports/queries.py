"""What is read of guardians' reports."""

from services.matching.matches.policy import load_authorised
from services.matching.matches.repository import Matches
from services.matching.matches.values import MatchId
from services.matching.reports.repository import Reports
from services.matching.reports.vault_records import FIELDS, record_name
from services.matching.reports.views import ReportsView, report_view
from shared.principal import Principal
from shared.privacy.vault import RecordFields, Vault

MAX_REPORTS = 24


def list_reports(
    match_id: MatchId, caller: Principal, matches: Matches, reports: Reports, vault: Vault
) -> ReportsView:
    """List the guardian's latest reports on one match, with their words."""
    match = load_authorised(match_id, "view_reports", caller, matches)
    found = reports.latest(match_id, MAX_REPORTS)
    if not found:
        return ReportsView(items=[])
    wanted = [RecordFields(match.family_id, record_name(each), FIELDS) for each in found]
    opened = vault.open_many(wanted, caller, "guardian_reports")
    return ReportsView(items=[report_view(*pair) for pair in zip(found, opened, strict=True)])
