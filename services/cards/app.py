"""The cards service: its aggregates, its queues, its functions."""

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
    "cards",
    "programmes",
    "sign_ins",
    "cards",
    "issuing",
    "lost_cards",
    "contact_changes",
    "activation",
    "placements",
    "erasures",
    "readings",
    "counters",
    "partners",
    "stores",
    "directory",
    "imports",
    "paper_codes",
    "key_lists",
    "printing",
    "announcements",
    "figures",
)

app = ServiceApp("cards", PARTS, represents=require_bound, signed_in=require_signed_in)
app.include(reference_routes.routes)

SUBSCRIPTIONS = Subscriptions.of_parts(PARTS)


@app.lambda_function(name="on-messages")
def on_messages(batch: Item, context: Any) -> Item:
    """Take the service's own events and due ids."""
    return consumer.consume(batch, context, SUBSCRIPTIONS, connection.store())


@app.lambda_function(name="on-jobs")
def on_jobs(batch: Item, context: Any) -> Item:
    """Take the next step of tables and printed cards, one at a time."""
    return consumer.consume(batch, context, SUBSCRIPTIONS, connection.store())


@app.lambda_function(name="sweep-deadlines")
def sweep_deadlines(event: Item, context: Any) -> Item:
    """Hand every due row to the queue."""
    return sweep.sweep(event)


@app.lambda_function(name="resolve-recipients")
def resolve_recipients(event: Item, context: Any) -> Item:
    """Return where to reach holders, with the variables that the template declares."""
    from services.cards.announcements.recipients import resolve_holder
    from shared.messaging import recipients, template_variables

    return recipients.answer(event, resolve_holder, template_variables.declared("cards"))
