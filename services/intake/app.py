"""Every way into intake: routes, the queue, the minute sweep, the question for a contact."""

from datetime import timedelta
from functools import cache
from typing import Any

from services.intake.cases import queries as reading
from services.intake.cases import reactions, recipients
from services.intake.cases.commands import (
    ClarifyNeeds,
    LiftCare,
    ListOwn,
    ListRequests,
    NumberPath,
    RecordAid,
    RecordOutcome,
    RequestPath,
    RequireCare,
    SubmitRequest,
    TriageRequest,
    WebRequest,
)
from services.intake.cases.policy import Desk
from services.intake.cases.repository import Cases
from services.intake.cases.use_cases import family_wishes as family
from services.intake.cases.use_cases import registration as register
from services.intake.cases.use_cases import review
from services.intake.cases.views import (
    ExportView,
    HistoryView,
    LinkView,
    NumberView,
    OfficeView,
    OwnView,
    PersonalView,
    RequestRow,
    RequestView,
)
from services.intake.cases.wishes import (
    ChangeConsent,
    ChangeConsentByLink,
    CorrectNeeds,
    CorrectNeedsByLink,
    ErasePerson,
    LinkOnly,
    ReopenRequest,
    ReplaceContact,
    WithdrawByLink,
    WithdrawRequest,
)
from services.intake.policy import POLICY
from services.intake.providers import routes as provider_routes
from services.intake.providers.repository import Providers
from shared import clock, keyring
from shared.api import reference_routes
from shared.api.app import ServiceApp
from shared.api.inputs import Request
from shared.events import matching
from shared.events.base import Event, Received
from shared.identity import signed_links
from shared.messaging import consumer, deadlines, template_variables
from shared.messaging import recipients as contract
from shared.messaging.consumer import EventHandler
from shared.principal import Principal
from shared.privacy.vault import Vault
from shared.storage import connection
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.repository import Page
from shared.storage.rows import Item

app = ServiceApp("intake")
ONE_REQUEST = "/v1/requests/{id}"
app.include(reference_routes.routes, provider_routes)


@cache
def desk() -> Desk:
    """The desk of this container."""
    store = connection.store()
    vault = Vault(store, keyring.from_env())
    return Desk(Cases(store), Providers(store), vault, POLICY)


# asking for help --------------------------------------------------------------------------


@app.post(
    "/requests",
    caller="person|machine",
    problems=("processing_consent_required",),
    may_exist=True,
)
def submit_request(body: SubmitRequest, context: CommandContext) -> Receipt:
    """Register a request for a family and get its number."""
    return register.submit_request(body, context, desk())


def own_number(receipt: Receipt, caller: Principal) -> NumberView:
    """The number to write down."""
    return NumberView(number=receipt.number or "")


@app.post(
    "/web-requests",
    caller="public",
    answer=own_number,
    location=ONE_REQUEST,
    problems=("too_many_requests",),
    may_exist=True,
)
def submit_web_request(body: WebRequest, request: Request, context: CommandContext) -> Receipt:
    """Ask for help on the public form and get a number."""
    return register.submit_web_request(body, request.source_address, context, desk())


# looking up -------------------------------------------------------------------------------


@app.get("/requests", caller="person")
def list_requests(query: ListRequests, caller: Principal) -> Page[RequestRow]:
    """List the requests of your region in one status, or care without a recent result."""
    return reading.list_requests(query, caller, desk())


@app.get("/own-requests", caller="person")
def list_own_requests(query: ListOwn, caller: Principal) -> Page[RequestRow]:
    """List what you took down in the last 30 days."""
    return reading.list_own_requests(query, caller, desk())


@app.get("/requests/{request_id}", caller="person|machine")
def get_request(path: RequestPath, caller: Principal) -> RequestView:
    """Open a request, without the family's contact and words."""
    return reading.get_request(path.request_id, caller, desk())


@app.get("/request-numbers/{number}", caller="person|machine")
def get_request_by_number(path: NumberPath, caller: Principal) -> RequestView:
    """Open the request whose number the family has read aloud."""
    return reading.get_request_by_number(path.number, caller, desk())


@app.get("/requests/{request_id}/history", caller="person")
def get_history(path: RequestPath, caller: Principal) -> HistoryView:
    """Read everything that happened to a case."""
    return reading.get_history(path.request_id, caller, desk())


@app.get("/requests/{request_id}/contact", caller="person")
def get_contact(path: RequestPath, caller: Principal) -> PersonalView:
    """Read a family's contact and words; the reading is recorded."""
    return reading.get_contact(path.request_id, caller, desk())


