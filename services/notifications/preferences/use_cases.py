"""How a person says what it prefers: by its token, by a link, to the staff, by a word to a bot."""

from collections.abc import Sequence
from itertools import islice

from services.notifications.channels.bot.chats import address_of
from services.notifications.footer_links.repository import FooterLinksRepository
from services.notifications.messages.domain import Message
from services.notifications.messages.recipients import Destination, mark_of
from services.notifications.messages.repository import LATEST, Messages
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
from shared.identity.signed_links import LinkText
from shared.principal import Principal
from shared.storage.command_context import CommandContext, Receipt

# One commit holds the wishes of so many people with one address.
MOST_READERS = 5


def set_own_preferences(
    body: SetPreferences,
    context: CommandContext,
    preferences: PreferencesRepository,
    messages: Messages,
) -> Receipt:
    """Say how you would like to be written to."""
    actor = context.actor
    found = load_authorised(actor.acts_for, "set_preferences", actor, preferences, messages)
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
    person_id: PersonId, caller: Principal, preferences: PreferencesRepository, messages: Messages
) -> PreferencesLinkView:
    """Return a link to the page on which a person says it itself, to be sent or read to it."""
    load_authorised(person_id, "set_preferences", caller, preferences, messages)
    return PreferencesLinkView(link=page_of(person_id))


def set_preferences_page(
    link: LinkText,
    request: Request,
    context: CommandContext,
    preferences: PreferencesRepository,
    messages: Messages,
    footer_links: FooterLinksRepository,
) -> HtmlPage:
    """Say on the page behind a link how you would like to be written to, or by a mail's button."""
    found, person = load_by_link(link, request.source_address, preferences, messages)
    context.actor = person
    if page.is_one_click(request):
        _stop([found], SetBy.LINK, context, preferences)
    else:
        _change(found, page.choices_of(request), SetBy.LINK, context, preferences)
    return page.of_thanks(found.region, footer_links)


def stop_by_word(
    provider: str,
    chat: str,
    said: str,
    context: CommandContext,
    preferences: PreferencesRepository,
    messages: Messages,
) -> bool:
    """Stop what the people of a chat can do without, when asked for that; else return False.

    They are known by what they were last sent there: one person may be a family and hold a card.
    """
    if not page.asks_to_stop(said):
        return False
    found = messages.latest_at(_mark(address_of(provider, chat)), LATEST)
    bare = messages.latest_at(_mark(chat), LATEST)
    found += [each for each in bare if each.provider == provider]
    return stop_for_readers(found, SetBy.WORD, context, preferences, messages)


def _mark(address: str) -> str:
    return mark_of(Destination("bot", address))


def stop_for_readers(
    found: Sequence[Message],
    by: SetBy,
    context: CommandContext,
    preferences: PreferencesRepository,
    messages: Messages,
) -> bool:
    """Stop what the readers of messages can do without, if the address still reaches them."""
    latest = dict[str, Message]()
    for each in found:
        if each.person_id is not None:
            latest.setdefault(each.person_id, each)
    people = (
        preferences.load(person, messages)
        for person, message in latest.items()
        if messages.latest_mark(person, message.channel) == message.address_mark
    )
    wishes = {each.person_id: each for each in islice(people, MOST_READERS)}
    if wishes:
        _stop([*wishes.values()], by, context, preferences)
    return bool(wishes)


def _stop(
    found: Sequence[Preferences],
    by: SetBy,
    context: CommandContext,
    preferences: PreferencesRepository,
) -> None:
    stopped = [each.stop(by, clock.now()) for each in found]
    rows = map(preferences.row, stopped)
    preferences.store.commit(context, *rows, events=[*map(preferences_changed, stopped)])


def _change(
    found: Preferences,
    body: SetPreferences,
    by: SetBy,
    context: CommandContext,
    preferences: PreferencesRepository,
) -> Receipt:
    changed = found.change(body.channels, body.unwanted, body.together, by, clock.now())
    return preferences.save(context, changed, events=[preferences_changed(changed)])
