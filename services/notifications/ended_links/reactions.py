"""When the links that a person was sent end: with its contact, or when its phone was stolen."""

from collections.abc import Callable
from typing import Any

from services.notifications.ended_links.repository import EndedLinksRepository
from services.notifications.templates.values import Audience
from shared import clock
from shared.events.base import Event, Received
from shared.events.cards import CardBlocked, CardErased, CardReplaced, HolderContactChanged
from shared.events.intake import FamilyErased
from shared.events.intake_rights import FamilyContactChanged, FamilyUnreachable
from shared.events.matching_guardians import GuardianContactChanged, GuardianContactErased
from shared.events.matching_volunteers import VolunteerContactChanged, VolunteerLeft
from shared.storage.command_context import CommandContext

# Why a card is replaced whose holder's phone is in other hands, too.
THEFT = ("stolen", "lost_with_phone")


def end_links(
    received: Received[Any], context: CommandContext, ended: EndedLinksRepository
) -> None:
    """Let no link of before show or change anything of a person."""
    event = received.event
    person_id = _PEOPLE[type(event)].person_in(_named(event))
    if person_id is not None and _is_over(event):
        at = received.time - clock.offset()
        ended.save(context, ended.of(person_id).end(event.region, at))


def _named(event: Event) -> dict[str, Any]:
    """Return an event with the record of a merged family that it is about, where it names one."""
    fields = event.model_dump()
    return fields | {"family_id": fields.get("record_id") or fields.get("family_id")}


def _is_over(event: Event) -> bool:
    """Return whether what proved the person until then proves it no more."""
    match event:
        case CardBlocked():
            return event.unreachable
        case CardReplaced():
            return event.reason in THEFT
        case CardErased():
            return event.holder_too
    return True


_PEOPLE: dict[type[Event], Audience] = {
    **dict.fromkeys((FamilyContactChanged, FamilyUnreachable, FamilyErased), Audience.FAMILY),
    **dict.fromkeys((HolderContactChanged, CardBlocked, CardReplaced, CardErased), Audience.HOLDER),
    **dict.fromkeys((GuardianContactChanged, GuardianContactErased), Audience.GUARDIAN),
    **dict.fromkeys((VolunteerContactChanged, VolunteerLeft), Audience.VOLUNTEER),
}
REACTIONS: dict[type[Event], Callable[..., None]] = dict.fromkeys(_PEOPLE, end_links)
