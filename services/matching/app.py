"""Every way into matching: the routes of its aggregates, its queue and its timers."""

from typing import Any

from shared.api import reference_routes
from shared.api.app import ServiceApp
from shared.messaging import consumer, sweep
from shared.messaging.subscriptions import Subscriptions
from shared.parts import Parts
from shared.sign_in.policy import require_signed_in
from shared.storage import connection

# From the bottom up: each may import those before it.
PARTS = Parts(
    "matching",
    "headquarters",
    "guardians",
    "vetting",
    "preparation",
    "training_tables",
    "applications",
    "volunteers",
    "volunteer_tasks",
    "sign_ins",
    "contact_changes",
    "families",
    "bonds",
    "reach",
    "ranking",
    "openings",
    "decisions",
    "next_candidates",
    "next_work",
    "matches",
    "renamings",
    "former_regions",
    "work_lists",
    "deadlines",
    "need_changes",
    "introductions",
    "calls",
    "rounds",
    "agreements",
    "visits",
    "erasures",
    "media",
    "reports",
    "stories",
    "termination",
    "mediation",
    "resources",
    "gifts",
    "figures",
    "exports",
)

# A family signs in where its contact is kept, and acts on its own matches with that token.
app = ServiceApp("matching", PARTS, signed_in=require_signed_in, welcomes={"intake": "family"})
app.include(reference_routes.routes)

SUBSCRIPTIONS = Subscriptions.of_parts(PARTS)


@app.lambda_function(name="on-messages")
def on_messages(event: Any, context: Any) -> Any:
    """Take events and what is due from the service's one queue."""
    return consumer.consume(event, context, SUBSCRIPTIONS, connection.store())


@app.lambda_function(name="on-jobs")
def on_jobs(event: Any, context: Any) -> Any:
    """Take the next step of a job (a round, a table, an export, an erasure), one at a time."""
    return consumer.consume(event, context, SUBSCRIPTIONS, connection.store())


@app.lambda_function(name="sweep-deadlines")
def sweep_deadlines(event: Any, context: Any) -> Any:
    """Put what is due on the queue, each minute."""
    return sweep.sweep(event)


@app.lambda_function(name="resolve-recipients")
def resolve_recipients(event: Any, context: Any) -> Any:
    """Say where a guardian's contact person or a volunteer is reached, for a message to them."""
    from services.matching.contact_changes.recipients import resolve_recipient
    from shared.messaging import recipients, template_variables

    return recipients.answer(event, resolve_recipient, template_variables.declared("matching"))
