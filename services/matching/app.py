"""Every way into matching: its routes, its queue and its timers; nothing happens here."""

from functools import cache
from typing import Any

from services.matching import applications, guardians, headquarters
from services.matching.agreements import use_cases as agreements
from services.matching.applications.recipients import resolve_guardian
from services.matching.families import reactions as families
from services.matching.figures import queries as figure_uses
from services.matching.figures.domain import Figures
from services.matching.forms import (
    CasePath,
    MatchPath,
    OfRegion,
    Paging,
    RegionPath,
    StoryPath,
    VisitPath,
)
from services.matching.matches import commands
from services.matching.matches import queries as match_uses
from services.matching.matches import reactions as timers
from services.matching.matches import termination as endings
from services.matching.matches import use_cases as proposals
from services.matching.matches.repository import Desk
from services.matching.matches.views import (
    MatchView,
    NotesView,
    ReportsView,
    SigningLink,
    StoryView,
    VisitView,
)
from services.matching.ranking import queries as ranking
from services.matching.ranking.domain import Ranking
from services.matching.ranking.suggestions import Suggestions
from services.matching.stories import use_cases as stories
from services.matching.visits import use_cases as care
from shared import keyring
from shared.api import reference_routes
from shared.api.app import ServiceApp
from shared.api.routes import Routes
from shared.events.base import Event, Received
from shared.events.intake import (
    CareRequired,
    CareRequirementLifted,
    CaseClosed,
    CaseReopened,
    FamilyErased,
    NeedsChanged,
)
from shared.messaging import consumer, deadlines, recipients, template_variables
from shared.principal import Principal
from shared.privacy.vault import Vault
from shared.storage import connection
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.repository import Page

app = ServiceApp("matching")
PARTS = (headquarters, guardians, applications)
routes = Routes()
routes.get(
    "/matches/{match_id}/guardian-contact",
    match_uses.view_guardian_contact_of_match,
    caller="machine",
)
app.include(routes, reference_routes.routes, *(part.routes for part in PARTS))


@cache
def desk() -> Desk:
    """The repositories over this service's tables."""
    return Desk.over(connection.store(), Vault(connection.store(), keyring.from_env()))


# regions and families -----------------------------------------------------------------------


@app.get("/regions/{region}/figures", caller="person")
def view_figures(path: RegionPath, query: figure_uses.FiguresQuery, caller: Principal) -> Figures:
    """Introductions, calls, endings and guardians of a region in numbers."""
    return figure_uses.view_figures(path.region, query, caller, desk())


@app.get("/regions/{region}/suggestions", caller="person", problems=("assignment_unavailable",))
def view_suggestions(path: RegionPath, caller: Principal) -> Suggestions:
    """A suggested guardian for every waiting family, with the proof of how good it is."""
    return ranking.view_suggestions(path.region, caller, desk())


@app.get("/families", caller="person")
def list_waiting_families(query: OfRegion, caller: Principal) -> Page[ranking.WaitingView]:
    """Families that wait for a guardian, longest first."""
    return ranking.list_waiting(query, caller, desk())


@app.get("/families/{case_id}/candidates", caller="person")
def view_candidates(path: CasePath, caller: Principal) -> Ranking:
    """Guardians for one family, best first, and why the others do not suit."""
    return ranking.view_candidates(path.case_id, caller, desk())


# matches: proposal to agreement ---------------------------------------------------------------


@app.post("/matches", caller="person", problems=("family_has_open_match", "needs_not_covered"))
def propose_match(body: commands.ProposeMatch, context: CommandContext) -> Receipt:
    """Propose a guardian to a family."""
    return proposals.propose_match(body, context, desk())


@app.get("/matches", caller="person|machine")
def list_matches(query: commands.MatchQuery, caller: Principal) -> Page[MatchView]:
    """The caller's own matches: of the region, the organisation or the family."""
    return match_uses.list_matches(query, caller, desk())


@app.get("/matches/{match_id}", caller="person|machine")
def view_match(path: MatchPath, caller: Principal) -> MatchView:
    """One match, as the caller may see it."""
    return match_uses.view_match(path.match_id, caller, desk())


@app.post("/matches/{match_id}/decline", caller="person|machine", status=200)
def decline_match(path: MatchPath, body: commands.DeclineMatch, context: CommandContext) -> Receipt:
    """One side does not want this."""
    return proposals.decline_match(path.match_id, body, context, desk())


