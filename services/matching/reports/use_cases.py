"""A guardian reports on the help it gives."""

from datetime import datetime

from services.matching.guardians.events import event_fields as guardian_fields
from services.matching.guardians.repository import Guardians
from services.matching.matches.domain import Match
from services.matching.matches.events import event_fields
from services.matching.matches.policy import load_authorised
from services.matching.matches.repository import Matches
from services.matching.matches.values import MatchId
from services.matching.reports.commands import ReportCare
from services.matching.reports.domain import Report
from services.matching.reports.repository import Reports
from services.matching.reports.vault_records import record_name, words
from shared import clock, ids
from shared.errors import Invalid, NotFound
from shared.events.base import Event
from shared.events.matching import GuardianReported, GuardianSuspended
from shared.privacy.vault import Vault
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.rows import Row


def report_care(
    match_id: MatchId,
    body: ReportCare,
    context: CommandContext,
    matches: Matches,
    reports: Reports,
    guardians: Guardians,
    vault: Vault,
) -> Receipt:
    """Report how the help is going; a guardian without resources gets no new families."""
    match = load_authorised(match_id, "report", context.actor, matches)
    if match.agreed_at is None:
        raise NotFound("care_agreement")
    report = _report(match, match.agreed_at, body)
    rows: list[Row] = [reports.row(report)]
    fields = event_fields(match)
    events: list[Event] = [
        GuardianReported(**fields, report_id=report.report_id, resources_ok=body.resources_ok)
    ]
    if not body.resources_ok:
        paused, suspended = _pause(match, guardians)
        rows += paused
        events += suspended
    # Of a family that is forgotten no words are kept; that the guardian has no strength counts.
    forgotten, said = vault.has_erased(match.family_id), words(body)
    writes = [] if forgotten else vault.seal(match.family_id, record_name(report), said)
    reported = match.report(report.reported_at)
    return matches.save(context, reported, *rows, events=events, writes=writes)


def _report(match: Match, agreed_at: datetime, body: ReportCare) -> Report:
    """Return a report on a month of the care, as of now."""
    now = clock.now()
    first, last = (f"{regions.local_date(match.region, at):%Y-%m}" for at in (agreed_at, now))
    if not first <= body.period <= last:
        raise Invalid("month_out_of_care", "/period")
    return Report(
        report_id=ids.new("rep"),
        match_id=match.match_id,
        guardian_id=match.guardian_id,
        region=match.region,
        period=body.period,
        resources_ok=body.resources_ok,
        reported_at=now,
    )


def _pause(match: Match, guardians: Guardians) -> tuple[list[Row], list[Event]]:
    guardian = guardians.get(match.guardian_id)
    tired = guardian.report_exhausted(clock.now())
    if tired == guardian:
        return [], []
    if tired.status is guardian.status:
        # It is prepared and gets no families yet: that it rests is told when it would get some.
        return [guardians.row(tired)], []
    # Its own headquarters hears of it by the report, when that speaks of all of its families.
    event = GuardianSuspended(
        **guardian_fields(tired),
        reason=tired.decision_reason or "",
        reported=tired.region == match.region and len(tired.places) == 1,
    )
    return [guardians.row(tired)], [event]
