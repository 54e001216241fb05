"""What families say of a guardian: a count and a sum, so that no single answer is kept."""

from services.matching.guardians.repository import Guardians
from shared.events.base import Received
from shared.events.notifications import CARE_FEEDBACK, FeedbackReceived
from shared.storage.command_context import CommandContext


def on_feedback_received(
    received: Received[FeedbackReceived], context: CommandContext, guardians: Guardians
) -> None:
    """Count one more answer of a family about its guardian."""
    event = received.event
    if event.form != CARE_FEEDBACK or event.guardian_id is None:
        return
    guardian = guardians.find(event.guardian_id)
    if guardian is not None:
        guardians.save(context, guardian.count_feedback(event.score))


REACTIONS = {FeedbackReceived: on_feedback_received}
