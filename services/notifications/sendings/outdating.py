"""Whether the news of a message still holds at the moment of sending.

An event that makes news untrue is noted with its subject (a match, case, card …), whichever of the
two came first; a message that is still here is then withheld.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.notifications.messages.domain import Message
from services.notifications.messages.values import MessageStatus
from services.notifications.templates.domain import Template
from services.notifications.templates.repository import Templates
from services.notifications.work_subjects.domain import Ending
from services.notifications.work_subjects.ended_by import mark_of
from services.notifications.work_subjects.repository import WorkSubjects
from shared import clock
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
    if rows := noted_rows(endings_by(received, templates), subjects):
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
    return noted_rows(_untold_by(message, found, templates), subjects)


def outdated_of(
    messages: Sequence[Message],
    templates: Templates,
    subjects: WorkSubjects,
) -> tuple[set[str], dict[str, list[Ending]]]:
    """Return the ids of what is not to be said in one call, and what to note of it.

    That is also what has expired, what only an earlier release had words for, and a correction of
    what is not said.
    """
    outdated, untold = set[str](), dict[str, list[Ending]]()
    for message in messages:
        template = templates.of(message.template, message.variant)
        if template is None or message.is_expired(clock.now()):
            outdated.add(message.message_id)
        elif found := find_endings(message, template, subjects):
            outdated.add(message.message_id)
            for about, ended in _untold_by(message, found, templates).items():
                untold.setdefault(about, []).extend(ended)
    corrects = (each for each in messages if _is_untold(each, untold))
    return outdated | {each.message_id for each in corrects}, untold


def corrects_open_call(
    message: Message,
    template: Template,
    templates: Templates,
    about: Sequence[Message],
    subjects: WorkSubjects,
) -> bool:
    """Return whether a message corrects news that waits in a call, which may be under way.

    What the caller says at the end decides whether the correction is needed.
    """
    corrected = {name for names in template.corrects.values() for name in names}
    if not corrected:
        return False
    waiting = (
        each
        for each in about
        if each.template in corrected and each.status is MessageStatus.HANDED_OVER
    )
    return any(
        _is_untold(message, _untold_by(news, found, templates))
        for news in waiting
        if (found := find_endings(news, templates.by_name[news.template], subjects))
    )


def noted_rows(endings: Mapping[str, Sequence[Ending]], subjects: WorkSubjects) -> list[Row]:
    """Return the rows of subjects of which endings are noted."""
    return [row for about, ended in endings.items() for row in _noted(about, ended, subjects)]


def _is_untold(message: Message, untold: Mapping[str, Sequence[Ending]]) -> bool:
    return any(
        ending.kind == message.template and ending.mark.covers(message.raised)
        for about in message.topics.values()
        for ending in untold.get(about, ())
    )


def _untold_by(
    message: Message, found: Sequence[Ending], templates: Templates
) -> dict[str, list[Ending]]:
    correcting = templates.correcting.get(message.template, [])
    untold: dict[str, list[Ending]] = {}
    corrected = {each.by for each in found} <= {template.event_type for template, _ in correcting}
    if message.doubts or not corrected:
        return untold
    for template, about in correcting:
        for each in found:
            if each.by == template.event_type:
                ending = each.model_copy(update={"kind": template.name, "detail": UNTOLD})
                untold.setdefault(message.topics[about], []).append(ending)
    return untold


def _noted(subject_id: str, endings: Sequence[Ending], subjects: WorkSubjects) -> list[Row]:
    subject = known = subjects.of(subject_id)
    for ending in endings:
        subject = subject.noted(ending)
    return [] if subject == known else [subjects.row(subject)]
