"""Every way into notifications: routes, the queue, the minute sweep. Wiring and nothing else."""

from functools import cache
from typing import Any

from pydantic import BaseModel, Field

from services.notifications import settings
from services.notifications.channels import regional_gateway as gateway
from services.notifications.desk import Desk
from services.notifications.feedback import use_cases as feedback
from services.notifications.feedback.use_cases import AnswerForm, AnswerView, FormView
from services.notifications.footer_links import use_cases as programme
from services.notifications.footer_links.use_cases import LinesView, SetLines
from services.notifications.messages import reactions as announcing
from services.notifications.messages import use_cases as messages
from services.notifications.messages.use_cases import MessageView
from services.notifications.reminders import use_cases as reminders
from services.notifications.templates import domain as catalogue
from services.notifications.work_items import use_cases as inbox
from services.notifications.work_items.use_cases import WorkItemView
from shared import aws, ids, keyring
from shared.api import reference_routes
from shared.api.app import ServiceApp
from shared.api.inputs import Request
from shared.events import intake, matching
from shared.events.base import Event, Received
from shared.identity import signed_links
from shared.identity.policy import Policy
from shared.messaging import consumer, deadlines, recipients
from shared.messaging.consumer import EventHandler
from shared.principal import Principal
from shared.privacy.vault import Vault
from shared.storage import connection
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.repository import PAGE_LIMIT, Page
from shared.storage.rows import Item

app = ServiceApp("notifications")
POLICY = Policy.beside(__file__)
app.include(reference_routes.routes)


@cache
def desk() -> Desk:
    """The desk of this container; gateway and owners are reached only when needed."""
    return Desk.over(
        store=connection.store(),
        catalogue=catalogue.catalogue(),
        gateway=lambda: gateway.gateway(),
        owner=lambda name: recipients.Recipients(aws.client("lambda"), settings.recipients(name)()),
        public_url=settings.public_url().rstrip("/"),
    )


def vault() -> Vault:
    """The vault of this service."""
    return Vault(connection.store(), keyring.from_env())


# the work inbox ---------------------------------------------------------------------------


class InboxQuery(BaseModel):
    """Which part of the inbox."""

    region: str | None = Field(default=None, max_length=8)
    done: bool = False
    limit: int = Field(default=50, ge=1, le=PAGE_LIMIT)
    cursor: str | None = Field(default=None, max_length=2048)


class ItemPath(BaseModel):
    """One work item."""

    item_id: str = Field(pattern=ids.pattern("wrk"))


@app.get("/inbox", caller="person")
def list_inbox(query: InboxQuery, caller: Principal) -> Page[WorkItemView]:
    """Show what your role should do next."""
    return inbox.list_inbox(
        caller,
        POLICY,
        desk(),
        region_code=query.region,
        done=query.done,
        limit=query.limit,
        cursor=query.cursor,
    )


@app.post("/inbox/{item_id}/read", caller="person", status=200, problems=("item_already_read",))
def read_item(path: ItemPath, context: CommandContext) -> Receipt:
    """Say that you have seen a work item."""
    return inbox.read_item(path.item_id, context, POLICY, desk())


@app.post("/inbox/{item_id}/done", caller="person", status=200, problems=("item_already_done",))
def finish_item(path: ItemPath, context: CommandContext) -> Receipt:
    """Say that the work is done."""
    return inbox.finish_item(path.item_id, context, POLICY, desk())


@app.post("/inbox/{item_id}/reopen", caller="person", status=200, problems=("item_not_done",))
def reopen_item(path: ItemPath, context: CommandContext) -> Receipt:
    """Take a work item back that was marked done by mistake."""
    return inbox.reopen_item(path.item_id, context, POLICY, desk())


# feedback ---------------------------------------------------------------------------------


LINK_REFUSALS = ("bad_link", "form_answered", "form_expired", "too_many")


class LinkPath(BaseModel):
    """The text of a one-time link."""

    link: str = Field(min_length=16, max_length=signed_links.LONGEST, pattern=r"^[A-Za-z0-9_.-]+$")


class AnswerPath(BaseModel):
    """One answered form."""

    form_id: str = Field(pattern=ids.pattern("fbk"))


class AnswersQuery(BaseModel):
    """Which answers."""

    region: str | None = Field(default=None, max_length=8)
    limit: int = Field(default=50, ge=1, le=PAGE_LIMIT)
    cursor: str | None = Field(default=None, max_length=2048)


@app.get("/feedback/{link}", caller="public", problems=LINK_REFUSALS)
def open_form(path: LinkPath, request: Request) -> FormView:
    """Show the questions behind a one-time link."""
    return feedback.open_form(path.link, request.source_address, desk())


