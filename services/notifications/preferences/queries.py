"""Looking up what a person prefers."""

from services.notifications.ended_links.repository import EndedLinksRepository
from services.notifications.messages.repository import Messages
from services.notifications.preferences import page
from services.notifications.preferences.policy import load_authorised, load_by_link
from services.notifications.preferences.repository import PreferencesRepository
from services.notifications.preferences.values import PersonId
from services.notifications.preferences.views import PreferencesView
from shared.api.inputs import Request
from shared.api.pages import HtmlPage
from shared.identity.signed_links import LinkText
from shared.principal import Principal


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
    link: LinkText,
    request: Request,
    preferences: PreferencesRepository,
    messages: Messages,
    ended: EndedLinksRepository,
) -> HtmlPage:
    """Show what the person behind a link prefers as a page; opening it changes nothing."""
    found, _ = load_by_link(link, request.source_address, preferences, messages, ended)
    return page.of_preferences(found)
