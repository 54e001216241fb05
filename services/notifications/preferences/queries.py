"""Looking up what a person prefers."""

from services.notifications.ended_links.repository import EndedLinksRepository
from services.notifications.messages.repository import Messages
from services.notifications.preferences import page
from services.notifications.preferences.policy import load_authorised, load_by_link
from services.notifications.preferences.repository import PreferencesRepository
from services.notifications.preferences.values import PersonId
from services.notifications.preferences.views import PreferencesView
from shared.api.inputs import Request
from shared.api.models import Paging
from shared.api.pages import HtmlPage
from shared.identity.signed_links import LinkText
from shared.principal import Principal
from shared.privacy.access_log import AccessLog
from shared.readings.queries import note_look, page_of_readings
from shared.readings.views import ReadingView
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


def list_readings(
    person_id: PersonId,
    query: Paging,
    caller: Principal,
    preferences: PreferencesRepository,
    messages: Messages,
    log: AccessLog,
) -> Page[ReadingView]:
    """Read who has read what about a person, the latest first; the staff's look is recorded."""
    load_authorised(person_id, "list_readings", caller, preferences, messages)
    records = preferences.records_of(person_id)
    if caller.role == "regional_hq":
        note_look(person_id, caller, log)
    return page_of_readings(person_id, records, query, caller, log)


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
