"""Work begins by an event that asks for it, and ends by one that says it is done."""

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

from services.notifications.work_items.domain import WorkItem
from services.notifications.work_items.endings import ending_events, endings_of
from services.notifications.work_items.repository import WorkItems
from services.notifications.work_items.values import ABOVE, REGION_LEAD, DoneReason
from services.notifications.work_subjects.domain import Ending, Place, WorkSubject
from services.notifications.work_subjects.ended_by import mark_of
from services.notifications.work_subjects.repository import WorkSubjects
from shared import clock
from shared.events.base import Event, Received
from shared.events.cards import CardMoved
from shared.observability import count
from shared.reference.regions import region
from shared.storage.command_context import CommandContext
from shared.storage.rows import Row

# With two subjects, their audit and the inbox row they stay within a transaction.
ENDED_AT_ONCE = 5
MOVED_AT_ONCE = 5


def raised_rows(wanted: Iterable[WorkItem], items: WorkItems, subjects: WorkSubjects) -> list[Row]:
    """Return the rows of work that is asked for, whatever has happened to its subject meanwhile.

    An item like an open one renews it; one that an event has already ended is born done.
    """
    rows: list[Row] = []
    ordered = sorted(wanted, key=lambda item: item.subject)
    for about, about_it in groupby(ordered, key=lambda item: item.subject):
        subject = known = subjects.of(about)
        for item in about_it:
            subject, made = _raise(item, subject, items)
            rows += made
        if subject != known:
            rows.append(subjects.row(subject))
    return rows


def _raise(item: WorkItem, subject: WorkSubject, items: WorkItems) -> tuple[WorkSubject, list[Row]]:
    opening = item.opening
    item = item.at(subject.place_of(opening))
    ending = subject.ending_of(opening) or subject.arrival_of(item.kind, item.undelivered)
    if ending is not None:
        return subject, [items.row(item.end(ending, _BY, clock.now()))]
    like = subject.like(opening)
    if like is None:
        return subject.opened(opening), [items.row(item)]
    known = items.get(like.item_id)
    if like.raised.covers(opening.raised):
        wider = known.along_with(item)
        return subject, [] if wider == known else [items.row(wider)]
    renewed = known.renew(item)
    return subject.opened(renewed.opening), [items.row(renewed)]


def end_work(
    received: Received[Any], context: CommandContext, items: WorkItems, subjects: WorkSubjects
) -> None:
    """Close the items that an event makes needless, and remember it for those that come late."""
    rows: list[Row] = []
    room = ENDED_AT_ONCE
    for subject_id, endings in endings_of(received).items():
        subject = known = subjects.of(subject_id)
        for ending in endings:
            subject = subject.noted(ending)
        if subject != known:
            about_it = _closing_rows(subject, items, subjects, room)
            room -= len(about_it) - 1
            rows += about_it
    if rows:
        items.store.commit(context, *rows)


def move_work(
    received: Received[CardMoved],
    context: CommandContext,
    items: WorkItems,
    subjects: WorkSubjects,
) -> None:
    """Hand the work about a card to the leader of its district, also what is raised late."""
    moved, mark = received.event, mark_of(received)
    place = Place(role="community_leader", district_id=moved.district_id, mark=mark)
    known = subjects.of(moved.card_id)
    subject = known.moved(place)
    if subject != known:
        items.store.commit(context, *_moving_rows(subject, items, subjects))


def act_in_time(
    item: WorkItem, context: CommandContext, items: WorkItems, subjects: WorkSubjects
) -> None:
    """Close an item that cannot be done any more; tell those above of one that is left undone."""
    now = clock.now()
    if item.expires_at is not None and now >= item.expires_at:
        ended = item.finish(_BY, DoneReason.NOT_NEEDED.value, now)
        items.save(context, ended, closed_row(item, _BY, subjects))
    elif item.climbs_at is not None and now >= item.climbs_at:
        count("work_climbed")
        above = present(ABOVE[item.climbed_to or item.role], item.region)
        items.save(context, item.climb(above, now))


def present(role: str, region_code: str) -> str:
    """Return the role itself; what climbs in a region without a lead goes further up."""
    if role == REGION_LEAD and not region(region_code).lead:
        return ABOVE[REGION_LEAD]
    return role


def closed_row(item: WorkItem, by: str, subjects: WorkSubjects) -> Row:
    """Return the row of the subject about which an item is open no longer, without an event."""
    opening = item.opening
    over = Ending(
        kind=opening.kind, role=opening.role, detail=opening.detail, mark=opening.raised, by=by
    )
    return subjects.row(subjects.of(item.subject).closed(item.item_id, over))


def close_finished(
    subject_id: str, context: CommandContext, items: WorkItems, subjects: WorkSubjects
) -> None:
    """Move or close the next items of a subject that has more than one commit may change."""
    subject = subjects.get(subject_id)
    if subject.misplaced:
        items.store.commit(context, *_moving_rows(subject, items, subjects))
    elif subject.due_at is not None:
        items.store.commit(context, *_closing_rows(subject, items, subjects, ENDED_AT_ONCE))


def _moving_rows(subject: WorkSubject, items: WorkItems, subjects: WorkSubjects) -> list[Row]:
    """Return the subject first, and as many of its misplaced items as one commit may change."""
    here = subject.misplaced[:MOVED_AT_ONCE]
    rows = [
        items.row(items.get(one.item_id).at(subject.place_of(one)))
        for one in subject.open
        if one.item_id in here
    ]
    subject = subject.placed(here)
    more = subject.misplaced or subject.finished
    return [subjects.row(subject.waiting_until(clock.now() if more else None)), *rows]


def _closing_rows(
    subject: WorkSubject, items: WorkItems, subjects: WorkSubjects, room: int
) -> list[Row]:
    """Return the subject first, and as many of its finished items as there is `room` for."""
    now, rows = clock.now(), list[Row]()
    finished = subject.finished
    for opening, ending in finished[:room]:
        subject = subject.closed(opening.item_id)
        rows.append(items.row(items.get(opening.item_id).end(ending, _BY, now)))
    more = len(finished) > room or subject.misplaced
    return [subjects.row(subject.waiting_until(now if more else None)), *rows]


_BY = "system:notifications"

REACTIONS: dict[type[Event], Callable[..., None]] = dict.fromkeys(ending_events(), end_work)
REACTIONS |= {CardMoved: move_work}
DEADLINES = {"WORK_SUBJECT": close_finished}
