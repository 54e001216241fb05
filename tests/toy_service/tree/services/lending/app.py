"""Every way into lending: its routes, its queue and its minute sweep."""

from typing import Any

from shared.api import reference_routes
from shared.api.app import ServiceApp
from shared.messaging import consumer, sweep
from shared.messaging.subscriptions import Subscriptions
from shared.parts import Parts
from shared.storage import connection

# Bottom up: each may import only earlier ones.
PARTS = Parts("lending", "loans")

app = ServiceApp("lending", PARTS)
app.include(reference_routes.routes)
SUBSCRIPTIONS = Subscriptions.of_parts(PARTS)


@app.lambda_function(name="on-messages")
def on_messages(event: Any, context: Any) -> Any:
    """React to events of other services and to due loans, from the service's one queue."""
    return consumer.consume(event, context, SUBSCRIPTIONS, connection.store())


@app.lambda_function(name="sweep-deadlines")
def sweep_deadlines(event: Any, context: Any) -> Any:
    """Queue what has become due, each minute."""
    return sweep.sweep(event)
