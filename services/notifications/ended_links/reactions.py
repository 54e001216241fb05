"""When the links that a person was sent end: with its contact, or when its phone was stolen."""

from collections.abc import Callable, Iterator
from typing import Any

from services.notifications.ended_links.repository import EndedLinksRepository
from shared import clock
from shared.events.base import Event, Received
from shared.events.cards import CardBlocked, CardErased, CardReplaced, HolderContactChanged
from shared.events.cards_partners import PartnerContactChanged, PartnerDeclined, PartnerEnded
from shared.events.intake import FamilyErased
from shared.events.intake_rights import FamilyContactChanged, FamilySignedOut
from shared.events.matching_guardians import GuardianContactChanged, GuardianContactErased
from shared.events.matching_volunteers import VolunteerContactChanged, VolunteerLeft
from shared.storage.command_context import CommandContext


def end_links(
    received: Received[Any], context: CommandContext, ended: EndedLinksRepository
) -> None:
    """Let no link of before show or change anything of a person."""
    event = received.event
    at = event.at if isinstance(event, FamilySignedOut) else received.time - clock.offset()
    rows = [ended.row(ended.of(each).end(event.region, at)) for each in _subjects(event)]
    if rows:
        ended.store.commit(context, *rows)


def _subjects(event: Event) -> Iterator[str]:
    """Yield whose links end: a person's, or those about a card, which may name no holder."""
    match event:
        case FamilyContactChanged() | FamilySignedOut():
            yield event.record_id or event.family_id
        case FamilyErased():
            yield event.family_id
        case GuardianContactChanged() | GuardianContactErased():
            yield event.guardian_id
        case VolunteerContactChanged() | VolunteerLeft():
            yield event.volunteer_id
        case PartnerContactChanged() | PartnerDeclined() | PartnerEnded():
            yield event.partner_id
        case HolderContactChanged():
            yield from filter(None, (event.holder_id, event.living_card_id))
        case CardErased():
            yield from filter(None, (event.card_id, event.holder_too and event.holder_id))
        case CardBlocked(unreachable=True) | CardReplaced(reason="stolen" | "lost_with_phone"):
            yield from filter(None, (event.card_id, event.holder_id))


REACTIONS: dict[type[Event], Callable[..., None]] = dict.fromkeys(
    (
        FamilyContactChanged, FamilySignedOut, FamilyErased,
        GuardianContactChanged, GuardianContactErased,
        VolunteerContactChanged, VolunteerLeft,
        PartnerContactChanged, PartnerDeclined, PartnerEnded,
        HolderContactChanged, CardErased, CardBlocked, CardReplaced,
    ),
    end_links,
)  # fmt: skip
