"""What intake says of families: who is being helped gives nothing, nor who is forgotten.

And what becomes of the offer that a gift is.
"""

from services.matching.erasures.domain import Erasure
from services.matching.gifts.repository import GiftErasures, Gifts, Graduates
from services.matching.gifts.use_cases import taken_back
from services.matching.resources.repository import OfferedResources
from shared import clock
from shared.events.base import Received
from shared.events.intake import (
    CaseClosed,
    CaseReopened,
    FamilyErased,
    RequestJoined,
    RequestReceived,
)
from shared.events.matching_volunteers import (
    GiftSettled,
    ResourceGiven,
    ResourceReleased,
    ResourceWithdrawn,
)
from shared.messaging.deadlines import Job
from shared.storage.command_context import CommandContext

# Each is a row with that of its offer, their lines in the audit and an event.
GIFTS_OF_STEP = 3


def note_case_opened(
    received: Received[RequestReceived] | Received[RequestJoined],
    context: CommandContext,
    graduates: Graduates,
) -> None:
    """Note that a family has a case; an anonymous request has no family."""
    event = received.event
    if event.family_id is None or event.case_id is None:
        return
    known = graduates.of(event.family_id, event.region)
    noted = known.opened(event.case_id)
    if noted != known:
        graduates.save(context, noted)


def note_case_closed(
    received: Received[CaseClosed], context: CommandContext, graduates: Graduates
) -> None:
    """Note that a case is over."""
    event = received.event
    known = graduates.of(event.family_id, event.region)
    noted = known.closed(event.case_id, received.sequence, received.time)
    if noted != known:
        graduates.save(context, noted)


def note_case_reopened(
    received: Received[CaseReopened], context: CommandContext, graduates: Graduates
) -> None:
    """Note that a case is open again."""
    event = received.event
    known = graduates.of(event.family_id, event.region)
    noted = known.reopened(event.case_id, received.sequence)
    if noted != known:
        graduates.save(context, noted)


def withdraw_gifts(
    received: Received[FamilyErased], context: CommandContext, erasures: GiftErasures
) -> None:
    """Have the family's gifts taken back by the job: no one can be asked for them any more."""
    erasures.begin(Erasure(family_id=received.event.family_id, due_at=clock.now()), context)


def withdraw_some(
    family_id: str,
    context: CommandContext,
    erasures: GiftErasures,
    gifts: Gifts,
    resources: OfferedResources,
) -> None:
    """Take some gifts back, and say so of each."""
    erasure = erasures.due(family_id)
    if erasure is None:
        return
    offered = gifts.offered_by(family_id)
    found = [taken_back(each, resources) for each in offered[:GIFTS_OF_STEP]]
    rows = [row for gift, offers, _ in found for row in (gifts.row(gift), *offers)]
    left = len(offered) > GIFTS_OF_STEP
    gone_on = erasure.go_on(clock.now() if left else None)
    erasures.save(context, gone_on, *rows, events=[event for *_, event in found])


def put_off_erasure(family_id: str, context: CommandContext, erasures: GiftErasures) -> None:
    """Try an erasure again tomorrow, which never came to an end today."""
    erasures.put_off(family_id, context)


def settle_gift(
    received: Received[ResourceGiven] | Received[ResourceReleased] | Received[ResourceWithdrawn],
    context: CommandContext,
    gifts: Gifts,
    resources: OfferedResources,
) -> None:
    """Say that a gift is not to be collected any more, once nothing of it is promised or left."""
    resource = resources.find(received.event.resource_id)
    if resource is None or resource.gift_id is None or not resource.settled:
        return
    gift = gifts.get(resource.gift_id)
    settled = GiftSettled(region=gift.region, gift_id=gift.gift_id, family_id=gift.family_id)
    gifts.save(context, gift, events=[settled])


REACTIONS = {
    RequestReceived: note_case_opened,
    RequestJoined: note_case_opened,
    CaseClosed: note_case_closed,
    CaseReopened: note_case_reopened,
    FamilyErased: withdraw_gifts,
    ResourceGiven: settle_gift,
    ResourceReleased: settle_gift,
    ResourceWithdrawn: settle_gift,
}
LOOKS_AGAIN = (withdraw_gifts,)
JOBS = {GiftErasures.prefix: Job(withdraw_some, give_up=put_off_erasure)}
