"""What a person was sent, and a call that is to be made, opened when it is needed."""

from services.notifications.feedback.policy import is_own
from services.notifications.feedback.repository import FeedbackForms
from services.notifications.messages.domain import Message
from services.notifications.messages.queries import MESSAGE
from services.notifications.messages.recipients import PHONE_TASK, Destination
from services.notifications.messages.rendering import Envelopes
from services.notifications.messages.repository import Messages
from services.notifications.messages.values import MessageStatus
from services.notifications.messages.views import OwnMessageView
from services.notifications.policy import POLICY
from services.notifications.preferences.repository import PreferencesRepository
from services.notifications.sendings.outdating import OUTDATED, outdated_of
from services.notifications.sendings.phone_tasks import destination_of_call
from services.notifications.sendings.views import CallView, NewsView
from services.notifications.templates.values import FEEDBACK_LINK, FIRST_NAME
from services.notifications.templates.wording import UnfitWords
from services.notifications.work_items.commands import ItemId
from services.notifications.work_items.policy import load_authorised
from services.notifications.work_items.repository import WorkItems
from services.notifications.work_items.values import WorkItemStatus
from services.notifications.work_subjects.repository import WorkSubjects
from shared.api.models import Paging
from shared.identity.partitions import Partition
from shared.messaging.recipients import Refused
from shared.principal import Principal
from shared.privacy.access_log import AccessLog
from shared.storage.repository import Page


def list_own_messages(
    query: Paging, caller: Principal, messages: Messages, preferences: PreferencesRepository
) -> Page[OwnMessageView]:
    """Show what you were sent and how, without the words."""
    POLICY.require_list(caller, "list_own_messages", MESSAGE, Partition.of_person(caller))
    return messages.page_to(
        preferences.records_of(caller.acts_for),
        OwnMessageView.of_message,
        caller=caller,
        query=query,
    )


def open_call(
    item_id: ItemId,
    caller: Principal,
    items: WorkItems,
    messages: Messages,
    envelopes: Envelopes,
    preferences: PreferencesRepository,
    subjects: WorkSubjects,
    forms: FeedbackForms,
    access_log: AccessLog,
) -> CallView:
    """Show the number, the first name and the words of a call; each look is audited.

    News that no longer holds is not among them; when none does there is nothing to call about.
    """
    item = load_authorised(item_id, "open_call", caller, items)
    waiting = messages.get_many(item.calls)
    # Of one that was closed by mistake some news has an outcome by now, beside what came since.
    if item.status is WorkItemStatus.DONE:
        waiting = [each for each in waiting if each.status is MessageStatus.HANDED_OVER]
    if not waiting and (not item.by_phone or item.status is WorkItemStatus.DONE):
        item.require_latest(subjects.of(item.subject))
        raise item.call_refusal()
    access_log.note(item.subject, items.key(item_id).pk, (FIRST_NAME, "phone"), caller, PHONE_TASK)
    call = CallView(first_name=None, phone=None, language=None, refused=None, news=[])
    outdated, _ = outdated_of(waiting, envelopes.templates, subjects)
    holds = [each for each in waiting if each.message_id not in outdated]
    if not holds:
        return call.model_copy(update={"refused": OUTDATED})
    for message in sorted(holds, key=lambda each: each.raised.place):
        form = None if message.form_id is None else forms.find(message.form_id)
        # What a family says of a guardian's work, nobody of that guardian writes down for it.
        own = form is not None and is_own(form, caller)
        call = _with_news(call, message, envelopes, preferences, enters=not own)
    return call


def _with_news(
    call: CallView,
    message: Message,
    envelopes: Envelopes,
    preferences: PreferencesRepository,
    *,
    enters: bool,
) -> CallView:
    """Return a call with one message more, as its owner fills it in now."""
    template = envelopes.as_claimed(message)
    found = destination_of_call(message, template, envelopes, preferences)
    if isinstance(found, Refused):
        return call.model_copy(update={"refused": found.refused})
    said = {**found.variables, FEEDBACK_LINK: envelopes.templates.phrases.phone_task.link}
    spoken = Destination(found.channel, found.address, said)
    try:
        without_form = message.model_copy(update={"form_id": None})
        text = envelopes.render(without_form, template, spoken, greets=not call.news).text
    except UnfitWords:  # the title is news, too
        text = template.subject
    news = NewsView(
        message_id=message.message_id,
        title=template.subject,
        text=text,
        form_link=envelopes.form_link(message) if enters else None,
    )
    return CallView(
        first_name=found.variables.get(FIRST_NAME) or call.first_name,
        phone=found.address,
        language=found.language,
        refused=call.refused,
        news=[*call.news, news],
    )
