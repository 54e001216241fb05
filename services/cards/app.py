"""Every way into cards: routes, the queue, the minute sweep. Wiring and nothing else."""

from functools import cache
from typing import Any

from pydantic import BaseModel, Field

from services.cards import settings
from services.cards.announcements import use_cases as announcing
from services.cards.announcements.repository import Announcements
from services.cards.cards import activation
from services.cards.cards import commands as cards
from services.cards.cards import queries as life
from services.cards.cards import recipients as reaching
from services.cards.cards import use_cases as issue
from services.cards.cards.repository import Cards
from services.cards.counters import reactions as counting
from services.cards.counters.repository import Cohorts, Uses
from services.cards.figures import queries as figures
from services.cards.figures.queries import (
    PartnerStatistics,
    Report,
    ReportQuery,
    StatisticsQuery,
)
from services.cards.imports import use_cases as batches
from services.cards.imports.repository import Batches
from services.cards.imports.use_cases import (
    BatchPath,
    BatchResult,
    BatchView,
    OpenBatch,
    OpenedBatch,
)
from services.cards.outlets import use_cases as tills
from services.cards.partners import commands as forms
from services.cards.partners import use_cases as partners
from services.cards.partners import views
from services.cards.partners.repository import Partners
from services.cards.printing import use_cases as printing
from services.cards.printing.repository import Prints
from services.cards.printing.use_cases import OrderPrint, PrintPath, PrintView, Sticker
from services.cards.programmes import use_cases as programmes
from services.cards.programmes.repository import Programmes
from services.cards.programmes.use_cases import ProgrammeView, StartProgramme
from shared.api import reference_routes
from shared.api.app import ServiceApp
from shared.events import cards as told
from shared.events.base import Event, Received
from shared.messaging import consumer, deadlines, recipients, template_variables
from shared.messaging.consumer import EventHandler
from shared.messaging.recipients import Addressee, RecipientQuery, Refused
from shared.principal import Principal
from shared.storage import connection, files
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.repository import Page
from shared.storage.rows import Item

PUBLIC_LIST_SECONDS = 300

app = ServiceApp("cards")
app.include(reference_routes.routes)


@cache
def registry() -> Cards:
    """The card registry."""
    return Cards(connection.store())


@cache
def register() -> Partners:
    """The register of partners."""
    return Partners(connection.store())


@cache
def agreements() -> Programmes:
    """The programmes of the regions."""
    return Programmes(connection.store())


@cache
def tables() -> Batches:
    """The tables of holders."""
    return Batches(connection.store())


@cache
def prints() -> Prints:
    """The orders for printed cards."""
    return Prints(connection.store())


@cache
def announcements() -> Announcements:
    """News of partners."""
    return Announcements(connection.store())


@cache
def cohorts() -> Cohorts:
    """The counters of cards."""
    return Cohorts(connection.store())


@cache
def uses() -> Uses:
    """The counters of checks."""
    return Uses(connection.store())


# programmes -------------------------------------------------------------------------------


class RegionPath(BaseModel):
    """A region."""

    region: str = Field(pattern=r"^[A-Z]{2,8}$")


@app.post(
    "/programmes",
    caller="person",
    location="/v1/programmes/{id}",
    problems=("programme_exists", "two_parties_needed"),
)
def start_programme(body: StartProgramme, context: CommandContext) -> Receipt:
    """Start the card programme of a region."""
    return programmes.start_programme(body, context, agreements())


@app.get("/programmes/{region}", caller="person")
def get_programme(path: RegionPath, caller: Principal) -> ProgrammeView:
    """Show the card programme of a region."""
    return programmes.show_programme(path.region, caller, agreements())


@app.post("/programmes/{region}/close", caller="person", status=200)
def close_programme(path: RegionPath, context: CommandContext) -> Receipt:
    """End the programme: no further cards are issued."""
    return programmes.close_programme(path.region, context, agreements())


# cards ------------------------------------------------------------------------------------


def _handed_over(receipt: Receipt, caller: Principal) -> cards.IssuedCard:
    return issue.hand_over(receipt, caller, registry())


def _told_once(receipt: Receipt, caller: Principal) -> cards.ActivatedCard:
    return activation.told_once(receipt, caller, registry())


def _noted(receipt: Receipt, caller: Principal) -> cards.Noted:
    return cards.Noted()


@app.post(
    "/cards",
    caller="person",
    answer=_handed_over,
    problems=("no_programme", "placement_missing", "holder_has_card"),
)
def issue_card(body: cards.IssueCard, context: CommandContext) -> Receipt:
    """Issue a card on a placement order or to a current foster parent."""
    return issue.issue_card(body, context, registry(), agreements())


