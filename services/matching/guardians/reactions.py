"""What families say of a guardian: a count and a sum, so that no single answer is kept."""

from services.matching.guardians.repository import Guardians
from shared.events.base import Received
from shared.events.notifications import FeedbackReceived
from shared.storage.command_context import CommandContext


def on_feedback_received(
    received: Received[FeedbackReceived], context: CommandContext, guardians: Guardians
) -> None:
    """Count one more answer of a family about its guardian."""
    guardian = guardians.find(received.event.guardian_id)
    if guardian is not None:
        guardians.save(context, guardian.count_feedback(received.event.score))


REACTIONS = {FeedbackReceived: on_feedback_received}
