"""Every way into notifications: its routes, its queue and its minute sweep."""

from typing import Any

from shared.api import reference_routes
from shared.api.app import ServiceApp
from shared.messaging import consumer, sweep
from shared.messaging.subscriptions import Subscriptions
from shared.parts import Parts
from shared.storage import connection
from shared.storage.rows import Item

# Whose people come with a token of the service that keeps their contact.
WELCOME = {"intake": "family", "matching": "guardian_rep", "cards": "foster_parent"}
# Bottom up: each may import only earlier ones. Reactions to one event run in this order.
PARTS = Parts(
    "notifications",
    "footer_links",
    "ended_links",
    "questionnaires",
    "wordings",
    "work_items",
    "feedback",
    "messages",
    "preferences",
    "sendings",
    "webhooks",
    "bots",
    "reminders",
    "figures",
    "webhook_endpoints",
    "webhook_deliveries",
)

app = ServiceApp("notifications", PARTS, welcomes=WELCOME)
app.include(reference_routes.routes)
SUBSCRIPTIONS = Subscriptions.of_parts(PARTS)


@app.lambda_function(name="on-messages")
def on_messages(event: Item, context: Any) -> Item:
    """React to events of all services and to due rows of this one, from its queue."""
    return consumer.consume(event, context, SUBSCRIPTIONS, connection.store())


@app.lambda_function(name="on-jobs")
def on_jobs(event: Item, context: Any) -> Item:
    """Hand events to systems of integrators, one at a time: a slow one delays no message."""
    return consumer.consume(event, context, SUBSCRIPTIONS, connection.store())


# The gateway calls it for /webhooks, so that a rush of updates takes no place from people.
take_updates = app.api_function("take-updates")


@app.lambda_function(name="sweep-deadlines")
def sweep_deadlines(event: Item, context: Any) -> Item:
    """Queue what has become due, each minute."""
    return sweep.sweep(event)