@app.get("/requests/{request_id}/office-view", caller="person")
def get_office_view(path: RequestPath, caller: Principal) -> OfficeView:
    """Read what a family has allowed your office to know."""
    return reading.get_office_view(path.request_id, caller, desk())


# deciding ---------------------------------------------------------------------------------


@app.post("/requests/{request_id}/take", caller="person", status=200)
def take_request(path: RequestPath, context: CommandContext) -> Receipt:
    """Make a waiting request yours."""
    return review.take_request(path.request_id, context, desk())


@app.post("/requests/{request_id}/needs", caller="person", status=200)
def clarify_needs(path: RequestPath, body: ClarifyNeeds, context: CommandContext) -> Receipt:
    """Write down what the family needs after talking to it."""
    return review.clarify_needs(path.request_id, body, context, desk())


@app.post("/requests/{request_id}/triage", caller="person", status=200)
def triage_request(path: RequestPath, body: TriageRequest, context: CommandContext) -> Receipt:
    """Decide what kind of answer the request gets."""
    return review.triage_request(path.request_id, body, context, desk())


@app.post("/requests/{request_id}/care-requirement", caller="person", status=200)
def require_care(path: RequestPath, body: RequireCare, context: CommandContext) -> Receipt:
    """Put the marker «guardianship required»."""
    return review.require_care(path.request_id, body, context, desk())


@app.post("/requests/{request_id}/care-requirement/lift", caller="person", status=200)
def lift_care(path: RequestPath, body: LiftCare, context: CommandContext) -> Receipt:
    """Take the marker away."""
    return review.lift_care(path.request_id, body, context, desk())


@app.post("/requests/{request_id}/aids", caller="person", status=200)
def record_aid(path: RequestPath, body: RecordAid, context: CommandContext) -> Receipt:
    """Record the one help that was given; it closes the case."""
    return review.record_aid(path.request_id, body, context, desk())


@app.post("/requests/{request_id}/outcomes", caller="person", status=200)
def record_outcome(path: RequestPath, body: RecordOutcome, context: CommandContext) -> Receipt:
    """Record what the care has changed so far."""
    return review.record_outcome(path.request_id, body, context, desk())


# the family's own wishes, carried by headquarters or a bot ------------------------------------


@app.get("/requests/{request_id}/own", caller="machine")
def get_own_case(path: RequestPath, caller: Principal) -> OwnView:
    """Show a family its own case, through a bot that has proved it."""
    return reading.get_own_case(path.request_id, caller, desk())


@app.post("/requests/{request_id}/corrections", caller="person|machine", status=200)
def correct_needs(path: RequestPath, body: CorrectNeeds, context: CommandContext) -> Receipt:
    """Add, change or cross out needs as the family wishes."""
    return family.correct_needs(path.request_id, body, body.evidence, context, desk())


@app.post("/requests/{request_id}/consents", caller="person|machine", status=200)
def change_consent(path: RequestPath, body: ChangeConsent, context: CommandContext) -> Receipt:
    """Give or take back one permission; without «processing» the person is forgotten."""
    return family.change_consent(path.request_id, body, body.evidence, context, desk())


@app.post("/requests/{request_id}/contact", caller="person|machine", status=200)
def replace_contact(path: RequestPath, body: ReplaceContact, context: CommandContext) -> Receipt:
    """Reach the family in a new way from now on."""
    return family.replace_contact(path.request_id, body.contact, body.evidence, context, desk())


@app.post("/requests/{request_id}/withdraw", caller="person|machine", status=200)
def withdraw_request(path: RequestPath, body: WithdrawRequest, context: CommandContext) -> Receipt:
    """Take a request back as the family wishes."""
    return family.withdraw_request(path.request_id, body, body.evidence, context, desk())


@app.post("/requests/{request_id}/reopen", caller="person|machine", status=200)
def reopen_request(path: RequestPath, body: ReopenRequest, context: CommandContext) -> Receipt:
    """Look at a closed case again."""
    return family.reopen_request(path.request_id, body, context, desk())


@app.get("/requests/{request_id}/export", caller="person|machine")
def export_person(path: RequestPath, caller: Principal) -> ExportView:
    """Give a family everything that is kept about it."""
    return reading.export_person(path.request_id, caller, desk())


@app.post("/requests/{request_id}/erase", caller="person|machine", status=200)
def erase_person(path: RequestPath, body: ErasePerson, context: CommandContext) -> Receipt:
    """Forget a person for good."""
    return family.erase_person(path.request_id, body.evidence, context, desk())


# the family itself, through its link ------------------------------------------------------