@app.post("/matches/{match_id}/cancellation", caller="person", status=200)
def cancel_match(path: MatchPath, body: commands.CancelMatch, context: CommandContext) -> Receipt:
    """The headquarters takes the proposal back."""
    return proposals.cancel_match(path.match_id, body, context, desk())


@app.post("/matches/{match_id}/introduction", caller="person", status=200)
def hold_introduction(
    path: MatchPath, body: commands.HoldIntroduction, context: CommandContext
) -> Receipt:
    """Family and guardian have met with the headquarters."""
    return proposals.hold_introduction(path.match_id, body, context, desk())


@app.post("/matches/{match_id}/agreement", caller="person", status=200)
def draft_agreement(
    path: MatchPath, body: commands.DraftAgreement, context: CommandContext
) -> Receipt:
    """Write down what help the family gets."""
    return agreements.draft_agreement(path.match_id, body, context, desk())


@app.post("/matches/{match_id}/agreement/signatures", caller="person|machine", status=200)
def sign_agreement(
    path: MatchPath, body: commands.SignAgreement, context: CommandContext
) -> Receipt:
    """One side signs."""
    return agreements.sign_agreement(path.match_id, body, context, desk())


@app.get("/matches/{match_id}/agreement/link", caller="person")
def view_signing_link(path: MatchPath, caller: Principal) -> SigningLink:
    """A link with which the family signs by itself."""
    return agreements.view_signing_link(path.match_id, caller, desk())


@app.post("/signatures", caller="public", status=200)
def sign_by_link(body: commands.SignByLink, context: CommandContext) -> Receipt:
    """The family signs through the link it was given."""
    return agreements.sign_by_link(body, context, desk())


# matches: care --------------------------------------------------------------------------------


@app.post("/matches/{match_id}/visits", caller="person", status=200)
def record_help(path: MatchPath, body: commands.RecordHelp, context: CommandContext) -> Receipt:
    """A help was given; the first one starts the care."""
    return care.record_help(path.match_id, body, context, desk())


@app.get("/matches/{match_id}/visits", caller="person|machine")
def list_visits(path: MatchPath, query: Paging, caller: Principal) -> Page[VisitView]:
    """The helps of one match, newest first."""
    return care.list_visits(path.match_id, query.limit, query.cursor, caller, desk())


@app.post("/visits/{visit_id}/confirmation", caller="person|machine", status=200)
def confirm_help(path: VisitPath, context: CommandContext) -> Receipt:
    """The family says that it got this help."""
    return care.confirm_help(path.visit_id, context, desk())


@app.post("/matches/{match_id}/calls", caller="person", status=200)
def record_call(path: MatchPath, body: commands.RecordCall, context: CommandContext) -> Receipt:
    """The headquarters has called the family."""
    return care.record_call(path.match_id, body, context, desk())


@app.post("/matches/{match_id}/reports", caller="person", status=200)
def report_care(path: MatchPath, body: commands.ReportCare, context: CommandContext) -> Receipt:
    """The guardian tells how the help is going."""
    return care.report_care(path.match_id, body, context, desk())


@app.get("/matches/{match_id}/reports", caller="person")
def list_reports(path: MatchPath, caller: Principal) -> ReportsView:
    """The guardian's latest reports."""
    return care.list_reports(path.match_id, caller, desk())


@app.get("/matches/{match_id}/notes", caller="person")
def view_notes(path: MatchPath, caller: Principal) -> NotesView:
    """What the headquarters wrote down for itself alone."""
    return endings.view_notes(path.match_id, caller, desk())


# stories --------------------------------------------------------------------------------------


@app.post("/matches/{match_id}/stories", caller="person", location="/v1/stories/{id}")
def submit_story(path: MatchPath, body: commands.SubmitStory, context: CommandContext) -> Receipt:
    """The guardian sends a story about its help."""
    return stories.submit_story(path.match_id, body, context, desk())


@app.get("/stories", caller="person")
def list_stories(query: commands.StoryQuery, caller: Principal) -> Page[StoryView]:
    """Stories of the region or the organisation, without their texts."""
    return stories.list_stories(query, caller, desk())


@app.get("/stories/{story_id}", caller="person")
def view_story(path: StoryPath, caller: Principal) -> StoryView:
    """One story."""
    return stories.view_story(path.story_id, caller, desk())


