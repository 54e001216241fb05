"""How a person says what it prefers: by its token, by a link, to the staff, by a word to a bot."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import islice

from services.notifications.channels.bot.chats import address_of
from services.notifications.ended_links.repository import EndedLinksRepository
from services.notifications.footer_links.repository import FooterLinksRepository
from services.notifications.messages.domain import Message
from services.notifications.messages.recipients import Destination, mark_of
from services.notifications.messages.repository import Messages
from services.notifications.preferences import page
from services.notifications.preferences.commands import (
    SetPreferences,
    SetPreferencesForPerson,
)
from services.notifications.preferences.domain import Preferences
from services.notifications.preferences.events import preferences_changed
from services.notifications.preferences.policy import load_authorised, load_by_link, page_of
from services.notifications.preferences.repository import PreferencesRepository
from services.notifications.preferences.values import PersonId, SetBy
from services.notifications.preferences.views import PreferencesLinkView
from shared import clock
from shared.api.inputs import Request
from shared.api.pages import HtmlPage
from shared.events.base import Event
from shared.identity.signed_links import LinkText
from shared.principal import Principal
from shared.privacy.access_log import AccessLog
from shared.privacy.contact import Channel
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.rows import Row

# With their audit and events they stay within a transaction; who was sent nothing there for so long
# has another contact by now.
MOST_AT_AN_ADDRESS, OF_AN_ADDRESS = 4, timedelta(days=60)


def set_own_preferences(
    body: SetPreferences,
    context: CommandContext,
    preferences: PreferencesRepository,
    messages: Messages,
) -> Receipt:
    """Say how you would like to be written to."""
    actor = context.actor
    found = load_authorised(actor.acts_for, "set_own_preferences", actor, preferences, messages)
    return _change(found, body, SetBy.TOKEN, context, preferences)


def set_preferences(
    person_id: PersonId,
    body: SetPreferencesForPerson,
    context: CommandContext,
    preferences: PreferencesRepository,
    messages: Messages,
) -> Receipt:
    """Write down how a person would like to be written to, as it has said."""
    action = "set_preferences"
    found = load_authorised(person_id, action, context.actor, preferences, messages)
    context.actor = context.actor.acting_for(person_id, body.evidence)
    return _change(found, body, SetBy.STAFF, context, preferences)


def link_preferences(
    person_id: PersonId,
    caller: Principal,
    preferences: PreferencesRepository,
    messages: Messages,
    access_log: AccessLog,
) -> PreferencesLinkView:
    """Return a link to the page on which a person says it itself, to be sent or read to it.

    Who has the link acts as the person, so it is audited who made it.
    """
    load_authorised(person_id, "set_preferences", caller, preferences, messages)
    access_log.note(person_id, preferences.key(person_id).pk, ("link",), caller, "link_preferences")
    return PreferencesLinkView(link=page_of(person_id))


def set_preferences_page(
    link: LinkText,
    request: Request,
    context: CommandContext,
    preferences: PreferencesRepository,
    messages: Messages,
    ended: EndedLinksRepository,
    footer_links: FooterLinksRepository,
) -> HtmlPage:
    """Say on the page behind a link how you would like to be written to, or by a mail's button."""
    stops = page.is_one_click(request)
    found, person = load_by_link(
        link, request.source_address, preferences, messages, ended, only_stops=stops
    )
    context.actor = person
    if stops:
        _stop(found, SetBy.LINK, context, preferences)
    elif chosen := page.choices_of(request, found):
        _change(found, chosen, SetBy.LINK, context, preferences)
    else:
        return page.of_preferences(found, 422)
    return page.of_thanks(found.region, footer_links)


def heed_word(
    provider: str, chat: str, said: str, preferences: PreferencesRepository, messages: Messages
) -> tuple[list[Row], list[Event]]:
    """Return the rows and events by which a word to a bot stops what can be declined, or starts it.

    It counts for all the people of the chat.
    """
    word = page.word_of(said)
    if word is None:
        return [], []
    now, mark = clock.now(), mark_of(Destination("bot", address_of(provider, chat)))
    people = _people_at(messages.latest_at(mark), preferences, messages)
    return _changes(people, [each.heed(word, now) for each in people], preferences)


def stop_by_complaint(
    message: Message, preferences: PreferencesRepository, messages: Messages
) -> tuple[list[Row], list[Event]]:
    """Return the rows and events that stop what can be declined where a mail was called spam.

    It counts for all who get their mail at that address, which of a message that has taken another
    way since is not known any more.
    """
    mark = message.address_mark if message.channel == Channel.EMAIL else None
    there = messages.latest_at(mark) if mark else []
    people = _people_at([message, *there], preferences, messages)
    now = clock.now()
    return _changes(people, [each.stop(SetBy.COMPLAINT, now) for each in people], preferences)


def _people_at(
    sent: Sequence[Message], preferences: PreferencesRepository, messages: Messages
) -> list[Preferences]:
    """Return what those prefer who were last sent something at an address.

    One person may be several to us, as a family and as the holder of a card; records of one family
    are one.
    """
    people = dict.fromkeys(
        each.person_id
        for each in sent
        if each.person_id and each.created_at > sent[0].created_at - OF_AN_ADDRESS
    )
    asked = islice(people, MOST_AT_AN_ADDRESS)
    known = (preferences.find_known(each, messages) for each in asked)
    return list({each.person_id: each for each in known if each is not None}.values())


def _changes(
    before: Sequence[Preferences], after: Sequence[Preferences], preferences: PreferencesRepository
) -> tuple[list[Row], list[Event]]:
    """Return the rows and events of those whose preferences have changed; one is answered."""
    changed = [then for each, then in zip(before, after, strict=True) if then is not each]
    events = [preferences_changed(each, acknowledged=each is changed[0]) for each in changed]
    return list(map(preferences.row, changed)), list(events)


def _stop(
    found: Preferences, by: SetBy, context: CommandContext, preferences: PreferencesRepository
) -> None:
    stopped = found.stop(by, clock.now())
    preferences.save(context, stopped, events=[preferences_changed(stopped)])


def _change(
    found: Preferences,
    body: SetPreferences,
    by: SetBy,
    context: CommandContext,
    preferences: PreferencesRepository,
) -> Receipt:
    changed = found.change(body.channels, body.unwanted, body.together, by, clock.now())
    return preferences.save(context, changed, events=[preferences_changed(changed)])
