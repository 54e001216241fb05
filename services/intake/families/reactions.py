"""What intake does about cards, consultations and plans: they join their family's timeline."""

from services.intake.families.repository import Families
from services.intake.timeline.domain import Entry
from services.intake.timeline.repository import timeline_rows
from services.intake.timeline.values import MeasureStatus, TimelineKind
from shared.events.base import Received
from shared.events.cards import CardActivated
from shared.events.consultations import ConsultationHeld
from shared.events.plans import PlanItemChanged
from shared.observability import count
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


def note_consultation(
    received: Received[ConsultationHeld], context: CommandContext, families: Families
) -> None:
    """Note a consultation of a family; one of people that intake does not know is dropped.

    A family is stored before its id leaves intake, so an unknown id never becomes a known one.
    """
    event = received.event
    family = None if event.family_id is None else families.find(event.family_id)
    if family is None or family.erased:
        count("consultations_dropped")
        return
    entry = Entry(
        family_id=family.family_id,
        at=event.held_at,
        kind=TimelineKind.CONSULTATION,
        ref=event.consultation_id,
        by=event.specialist_id,
    )
    families.store.commit(context, writes=timeline_rows([entry]))


def note_measure(
    received: Received[PlanItemChanged], context: CommandContext, families: Families
) -> None:
    """Note a measure of a family's plan; one of people that intake does not know is dropped."""
    event = received.event
    family = families.find(event.family_id)
    if family is None or family.erased:
        count("measures_dropped")
        return
    entry = Entry(
        family_id=family.family_id,
        at=received.time,
        kind=TimelineKind.MEASURE,
        ref=event.item_id,
        case_id=event.case_id,
        by=event.provider_id,
        status=MeasureStatus(event.status) if event.status in tuple(MeasureStatus) else None,
    )
    families.store.commit(context, writes=timeline_rows([entry]))


REACTIONS = {
    CardActivated: note_card,
    ConsultationHeld: note_consultation,
    PlanItemChanged: note_measure,
}