@app.post(
    "/cards/activate",
    caller="person|machine",
    status=200,
    answer=_told_once,
    problems=(
        "activation_code_wrong",
        "code_locked",
        "code_expired",
        "processing_consent_missing",
        "card_not_awaiting_activation",
    ),
)
def activate_card(body: cards.ActivateCard, context: CommandContext) -> Receipt:
    """Activate a card with its number, its code and the holder's consent."""
    return activation.activate_card(body, context, registry())


@app.get("/cards", caller="person")
def list_cards(query: cards.CardsQuery, caller: Principal) -> Page[cards.CardView]:
    """List the card registry of the caller's territory."""
    return life.list_cards(query, caller, registry())


@app.get("/my-cards", caller="person|machine")
def list_own_cards(caller: Principal) -> Page[cards.CardView]:
    """List the caller's own cards."""
    return life.list_own_cards(caller, registry())


@app.get("/cards/{card_id}", caller="person|machine")
def get_card(path: cards.CardPath, caller: Principal) -> cards.CardView:
    """Show a card."""
    return life.show_card(path.card_id, caller, registry())


@app.get("/cards/{card_id}/page", caller="person|machine")
def get_card_page(path: cards.CardPath, caller: Principal) -> cards.CardPage:
    """Show what the card itself shows: number and QR."""
    return life.show_page(path.card_id, caller, registry())


@app.get("/cards/{card_id}/contact", caller="person|machine")
def get_contact(path: cards.CardPath, caller: Principal) -> cards.ContactView:
    """Show how to reach the holder for card matters."""
    return life.show_contact(path.card_id, caller, registry())


@app.post("/cards/{card_id}/renew-code", caller="person", status=200, answer=_handed_over)
def renew_code(path: cards.CardPath, context: CommandContext) -> Receipt:
    """Give a new activation code for a card not activated yet."""
    return issue.renew_code(path.card_id, context, registry())


@app.post("/cards/{card_id}/hand-over-code", caller="person|machine", status=200, answer=_told_once)
def hand_over_code(path: cards.CardPath, context: CommandContext) -> Receipt:
    """Move the card to another phone; codes handed out before are void."""
    return activation.hand_over_code(path.card_id, context, registry())


@app.post("/cards/{card_id}/block", caller="person|machine", status=200)
def block_card(path: cards.CardPath, body: cards.BlockCard, context: CommandContext) -> Receipt:
    """Report a card lost: tills refuse it at once."""
    return life.block_card(path.card_id, body.reason, context, registry())


@app.post("/cards/{card_id}/unblock", caller="person|machine", status=200)
def unblock_card(path: cards.CardPath, context: CommandContext) -> Receipt:
    """Use a found card again."""
    return life.unblock_card(path.card_id, context, registry())


@app.post(
    "/cards/{card_id}/replace", caller="person", answer=_handed_over, location="/v1/cards/{id}"
)
def replace_card(path: cards.CardPath, body: cards.ReplaceCard, context: CommandContext) -> Receipt:
    """Give the holder a new card; the old number is dead at once."""
    return issue.replace_card(path.card_id, body.reason, context, registry())


@app.post("/cards/{card_id}/revoke", caller="person", status=200)
def revoke_card(path: cards.CardPath, body: cards.RevokeCard, context: CommandContext) -> Receipt:
    """Confirm that the holder is no longer entitled."""
    return life.revoke_card(path.card_id, body.reason, context, registry())


@app.post("/cards/{card_id}/withdraw-consent", caller="person|machine", status=200)
def withdraw_consent(path: cards.CardPath, context: CommandContext) -> Receipt:
    """Take back the consent to letters of the community; the card stays valid."""
    return life.withdraw_consent(path.card_id, context, registry())


@app.post("/cards/{card_id}/erase", caller="person|machine", status=200)
def erase_holder(path: cards.CardPath, context: CommandContext) -> Receipt:
    """Forget who held a revoked card."""
    return life.erase_holder(path.card_id, context, registry())


@app.post("/placement-ends", caller="person", status=200, answer=_noted)
def report_placement_end(body: cards.PlacementEnd, context: CommandContext) -> Receipt:
    """Tell that a placement ended; a leader confirms what follows for the card."""
    return life.report_placement_end(body, context, registry())


# batches ----------------------------------------------------------------------------------


def _opened(receipt: Receipt, caller: Principal) -> OpenedBatch:
    return batches.show_upload(receipt, caller, tables(), files.files())


