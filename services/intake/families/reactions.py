"""What intake does about its families by itself: who looks like another, what joins a timeline."""

from collections.abc import Sequence

from services.intake.families.domain import Family
from services.intake.families.events import of_likeness, of_suggestion
from services.intake.families.repository import MOST_HOLDERS, Families
from services.intake.families.values import LikenessSign
from services.intake.timeline.domain import Entry
from services.intake.timeline.repository import timeline_rows
from services.intake.timeline.values import MeasureStatus, TimelineKind
from shared.errors import PreconditionPending
from shared.events.base import Received
from shared.events.cards import CardActivated
from shared.events.consultations import ConsultationHeld
from shared.events.intake import FamilyErased, RequestReceived
from shared.events.plans import PlanItemChanged
from shared.observability import count
from shared.storage.command_context import CommandContext, in_parts

# As many families lose a suggestion in one commit.
MOST_CHANGED = 6


def suggest_likely(
    received: Received[RequestReceived], context: CommandContext, families: Families
) -> None:
    """Suggest the records with the name and month of birth of a family that has called.

    Of two that are alike the later one suggests the earlier one.
    """
    family = families.get(received.event.family_id or "")
    if family.likeness is None or family.family_id != received.event.family_id:
        return
    likely = families.likely(family.likeness)
    if len(likely) < MOST_HOLDERS and family.family_id not in (each.family_id for each in likely):
        raise PreconditionPending(family.family_id)  # a list that does not show the family itself
    earlier = [
        each.family_id
        for each in likely
        if (each.known_since, each.family_id) < (family.known_since, family.family_id)
    ]
    after = family.look_like(earlier, LikenessSign.SAME_NAME_AND_BIRTH)
    if after is not family:
        families.save(context, after, events=[*of_suggestion(family, after)])


def suggest_no_more(
    received: Received[FamilyErased], context: CommandContext, families: Families
) -> None:
    """Suggest a record to no one that is forgotten: there is nothing left to compare."""
    gone = received.event.family_id
    found = families.looking_like(gone, received.event.region)
    for of_part, part in in_parts(context, found, MOST_CHANGED):
        _unlike(part, gone, of_part, families)


def _unlike(
    found: Sequence[Family], gone: str, context: CommandContext, families: Families
) -> None:
    first, *others = left = [each.look_no_more_like([gone]) for each in found]
    decided = [event for pair in zip(found, left, strict=True) for event in of_likeness(*pair)]
    families.save(context, first, *map(families.row, others), events=decided)


def _names_family(event: RequestReceived) -> bool:
    return event.family_id is not None


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
    RequestReceived: suggest_likely,
    CardActivated: note_card,
    ConsultationHeld: note_consultation,
    PlanItemChanged: note_measure,
    FamilyErased: suggest_no_more,
}
WANTED = {suggest_likely: _names_family}
LOOKS_AGAIN = (suggest_no_more,)