@app.post("/stories/{story_id}/consent", caller="person", status=200)
def record_story_consent(
    path: StoryPath, body: commands.RecordStoryConsent, context: CommandContext
) -> Receipt:
    """The family agrees that the story is published."""
    return stories.record_story_consent(path.story_id, body, context, desk())


@app.post("/stories/{story_id}/clearance", caller="person", status=200)
def clear_story(path: StoryPath, context: CommandContext) -> Receipt:
    """The story may be published."""
    return stories.clear_story(path.story_id, context, desk())


@app.post("/stories/{story_id}/decline", caller="person", status=200)
def decline_story(path: StoryPath, body: commands.DecideStory, context: CommandContext) -> Receipt:
    """The story is not published."""
    return stories.decline_story(path.story_id, body, context, desk())


@app.post("/stories/{story_id}/takedown", caller="person", status=200)
def take_down_story(
    path: StoryPath, body: commands.DecideStory, context: CommandContext
) -> Receipt:
    """A published story is taken back."""
    return stories.take_down_story(path.story_id, body, context, desk())


# the end --------------------------------------------------------------------------------------


@app.post("/matches/{match_id}/notices", caller="person|machine", status=200)
def notify_termination(
    path: MatchPath, body: commands.NotifyTermination, context: CommandContext
) -> Receipt:
    """One side says that it stops."""
    return endings.notify_termination(path.match_id, body, context, desk())


@app.post("/matches/{match_id}/notices/withdrawal", caller="person|machine", status=200)
def withdraw_notice(
    path: MatchPath, body: commands.WithdrawNotice, context: CommandContext
) -> Receipt:
    """The side that wanted to stop goes on after all."""
    return endings.withdraw_notice(path.match_id, body, context, desk())


@app.post("/matches/{match_id}/ending", caller="person", status=200)
def end_care(path: MatchPath, body: commands.EndCare, context: CommandContext) -> Receipt:
    """The headquarters confirms the end of care."""
    return endings.end_care(path.match_id, body, context, desk())


# what other services tell, and what time brings -------------------------------------------------


def on_care_required(received: Received[CareRequired], context: CommandContext) -> None:
    """A family needs a guardian."""
    families.record_care_required(received, context, desk().families)


def on_needs_changed(received: Received[NeedsChanged], context: CommandContext) -> None:
    """A family needs something else."""
    families.record_needs_changed(received, context, desk())


def on_requirement_lifted(
    received: Received[CareRequirementLifted], context: CommandContext
) -> None:
    """A family needs no guardian after all."""
    families.record_requirement_lifted(received, context, desk())


def on_case_closed(received: Received[CaseClosed], context: CommandContext) -> None:
    """A case is closed."""
    families.record_case_closed(received, context, desk())


def on_case_reopened(received: Received[CaseReopened], context: CommandContext) -> None:
    """A closed case is in review again."""
    families.record_case_reopened(received, context, desk().families)


def on_family_erased(received: Received[FamilyErased], context: CommandContext) -> None:
    """A person is to be forgotten."""
    families.forget_family(received, context, desk())


def match_due(match_id: str, context: CommandContext) -> None:
    """Something has fallen due on a match."""
    timers.match_due(match_id, context, desk())


REACTIONS: dict[type[Event], consumer.EventHandler] = {
    CareRequired: on_care_required,
    NeedsChanged: on_needs_changed,
    CareRequirementLifted: on_requirement_lifted,
    CaseClosed: on_case_closed,
    CaseReopened: on_case_reopened,
    FamilyErased: on_family_erased,
}
DEADLINES: dict[str, deadlines.Handler] = {"MATCH": match_due}


@app.lambda_function(name="on-messages")
def on_messages(event: Any, context: Any) -> Any:
    """Events of intake and due matches, from the service's one queue."""
    inbound = consumer.Subscriptions("matching", REACTIONS, DEADLINES)
    return consumer.consume(event, context, inbound, connection.store())


@app.lambda_function(name="sweep-deadlines")
def sweep_deadlines(event: Any, context: Any) -> Any:
    """Each minute: whatever is due goes on the queue."""
    return deadlines.sweep(event)


@app.lambda_function(name="resolve-recipients")
def resolve_recipients(event: Any, context: Any) -> Any:
    """Where to reach guardians' contact persons, for the service that writes to them."""
    return recipients.answer(event, resolve_guardian, template_variables.declared("matching"))
