"""What intake does about cards: they join the timeline of the family of their holder."""

from services.intake.families.repository import Families
from services.intake.timeline.domain import Entry
from services.intake.timeline.repository import timeline_rows
from services.intake.timeline.values import TimelineKind
from shared.events.base import Received
from shared.events.cards import CardActivated
from shared.storage.command_context import CommandContext


def note_card(
    received: Received[CardActivated], context: CommandContext, families: Families
) -> None:
    """Note a card that tills accept from now on; a holder of no family is left alone."""
    event = received.event
    family_id = families.of_card_holder(event.region, event.holder_ref)
    if family_id is None:
        return
    entry = Entry(family_id=family_id, at=received.time, kind=TimelineKind.CARD, ref=event.card_id)
    families.store.commit(context, writes=timeline_rows([entry]))


REACTIONS = {CardActivated: note_card}