@app.post(
    "/feedback/{link}",
    caller="public",
    location="/v1/feedback-answers/{id}",
    problems=LINK_REFUSALS,
)
def answer_form(
    path: LinkPath, body: AnswerForm, request: Request, context: CommandContext
) -> Receipt:
    """Answer the questions behind a one-time link, once."""
    return feedback.answer_form(path.link, body, request.source_address, context, desk(), vault())


@app.get("/feedback-answers", caller="person")
def list_answers(query: AnswersQuery, caller: Principal) -> Page[AnswerView]:
    """Show how families of your region rate the help."""
    return feedback.list_answers(
        caller, POLICY, desk(), region_code=query.region, limit=query.limit, cursor=query.cursor
    )


@app.get("/feedback-answers/{form_id}", caller="person")
def get_answer(path: AnswerPath, caller: Principal) -> AnswerView:
    """Read one answer with its comment."""
    return feedback.get_answer(path.form_id, caller, POLICY, desk(), vault())


# reporting and configuration --------------------------------------------------------------


class MessagesQuery(BaseModel):
    """Messages about one thing; without a reference, those that reached nobody."""

    region: str | None = Field(default=None, max_length=8)
    reference: str | None = Field(default=None, pattern=r"^[a-z]{2,5}_[0-9A-Z]{10,32}$")
    limit: int = Field(default=50, ge=1, le=PAGE_LIMIT)
    cursor: str | None = Field(default=None, max_length=2048)


class RegionPath(BaseModel):
    """A region, or ALL."""

    region: str = Field(pattern=r"^[A-Z]{2,8}$")


@app.get("/messages", caller="person")
def list_messages(query: MessagesQuery, caller: Principal) -> Page[MessageView]:
    """Show what became of messages, never what they say."""
    return messages.list_messages(
        caller,
        POLICY,
        desk(),
        region_code=query.region,
        reference=query.reference,
        limit=query.limit,
        cursor=query.cursor,
    )


@app.get("/programme-lines/{region}", caller="person")
def get_lines(path: RegionPath, caller: Principal) -> LinesView:
    """Show the links and phones that messages of a region end with."""
    return programme.get_lines(path.region, caller, POLICY, desk())


@app.put("/programme-lines/{region}", caller="person", problems=("unknown_line",))
def set_lines(path: RegionPath, body: SetLines, context: CommandContext) -> Receipt:
    """Set the links and phones that messages of a region end with."""
    return programme.set_lines(path.region, body, context, POLICY, desk())


# events and deadlines ---------------------------------------------------------------------


def announce(received: Received[Any], context: CommandContext) -> None:
    """Tell everybody concerned about an event."""
    announcing.announce(received, context, desk())


def keep_story_reminder(received: Received[Any], context: CommandContext) -> None:
    """Count the days since a guardian last told how the help goes."""
    reminders.keep_story_reminder(received, context, desk())


def forget_family(received: Received[intake.FamilyErased], context: CommandContext) -> None:
    """Forget what a family said in its own words."""
    feedback.forget_family(received, context, desk(), vault())


ANNOUNCED: dict[type[Event], tuple[EventHandler, ...]] = {
    event: (announce,) for event in catalogue.announced_events()
}
REMEMBERED: dict[type[Event], tuple[EventHandler, ...]] = {
    matching.CareStarted: (keep_story_reminder,),
    matching.StorySubmitted: (keep_story_reminder,),
    matching.CareEnded: (keep_story_reminder,),
    intake.FamilyErased: (forget_family,),
}
REACTIONS: dict[type[Event], tuple[EventHandler, ...]] = {
    event: ANNOUNCED.get(event, ()) + REMEMBERED.get(event, ()) for event in ANNOUNCED | REMEMBERED
}


def deliver(message_id: str, context: CommandContext) -> None:
    """Send a due message, or find out what became of it."""
    messages.deliver(message_id, context, desk())


def remind(match_id: str, context: CommandContext) -> None:
    """Remind a guardian to tell how the help goes."""
    reminders.remind(match_id, context, desk())


DEADLINES: dict[str, deadlines.Handler] = {"MESSAGE": deliver, "STORY_REMINDER": remind}
INBOUND = consumer.Subscriptions("notifications", REACTIONS, DEADLINES)


@app.lambda_function(name="on-messages")
def on_messages(batch: Item, context: Any) -> Item:
    """Take events of all services and due ids of this one."""
    return consumer.consume(batch, context, INBOUND, connection.store())


@app.lambda_function(name="sweep-deadlines")
def sweep_deadlines(event: Item, context: Any) -> Item:
    """Hand everything that is due to the queue."""
    return deadlines.sweep(event)