@app.post("/batches", caller="person", answer=_opened)
def open_batch(body: OpenBatch, context: CommandContext) -> Receipt:
    """Announce a table of holders; the answer says where to put the file."""
    return batches.open_batch(body, context, tables())


@app.post("/batches/{batch_id}/start", caller="person", status=200)
def start_batch(path: BatchPath, context: CommandContext) -> Receipt:
    """Begin with an uploaded table: check it, or issue its cards."""
    return batches.start_batch(path.batch_id, context, tables(), files.files())


@app.get("/batches/{batch_id}", caller="person")
def get_batch(path: BatchPath, caller: Principal) -> BatchView:
    """Show how far a table is, and what is wrong with its lines."""
    return batches.show_batch(path.batch_id, caller, tables())


@app.get("/batches/{batch_id}/result", caller="person")
def get_batch_result(path: BatchPath, caller: Principal) -> BatchResult:
    """Tell where to fetch the result of a finished table."""
    return batches.show_result(path.batch_id, caller, tables(), files.files())


# printing ---------------------------------------------------------------------------------


@app.post("/prints", caller="person|machine")
def order_print(body: OrderPrint, context: CommandContext) -> Receipt:
    """Order cards on paper: one, or a sheet to cut."""
    return printing.order_print(body, context, prints(), registry())


@app.get("/prints/{print_id}", caller="person|machine")
def get_print(path: PrintPath, caller: Principal) -> PrintView:
    """Show an order for printed cards, with a link once the file is there."""
    return printing.show_print(path.print_id, caller, prints(), files.files())


@app.get("/partners/{partner_id}/sticker", caller="person")
def get_sticker(path: forms.PartnerPath, caller: Principal) -> Sticker:
    """Show the sticker for a partner's door."""
    site = settings.public_url().rstrip("/")
    return printing.show_sticker(path.partner_id, caller, register(), site)


# partners ---------------------------------------------------------------------------------


def _shown_key(receipt: Receipt, caller: Principal) -> forms.IssuedKey:
    return tills.show_key(receipt, caller, register())


@app.get("/public/partners", caller="public", cache_seconds=PUBLIC_LIST_SECONDS)
def list_public_partners(query: forms.PublicQuery) -> views.PublicPartners:
    """List the active partners of a region, by district and category."""
    return partners.list_public(query, register())


@app.get("/public/partners/{partner_id}", caller="public", cache_seconds=PUBLIC_LIST_SECONDS)
def get_public_partner(path: forms.PartnerPath) -> views.PublicPartner:
    """Show an active partner with its outlets and discounts."""
    return partners.show_public(path.partner_id, register())


@app.post("/partners", caller="person")
def propose_partner(body: forms.ProposePartner, context: CommandContext) -> Receipt:
    """Refer a business to the club as a partner."""
    return partners.propose_partner(body, context, register())


@app.get("/partners", caller="person")
def list_partners(query: forms.PartnersQuery, caller: Principal) -> Page[views.PartnerView]:
    """List the partners of the caller's region, or those the caller manages."""
    return partners.list_partners(query, caller, register())


@app.get("/partners/{partner_id}", caller="person")
def get_partner(path: forms.PartnerPath, caller: Principal) -> views.PartnerView:
    """Show a partner with its offers and keys."""
    return figures.show_partner(path.partner_id, caller, register(), uses())


@app.get("/partners/{partner_id}/contact", caller="person")
def get_partner_contact(path: forms.PartnerPath, caller: Principal) -> cards.ContactView:
    """Show whom to ask at a business; every look is noted."""
    return partners.show_contact(path.partner_id, caller, register())


@app.post("/partners/{partner_id}/take", caller="person", status=200)
def take_lead(path: forms.PartnerPath, context: CommandContext) -> Receipt:
    """Begin to talk with a lead."""
    return partners.take_lead(path.partner_id, context, register())


@app.post("/partners/{partner_id}/decline", caller="person", status=200)
def decline_partner(
    path: forms.PartnerPath, body: forms.DeclinePartner, context: CommandContext
) -> Receipt:
    """Note that no agreement came about."""
    return partners.decline_partner(path.partner_id, body.reason, context, register())


@app.post("/partners/{partner_id}/agreement", caller="person", status=200)
def record_agreement(
    path: forms.PartnerPath, body: forms.RecordAgreement, context: CommandContext
) -> Receipt:
    """Note the reference of the signed agreement."""
    return partners.record_agreement(path.partner_id, body.agreement_ref, context, register())


