"""Looking up what a person prefers, and was sent."""

from dataclasses import replace

from services.notifications.messages.queries import MESSAGE
from services.notifications.messages.repository import Messages, message_prefix
from services.notifications.messages.views import OwnMessageView
from services.notifications.policy import POLICY
from services.notifications.preferences import page
from services.notifications.preferences.policy import load_authorised, load_by_link
from services.notifications.preferences.repository import PreferencesRepository
from services.notifications.preferences.values import PersonId
from services.notifications.preferences.views import PreferencesView
from shared.api.inputs import Request
from shared.api.models import Paging
from shared.api.pages import HtmlPage
from shared.identity.partitions import Partition
from shared.identity.signed_links import LinkText
from shared.principal import Principal
from shared.storage.repository import Page


def get_own_preferences(
    caller: Principal, preferences: PreferencesRepository, messages: Messages
) -> PreferencesView:
    """Show how you would like to be written to."""
    found = load_authorised(caller.acts_for, "view", caller, preferences, messages)
    return PreferencesView.of(found)


def get_preferences(
    person_id: PersonId, caller: Principal, preferences: PreferencesRepository, messages: Messages
) -> PreferencesView:
    """Show how a person would like to be written to."""
    return PreferencesView.of(load_authorised(person_id, "view", caller, preferences, messages))


def show_preferences_page(
    link: LinkText, request: Request, preferences: PreferencesRepository, messages: Messages
) -> HtmlPage:
    """Show what the person behind a link prefers as a page; opening it changes nothing."""
    found, _ = load_by_link(link, request.source_address, preferences, messages)
    return page.of_preferences(found)


def list_own_messages(
    query: Paging, caller: Principal, messages: Messages, preferences: PreferencesRepository
) -> Page[OwnMessageView]:
    """Show what you were sent and how, without the words."""
    records = preferences.records_of(caller.acts_for)
    people = [replace(caller, on_behalf_of=each) for each in records]
    return messages.page_of_several(
        "by_owner",
        [_require_list(each) for each in people],
        OwnMessageView.of_message,
        caller=caller,
        limit=query.limit,
        cursor=query.cursor,
        prefix=message_prefix(),
        newest_first=True,
    )


def _require_list(caller: Principal) -> str:
    return POLICY.require_list(caller, "list_own_messages", MESSAGE, Partition.of_person(caller))
