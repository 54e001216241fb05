"""Preferences as `policy.cedar` sees them, and the proof by a link."""

from dataclasses import replace

from services.notifications import settings
from services.notifications.ended_links.repository import EndedLinksRepository
from services.notifications.footer_links.link_tries import counting_tries
from services.notifications.messages.repository import Messages
from services.notifications.policy import POLICY
from services.notifications.preferences.domain import LINK_LIFETIME, LINK_PURPOSE, Preferences
from services.notifications.preferences.repository import PreferencesRepository
from services.notifications.templates.values import Audience
from shared.identity import signed_links
from shared.identity.policy import Resource
from shared.principal import Principal

PREFERENCES = "Preferences"
PAGE_PATH = "/notifications/v1/preferences/"


def resource(found: Preferences, person_id: str) -> Resource:
    """Return what a person prefers as a resource; it is each's whose record of the family it is."""
    more = {"audience": found.audience}
    return Resource(PREFERENCES, person_id, region=found.region, person=person_id, more=more)


def load_authorised(
    person_id: str,
    action: str,
    principal: Principal,
    preferences: PreferencesRepository,
    messages: Messages,
) -> Preferences:
    """Load what a person prefers for an action; raises NotFound or Forbidden."""
    found = preferences.load(person_id, messages)
    POLICY.require(principal, action, resource(found, person_id))
    return found


def page_of(person_id: str) -> str:
    """Return a link to the page on which a person says how it would like to be written to."""
    text = signed_links.issue(LINK_PURPOSE, person_id, person_id, LINK_LIFETIME)
    return settings.api_url().rstrip("/") + PAGE_PATH + text


def load_by_link(
    text: str,
    address: str,
    preferences: PreferencesRepository,
    messages: Messages,
    ended: EndedLinksRepository,
    *,
    only_stops: bool = False,
) -> tuple[Preferences, Principal]:
    """Load what the person behind a link prefers, and the person who acts through it.

    A link of before does no more than stop what can be declined: its mail may be read by the same
    person still.
    """
    with counting_tries(address, preferences.store):
        link = signed_links.open_link(text, LINK_PURPOSE)
        found = preferences.load(link.subject, messages)
    if not only_stops:
        ended.of(link.subject).require_later(link.issued_by)
    role = Audience(found.audience).reader
    return found, replace(link.principal, role=role, roles=(role,))
