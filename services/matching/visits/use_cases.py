"""While care lasts: helps given, calls made, guardians' reports."""

from services.matching.follow_ups.values import FollowUpStatus
from services.matching.guardians.values import GuardianStatus
from services.matching.matches import commands
from services.matching.matches.domain import Match
from services.matching.matches.policy import match_resource
from services.matching.matches.repository import REPORT, VISIT, Desk, match_key
from services.matching.matches.use_cases import allowed, who
from services.matching.matches.values import MatchStatus, Need
from services.matching.matches.views import ReportsView, ReportView, VisitView
from services.matching.policy import POLICY
from services.matching.stories.domain import CareVisit, Report
from shared import clock, ids
from shared.errors import NotFound
from shared.events import matching as events
from shared.events.base import Event
from shared.principal import Principal
from shared.privacy.vault import RecordFields
from shared.reference import calendar, regions
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.repository import Page
from shared.storage.rows import RawWrite, Row

NO_RESOURCES = "guardian_resources_exhausted"
MAX_REPORTS = 24


# helping -----------------------------------------------------------------------------------


def record_help(
    match_id: str, body: commands.RecordHelp, context: CommandContext, desk: Desk
) -> Receipt:
    """A help was given; the first one starts the care and makes the guardian a caring one."""
    match = allowed(match_id, "record_help", context, desk)
    now = clock.now()
    helped, need = match.record_help(body.need_id, body.given_at, now)
    visit = _visit(helped, need, body, context.actor.id)
    rows: list[Row] = [desk.visits.row(visit)]
    told: list[Event] = []
    if match.status is MatchStatus.AGREED:
        guardian = desk.guardians.get(match.guardian_id).activate_place(match_id, now)
        rows.append(desk.guardians.row(guardian))
        told.append(events.CareStarted(**who(match), started_on=visit.given_on))
    told.append(_delivered(match, visit))
    writes = _note(match, f"visit#{visit.visit_id}", body.note, desk)
    return desk.matches.save(context, helped, *rows, events=told, writes=writes)


def _visit(match: Match, need: Need, body: commands.RecordHelp, by: str) -> CareVisit:
    return CareVisit(
        visit_id=ids.new("vis"),
        match_id=match.match_id,
        case_id=match.case_id,
        guardian_id=match.guardian_id,
        region=match.region,
        need_id=need.need_id,
        category=need.category,
        given_on=calendar.local_date(regions.zone(match.region), body.given_at),
        recorded_by=by,
    )


def _delivered(match: Match, visit: CareVisit) -> Event:
    return events.CareDelivered(
        **who(match),
        visit_id=visit.visit_id,
        need_id=visit.need_id,
        category=visit.category,
        given_on=visit.given_on,
    )


def _note(match: Match, record: str, note: str | None, desk: Desk) -> list[RawWrite]:
    return desk.vault.seal(match.case_id, record, {"note": note}) if note else []


def confirm_help(visit_id: str, context: CommandContext, desk: Desk) -> Receipt:
    """The family says that it got a help."""
    visit = desk.visits.get(visit_id)
    match = desk.matches.get(visit.match_id)
    POLICY.require(context.actor, "confirm_help", match_resource(match))
    return desk.visits.save(context, visit.confirm(clock.now()))


def list_visits(
    match_id: str, limit: int, cursor: str | None, caller: Principal, desk: Desk
) -> Page[VisitView]:
    """The helps of one match, newest first."""
    POLICY.require(caller, "view", match_resource(desk.matches.get(match_id)))
    return desk.visits.page(
        "by_ref",
        match_key(match_id),
        VisitView.of,
        caller=caller,
        limit=limit,
        cursor=cursor,
        prefix=VISIT,
        newest_first=True,
    )


# calling -----------------------------------------------------------------------------------


def record_call(
    match_id: str, body: commands.RecordCall, context: CommandContext, desk: Desk
) -> Receipt:
    """The headquarters has called the family; what it heard leads to action."""
    match = allowed(match_id, "record_call", context, desk)
    called, call = match.record_call(body.kind, body.result, context.actor.id, clock.now())
    told = events.FollowUpDone(
        **who(match),
        kind=call.kind.value,
        due_on=call.due_on,
        result=body.result.value,
        attempt=len(call.attempts),
        final=call.status is FollowUpStatus.DONE,
        on_time=call.on_time is not False,
    )
    record = f"call#{match_id}#{call.kind}#{len(call.attempts)}"
    noted = called.noted(record) if body.note else called
    writes = _note(match, record, body.note, desk)
    return desk.matches.save(context, noted, events=[told], writes=writes)


# reporting ---------------------------------------------------------------------------------


def report_care(
    match_id: str, body: commands.ReportCare, context: CommandContext, desk: Desk
) -> Receipt:
    """The guardian tells how it goes; one whose strength is at an end gets no new families."""
    match = allowed(match_id, "report", context, desk)
    if match.agreed_at is None:
        raise NotFound("care_agreement", match_id)
    now = clock.now()
    report = Report(
        report_id=ids.new("rep"),
        match_id=match_id,
        guardian_id=match.guardian_id,
        region=match.region,
        period=body.period,
        resources_ok=body.resources_ok,
        reported_at=now,
    )
    told: list[Event] = [
        events.GuardianReported(
            **who(match), report_id=report.report_id, resources_ok=body.resources_ok
        )
    ]
    rows = [desk.reports.row(report)]
    if not body.resources_ok:
        row, news = _pause(match, desk)
        rows += row
        told += news
    words = {"done": body.done} | ({"difficulties": body.difficulties} if body.difficulties else {})
    writes = desk.vault.seal(match.case_id, _words_of(report), words)
    return desk.matches.save(context, match.report(now), *rows, events=told, writes=writes)


def _pause(match: Match, desk: Desk) -> tuple[list[Row], list[Event]]:
    guardian = desk.guardians.get(match.guardian_id)
    if guardian.status not in (GuardianStatus.READY, GuardianStatus.CARING):
        return [], []
    paused = guardian.pause(NO_RESOURCES, keep_families=True, at=clock.now())
    told = events.GuardianSuspended(
        region=match.region,
        programme=match.programme.value,
        guardian_id=guardian.guardian_id,
        reason=NO_RESOURCES,
        reported=True,
    )
    return [desk.guardians.row(paused)], [told]


def _words_of(report: Report) -> str:
    return f"report#{report.report_id}"


def list_reports(match_id: str, caller: Principal, desk: Desk) -> ReportsView:
    """The latest reports of one match with their words."""
    match = desk.matches.get(match_id)
    POLICY.require(caller, "view_reports", match_resource(match))
    found = desk.reports.list_all(
        "by_ref", match_key(match_id), prefix=REPORT, newest_first=True, most=MAX_REPORTS
    )
    if not found:
        return ReportsView(items=[])
    wanted = [
        RecordFields(match.case_id, _words_of(each), ("done", "difficulties")) for each in found
    ]
    words = desk.vault.open_many(wanted, caller, "guardian_reports")
    return ReportsView(items=[ReportView.of(*pair) for pair in zip(found, words, strict=True)])