@app.post(
    "/partners/{partner_id}/publish",
    caller="person",
    status=200,
    problems=("agreement_missing", "outlet_missing", "key_missing", "offer_missing"),
)
def publish_partner(path: forms.PartnerPath, context: CommandContext) -> Receipt:
    """Confirm for the club: families see the partner, tills may check cards."""
    return partners.publish_partner(path.partner_id, context, register())


@app.post("/partners/{partner_id}/pause", caller="person", status=200)
def pause_partner(path: forms.PartnerPath, context: CommandContext) -> Receipt:
    """Take a break from the programme."""
    return partners.pause_partner(path.partner_id, context, register())


@app.post("/partners/{partner_id}/resume", caller="person", status=200)
def resume_partner(path: forms.PartnerPath, context: CommandContext) -> Receipt:
    """Return from a break."""
    return partners.resume_partner(path.partner_id, context, register())


@app.post(
    "/partners/{partner_id}/notice",
    caller="person",
    status=200,
    problems=("notice_too_short",),
)
def give_notice(
    path: forms.PartnerPath, body: forms.GiveNotice, context: CommandContext
) -> Receipt:
    """Say that the partner will leave after a day."""
    return partners.give_notice(path.partner_id, body, context, register())


@app.post("/partners/{partner_id}/end", caller="person", status=200)
def end_partner(
    path: forms.PartnerPath, body: forms.EndPartner, context: CommandContext
) -> Receipt:
    """End the partnership now."""
    return partners.end_partner(path.partner_id, body, context, register())


@app.post("/partners/{partner_id}/outlets", caller="person", location="/v1/partners/{id}")
def add_outlet(path: forms.PartnerPath, body: forms.AddOutlet, context: CommandContext) -> Receipt:
    """Add a shop; the answer's number is its id."""
    return tills.add_outlet(path.partner_id, body, context, register())


@app.post("/partners/{partner_id}/outlets/{outlet_id}/close", caller="person", status=200)
def close_outlet(path: forms.OutletPath, context: CommandContext) -> Receipt:
    """Take a shop out of the programme."""
    return tills.close_outlet(path.partner_id, path.outlet_id, context, register())


@app.post(
    "/partners/{partner_id}/offers",
    caller="person",
    location="/v1/partners/{id}",
    problems=("discount_not_fixed", "offer_not_in_future"),
)
def propose_offer(
    path: forms.PartnerPath, body: forms.ProposeOffer, context: CommandContext
) -> Receipt:
    """Propose a fixed discount; the answer's number is the version's id."""
    return tills.propose_offer(path.partner_id, body, context, register())


@app.post(
    "/partners/{partner_id}/offers/{offer_id}/publish",
    caller="person",
    status=200,
    problems=("offer_overlaps", "offer_not_in_future"),
)
def publish_offer(path: forms.OfferPath, context: CommandContext) -> Receipt:
    """Confirm a version; the one before holds until it starts."""
    return tills.publish_offer(path.partner_id, path.offer_id, context, register())


@app.post("/partners/{partner_id}/offers/{offer_id}/withdraw", caller="person", status=200)
def withdraw_offer(path: forms.OfferPath, context: CommandContext) -> Receipt:
    """Take back a version before it comes into force."""
    return tills.withdraw_offer(path.partner_id, path.offer_id, context, register())


@app.post(
    "/partners/{partner_id}/keys",
    caller="person",
    answer=_shown_key,
    problems=("two_keys_live",),
    location="/v1/partners/{id}",
)
def issue_key(path: forms.PartnerPath, body: forms.IssueKey, context: CommandContext) -> Receipt:
    """Issue a store key for the till of one outlet; it is shown in this answer only."""
    return tills.issue_key(path.partner_id, body, context, register())


@app.post("/partners/{partner_id}/keys/{key_id}/revoke", caller="person", status=200)
def revoke_key(path: forms.KeyPath, context: CommandContext) -> Receipt:
    """Revoke a store key: its till is refused at once."""
    return tills.revoke_key(path.partner_id, path.key_id, context, register())


# figures ----------------------------------------------------------------------------------


@app.get("/partners/{partner_id}/statistics", caller="person")
def get_statistics(
    path: forms.PartnerPath, query: StatisticsQuery, caller: Principal
) -> PartnerStatistics:
    """Show how many checks and different cards a month brought the partner."""
    return figures.show_statistics(path.partner_id, query.month, caller, register(), uses())


