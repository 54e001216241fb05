"""Every way into notifications: its routes, its queue and its minute sweep."""

from typing import Any

from services.notifications import (
    feedback,
    footer_links,
    messages,
    reminders,
    wordings,
    work_items,
)
from shared.api import reference_routes
from shared.api.app import ServiceApp
from shared.messaging import consumer, sweep
from shared.storage import connection
from shared.storage.rows import Item

# Bottom up: each may import only earlier ones. Reactions to one event run in this order.
PARTS = (wordings, work_items, feedback, footer_links, messages, reminders)

app = ServiceApp("notifications")
app.include(reference_routes.routes, *(part.routes for part in PARTS))
SUBSCRIPTIONS = consumer.Subscriptions.of("notifications", *PARTS)


@app.lambda_function(name="on-messages")
def on_messages(event: Item, context: Any) -> Item:
    """React to events of all services and to due rows of this one, from its queue."""
    return consumer.consume(event, context, SUBSCRIPTIONS, connection.store())


@app.lambda_function(name="sweep-deadlines")
def sweep_deadlines(event: Item, context: Any) -> Item:
    """Queue what has become due, each minute."""
    return sweep.sweep(event)
