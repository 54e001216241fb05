"""Intake: its aggregates, the queue, the minute sweep, the question for a contact."""

from typing import Any

from shared.api import reference_routes
from shared.api.app import ServiceApp
from shared.messaging import consumer, sweep
from shared.messaging.subscriptions import Subscriptions
from shared.parts import Parts
from shared.sign_in.policy import require_bound, require_signed_in
from shared.storage import connection
from shared.storage.rows import Item

# Bottom up: each may import earlier ones only.
PARTS = Parts(
    "intake",
    "providers",
    "consents",
    "families",
    "cases",
    "caseloads",
    "requests",
    "progress",
    "call_backs",
    "telephony",
    "sign_ins",
    "calls",
    "hand_overs",
    "rights",
    "corrections",
    "figures",
    "merges",
    "overview",
)

app = ServiceApp("intake", PARTS, represents=require_bound, signed_in=require_signed_in)
app.include(reference_routes.routes)

SUBSCRIPTIONS = Subscriptions.of_parts(PARTS)


@app.lambda_function(name="on-messages")
def on_messages(batch: Item, context: Any) -> Item:
    """Take events of other services and of this one, and due ids of its own."""
    return consumer.consume(batch, context, SUBSCRIPTIONS, connection.store())


@app.lambda_function(name="sweep-deadlines")
def sweep_deadlines(event: Item, context: Any) -> Item:
    """Send the key of every due row to the queue."""
    return sweep.sweep(event)


@app.lambda_function(name="resolve-recipients")
def resolve_recipients(event: Item, context: Any) -> Item:
    """Answer where families are to be reached, to a service that has a message for them."""
    from services.intake.requests.recipients import OWNER
    from services.intake.sign_ins.recipients import resolve_recipient
    from shared.messaging import recipients, template_variables

    return recipients.answer(event, resolve_recipient, template_variables.declared(OWNER))