def own_link(receipt: Receipt, caller: Principal) -> LinkView:
    """The link for the family; a repeated call makes another one for the same case."""
    return LinkView(
        id=receipt.id,
        version=receipt.version,
        link=family.family_link(receipt.id),
        expires_at=clock.wall() + family.LINK_LIFETIME - timedelta(minutes=1),
    )


@app.post("/requests/{request_id}/links", caller="person", status=200, answer=own_link)
def issue_family_link(path: RequestPath, context: CommandContext) -> Receipt:
    """Make a link with which the family sees and changes its own case."""
    return family.issue_family_link(path.request_id, context, desk())


def opened(text: str) -> signed_links.Link:
    """The link of a family to its own case."""
    return signed_links.open_link(text, family.OWN_CASE)


@app.post("/own-case", caller="public")
def open_own_case(body: LinkOnly) -> OwnView:
    """See your own case."""
    link = opened(body.link)
    return reading.get_own_case(link.subject, link.principal, desk())


@app.post("/own-case/export", caller="public")
def export_own_case(body: LinkOnly) -> ExportView:
    """See everything that is kept about you."""
    link = opened(body.link)
    return reading.export_person(link.subject, link.principal, desk())


@app.post("/own-case/corrections", caller="public", status=200)
def correct_own_needs(body: CorrectNeedsByLink, context: CommandContext) -> Receipt:
    """Add, change or cross out your needs; the link is used up."""
    link = opened(body.link)
    context.actor = link.principal
    return family.correct_needs(link.subject, body, None, context, desk(), link)


@app.post("/own-case/consents", caller="public", status=200)
def change_own_consent(body: ChangeConsentByLink, context: CommandContext) -> Receipt:
    """Give or take back one permission; the link is used up."""
    link = opened(body.link)
    context.actor = link.principal
    return family.change_consent(link.subject, body, None, context, desk(), link)


@app.post("/own-case/withdraw", caller="public", status=200)
def withdraw_own_request(body: WithdrawByLink, context: CommandContext) -> Receipt:
    """Take your request back; the link is used up."""
    link = opened(body.link)
    context.actor = link.principal
    return family.withdraw_request(link.subject, body, None, context, desk(), link)


# events, deadlines, contacts --------------------------------------------------------------


def await_introduction(received: Received[matching.MatchProposed], context: CommandContext) -> None:
    """A guardian is proposed to the family."""
    reactions.await_introduction(received, context, desk())


def search_on(received: Received[Any], context: CommandContext) -> None:
    """A proposal came to nothing."""
    reactions.search_on(received, context, desk())


def note_introduction(
    received: Received[matching.IntroductionHeld], context: CommandContext
) -> None:
    """Family and guardian have met."""
    reactions.note_introduction(received, context, desk())


def note_agreement(
    received: Received[matching.CareAgreementSigned], context: CommandContext
) -> None:
    """Both sides have signed."""
    reactions.note_agreement(received, context, desk())


def begin_care(received: Received[matching.CareStarted], context: CommandContext) -> None:
    """The first help was given."""
    reactions.begin_care(received, context, desk())


def end_care(received: Received[matching.CareEnded], context: CommandContext) -> None:
    """The care is over."""
    reactions.end_care(received, context, desk())


REACTIONS: dict[type[Event], tuple[EventHandler, ...]] = {
    matching.MatchProposed: (await_introduction,),
    matching.MatchDeclined: (search_on,),
    matching.MatchCancelled: (search_on,),
    matching.IntroductionHeld: (note_introduction,),
    matching.CareAgreementSigned: (note_agreement,),
    matching.CareStarted: (begin_care,),
    matching.CareEnded: (end_care,),
}


def outcome_due(case_id: str, context: CommandContext) -> None:
    """A result of the care should have been recorded by now."""
    review.outcome_due(case_id, context, desk())


DEADLINES: dict[str, deadlines.Handler] = {Cases.prefix: outcome_due}
INBOUND = consumer.Subscriptions("intake", REACTIONS, DEADLINES)


@app.lambda_function(name="on-messages")
def on_messages(batch: Item, context: Any) -> Item:
    """Take events of matching and due ids of this service."""
    return consumer.consume(batch, context, INBOUND, connection.store())


@app.lambda_function(name="sweep-deadlines")
def sweep_deadlines(event: Item, context: Any) -> Item:
    """Hand everything that is due to the queue."""
    return deadlines.sweep(event)


@app.lambda_function(name="resolve-recipients")
def resolve_recipients(event: Item, context: Any) -> Item:
    """Say where families are to be reached, to a service that has a message for them."""
    return contract.answer(
        event,
        lambda ask: recipients.resolve_recipient(ask, desk()),
        template_variables.declared(recipients.OWNER),
    )