@app.get("/report", caller="person")
def get_report(query: ReportQuery, caller: Principal) -> Report:
    """Show the figures K-32 to K-35 of a region."""
    return figures.show_report(query, caller, register(), cohorts(), uses())


# events and deadlines ---------------------------------------------------------------------


def count_card(received: Received[Any], context: CommandContext) -> None:
    """Note what became of a card."""
    counting.count_card(received, context, cohorts())


def count_check(received: Received[told.CardChecked], context: CommandContext) -> None:
    """Note a valid check."""
    counting.count_check(received, context, uses())


def count_refusal(received: Received[told.CardCheckRefused], context: CommandContext) -> None:
    """Note a refused check."""
    counting.count_refusal(received, context, uses())


def count_purchase(received: Received[Any], context: CommandContext) -> None:
    """Note a purchase, or its return."""
    counting.count_purchase(received, context, uses())


def announce_offer(received: Received[told.PartnerOfferChanged], context: CommandContext) -> None:
    """Begin to tell holders of a new discount."""
    announcing.announce_offer(received, context, announcements())


def announce_leaving(
    received: Received[told.PartnerWithdrawalNoticed], context: CommandContext
) -> None:
    """Begin to tell holders that a partner leaves."""
    announcing.announce_leaving(received, context, announcements())


REACTIONS: dict[type[Event], tuple[EventHandler, ...]] = {
    told.CardIssued: (count_card,),
    told.CardActivated: (count_card,),
    told.CardBlocked: (count_card,),
    told.CardReplaced: (count_card,),
    told.CardRevoked: (count_card,),
    told.CardChecked: (count_check,),
    told.CardCheckRefused: (count_refusal,),
    told.PurchaseRecorded: (count_purchase,),
    told.PurchaseRolledBack: (count_purchase,),
    told.PartnerOfferChanged: (announce_offer,),
    told.PartnerWithdrawalNoticed: (announce_leaving,),
}


def remind(card_id: str, context: CommandContext) -> None:
    """Remind a holder who has not activated the card."""
    life.card_due(card_id, context, registry())


def leave(partner_id: str, context: CommandContext) -> None:
    """Let a partner go whose notice has run out."""
    partners.partner_due(partner_id, context, register())


def work_through(batch_id: str, context: CommandContext) -> None:
    """Take the next lines of a table."""
    batches.batch_due(batch_id, context, tables(), registry(), agreements(), files.files())


def stop_batch(batch_id: str, context: CommandContext) -> None:
    """End a table whose step never comes to an end."""
    batches.give_up_batch(batch_id, context, tables())


def draw(print_id: str, context: CommandContext) -> None:
    """Draw an order for printed cards."""
    printing.print_due(print_id, context, prints(), registry(), files.files())


def stop_print(print_id: str, context: CommandContext) -> None:
    """End an order whose drawing never comes to an end."""
    printing.give_up_print(print_id, context, prints())


def announce(announcement_id: str, context: CommandContext) -> None:
    """Tell the next holders of a partner's news."""
    announcing.announcement_due(announcement_id, context, announcements(), register(), registry())


DEADLINES: dict[str, deadlines.Handler] = {
    "CARD": remind,
    "PARTNER": leave,
    "ANNOUNCEMENT": announce,
}
JOBS = {
    "BATCH": deadlines.Job(work_through, give_up=stop_batch),
    "PRINT": deadlines.Job(draw, give_up=stop_print),
}
INBOUND = consumer.Subscriptions("cards", REACTIONS, DEADLINES, JOBS)


@app.lambda_function(name="on-messages")
def on_messages(batch: Item, context: Any) -> Item:
    """Take the service's own events and due ids."""
    return consumer.consume(batch, context, INBOUND, connection.store())


@app.lambda_function(name="on-jobs")
def on_jobs(batch: Item, context: Any) -> Item:
    """Take the next step of tables and printed cards, one at a time."""
    return consumer.consume(batch, context, INBOUND, connection.store())


@app.lambda_function(name="sweep-deadlines")
def sweep_deadlines(event: Item, context: Any) -> Item:
    """Hand everything that is due to the queue."""
    return deadlines.sweep(event)


@app.lambda_function(name="resolve-recipients")
def resolve_recipients(event: Item, context: Any) -> Item:
    """Tell another service where to reach holders, with what its template declares."""
    return recipients.answer(event, _whom, template_variables.declared("cards"))


def _whom(ask: RecipientQuery) -> Addressee | Refused:
    if announcing.is_news(ask):
        return announcing.resolve_holder(ask, announcements(), register(), registry())
    return reaching.resolve_holder(ask, registry())
