"""Whether the news of a message still holds at the moment of sending.

An event that makes news untrue is noted with its subject (a match, case, card …), whichever of the
two came first; a message that is still here is then withheld.
"""

from collections.abc import Sequence
from typing import Any

from services.notifications.messages.domain import Message
from services.notifications.templates.domain import Template
from services.notifications.templates.repository import Templates
from services.notifications.work_items.endings import mark_of
from services.notifications.work_subjects.domain import Ending
from services.notifications.work_subjects.repository import WorkSubjects
from shared.events.base import Received
from shared.storage.command_context import CommandContext
from shared.storage.rows import Row

OUTDATED = "outdated"
# How the ending is told from others of a message that corrects one that was never sent.
UNTOLD = "untold"


def outdate(
    received: Received[Any], context: CommandContext, templates: Templates, subjects: WorkSubjects
) -> None:
    """Note which messages an event makes untrue, for those that have not gone out yet."""
    rows: list[Row] = []
    for subject_id, endings in endings_by(received, templates).items():
        rows += _noted(subject_id, endings, subjects)
    if rows:
        subjects.store.commit(context, *rows)


def endings_by(received: Received[Any], templates: Templates) -> dict[str, list[Ending]]:
    """Return the subjects that an event is about, and which messages it makes untrue for each."""
    said = received.event.model_dump(mode="json")
    found: dict[str, list[Ending]] = {}
    for template, line in templates.outdated_by.get(received.event.detail_type(), ()):
        if line.fits(said):
            ending = Ending(
                kind=template.name, detail=line.detail(said), mark=mark_of(received), by=line.event
            )
            found.setdefault(str(said[line.about]), []).append(ending)
    return found


def find_endings(message: Message, template: Template, subjects: WorkSubjects) -> list[Ending]:
    """Return what has made a message untrue since its own event, or needless."""
    about = {message.topics[name] for name in template.subject_fields if name in message.topics}
    details = {line.detail(message.topics) for line in template.outdated_by}
    return [
        ending
        for subject in subjects.get_many(sorted(about))
        for ending in subject.endings
        if ending.kind == template.name
        and ending.mark.covers(message.raised)
        and (
            ending.detail == UNTOLD or (ending.detail in details and ending.mark != message.raised)
        )
    ]


def untold_rows(
    message: Message, found: Sequence[Ending], templates: Templates, subjects: WorkSubjects
) -> list[Row]:
    """Return the note that a person who did not get this news needs no correction of it.

    When more has happened meanwhile the correction is sent: it may be about that.
    """
    correcting = templates.correcting.get(message.template, [])
    if not {each.by for each in found} <= {template.event_type for template, _ in correcting}:
        return []
    untold: dict[str, list[Ending]] = {}
    for template, about in correcting:
        for each in found:
            if each.by == template.event_type:
                ending = each.model_copy(update={"kind": template.name, "detail": UNTOLD})
                untold.setdefault(message.topics[about], []).append(ending)
    return [row for about, ended in untold.items() for row in _noted(about, ended, subjects)]


def _noted(subject_id: str, endings: Sequence[Ending], subjects: WorkSubjects) -> list[Row]:
    subject = known = subjects.of(subject_id)
    for ending in endings:
        subject = subject.noted(ending)
    return [] if subject == known else [subjects.row(subject)]
