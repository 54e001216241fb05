"""Messages and answers, counted from the service's own events; names here are in inbox rows.

That way a sending never waits for a counter that others count in as well.
"""

from collections.abc import Callable
from typing import Any

from services.notifications.feedback.domain import LOW_SCORE
from services.notifications.feedback.repository import FeedbackForms
from services.notifications.figures.domain import DaySums, Outcome, Sums
from services.notifications.figures.repository import (
    SO_FAR,
    AskedFamilies,
    DaySumsRepository,
    FeedbackCountsRepository,
)
from services.notifications.messages.values import NO_CONTACT
from shared import clock
from shared.events.base import Event, Received
from shared.events.notifications import (
    CARE_FEEDBACK,
    ChannelSums,
    FeedbackLinkSent,
    FeedbackReceived,
    MessageDelivered,
    MessageFailed,
    MessageRead,
    MessageSent,
    MessagesSummed,
    MessageWithheld,
)
from shared.reference import calendar, regions
from shared.storage.command_context import CommandContext

WITHOUT_CHANNEL = "none"


def count_message(
    received: Received[Any], context: CommandContext, days: DaySumsRepository
) -> None:
    """Count the outcome of a message on the day of its region, in one of its shards.

    The day itself is written where it is not known to be published later: once for each shard, and
    for what is late.
    """
    event, now = received.event, clock.now()
    zone = regions.zone(event.region)
    day = calendar.local_date(zone, received.time)
    shard = days.shard(event.region, day, received.id)
    counted = shard.plus(event.channel or WITHOUT_CHANNEL, _outcomes(event))
    if shard.expected(now):
        days.save(context, counted)
        return
    whole = days.of(event.region, day).expect(calendar.end_of_day(zone, day), now)
    days.save(context, counted.due_with(whole), days.row(whole))


def _outcomes(event: Event) -> tuple[Outcome, ...]:
    match event:
        case MessageSent():
            return (Outcome.SENT,)
        case MessageDelivered():
            return (Outcome.DELIVERED,)
        case MessageRead():
            return (Outcome.READ,)
        case MessageWithheld():
            unreachable = event.reason in NO_CONTACT
            return (Outcome.WITHHELD, *([Outcome.UNREACHABLE] if unreachable else []))
    return (Outcome.FAILED, Outcome.UNREACHABLE)


def count_feedback(
    received: Received[Any],
    context: CommandContext,
    forms: FeedbackForms,
    counts: FeedbackCountsRepository,
    families: AskedFamilies,
) -> None:
    """Count a family that was asked about its care, or its answer, in the month of the link."""
    event = received.event
    if event.form != CARE_FEEDBACK or event.family_id is None:
        return
    form = forms.find(event.form_id)
    sent_at = (form.sent_at if form else None) or received.time
    month = f"{calendar.local_date(regions.zone(event.region), sent_at):%Y-%m}"
    rows = []
    for period in (month, SO_FAR):
        family = families.of(period, event.family_id)
        before = counts.of(event.region, period, event.family_id)
        if isinstance(event, FeedbackReceived):
            after = before.plus_answer(family, event.score, event.score <= LOW_SCORE)
            marked = family.answer()
        else:
            after, marked = before.plus_asked(family), family.ask()
        rows += [counts.row(after)] if after != before else []
        rows += [families.row(marked)] if marked != family else []
    if rows:
        counts.store.commit(context, *rows)


def publish_sums(sums_id: str, context: CommandContext, days: DaySumsRepository) -> None:
    """Publish the sums of a day that is over."""
    found = days.get(sums_id)
    if found.due_at is not None and clock.now() >= found.due_at:
        days.save(context, found.publish(), events=[_summed(found, days.whole(found))])


def _summed(found: DaySums, sums: Sums) -> MessagesSummed:
    channels = tuple(
        ChannelSums(channel=channel, **numbers) for channel, numbers in sorted(sums.items())
    )
    return MessagesSummed(
        region=found.region, sums_id=found.sums_id, day=found.day, channels=channels
    )


REACTIONS: dict[type[Event], Callable[..., None]] = {
    MessageSent: count_message,
    MessageDelivered: count_message,
    MessageRead: count_message,
    MessageFailed: count_message,
    MessageWithheld: count_message,
    FeedbackLinkSent: count_feedback,
    FeedbackReceived: count_feedback,
}
DEADLINES = {DaySumsRepository.prefix: publish_sums}
