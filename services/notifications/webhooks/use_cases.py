"""Taking what a provider lets us know: verify, store, enqueue, answer; the rest is the queue's."""

from services.notifications.channels.port import (
    COMPLAINT,
    DeliveryReport,
    DeliveryStatus,
    ProviderUpdate,
    UpdateKind,
)
from services.notifications.channels.registry import Channels
from services.notifications.messages.repository import Messages
from services.notifications.messages.values import MessageStatus
from services.notifications.preferences.repository import PreferencesRepository
from services.notifications.preferences.use_cases import heed_word, stop_by_complaint
from services.notifications.sendings.fallback import awaits_arrival
from services.notifications.sendings.ledger import SendLedger
from services.notifications.webhooks.domain import StoredUpdate
from services.notifications.webhooks.policy import ProvenProvider
from services.notifications.webhooks.repository import WORDS_KEPT, StoredUpdates, id_of
from services.notifications.webhooks.values import (
    LONGEST_ID,
    LONGEST_WORDS,
    CallBackQuery,
    CallBackToken,
    ProviderName,
    readable,
)
from shared import clock
from shared.api.inputs import Request
from shared.api.pages import PlainText
from shared.api.problems import TooLarge
from shared.errors import Invalid
from shared.events.base import Event
from shared.observability import count
from shared.principal import system
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext
from shared.storage.rows import Row


def take_update(
    provider: ProviderName,
    query: CallBackQuery,
    caller: ProvenProvider,
    request: Request,
    context: CommandContext,
    updates: StoredUpdates,
    vault: Vault,
    preferences: PreferencesRepository,
    messages: Messages,
) -> PlainText:
    """Take an update of a provider of messages; one that was taken before changes nothing."""
    try:
        parsed = caller.channel.parse(request)
    except (Invalid, TooLarge):
        # It has proved who it is, and would send the same again and again.
        count("update_unreadable")
        return PlainText(text="ok")
    for update in parsed.updates:
        _store(update, caller.name, context, updates, vault, preferences, messages)
    return PlainText(text=parsed.answer)


def take_call_back(
    provider: ProviderName,
    token: CallBackToken,
    caller: ProvenProvider,
    request: Request,
    context: CommandContext,
    updates: StoredUpdates,
    vault: Vault,
    preferences: PreferencesRepository,
    messages: Messages,
) -> PlainText:
    """Take a call-back at an address that proves who calls: signed for a message, or secret."""
    query = CallBackQuery()
    return take_update(
        provider, query, caller, request, context, updates, vault, preferences, messages
    )


def _store(
    update: ProviderUpdate,
    provider: str,
    context: CommandContext,
    updates: StoredUpdates,
    vault: Vault,
    preferences: PreferencesRepository,
    messages: Messages,
) -> None:
    if len(update.message_id) > LONGEST_ID:
        count("update_unknown")
        return
    update_id = id_of(provider, readable(update.key))
    if updates.find(update_id) is not None:
        count("update_repeated")
        return
    words = {"chat": update.chat[:LONGEST_ID], "text": update.text[:LONGEST_WORDS]}
    said = {name: readable(text) for name, text in words.items()} if update.chat else {}
    until = clock.wall() + WORDS_KEPT
    sealed = vault.seal(update_id, update_id, said, expires_at=until) if said else []
    count(f"update_{update.kind.value}")
    changed, events = list[Row](), list[Event]()
    if said and update.kind is UpdateKind.SAID:
        changed, events = heed_word(provider, said["chat"], said["text"], preferences, messages)
    if changed:
        context = CommandContext(system("notifications"), "heed_word", context.correlation_id)
    stored = _stored(update_id, provider, update)
    updates.save(context, stored, *changed, events=events, writes=sealed)


def _stored(update_id: str, provider: str, update: ProviderUpdate) -> StoredUpdate:
    report = update.report
    return StoredUpdate(
        update_id=update_id,
        provider=provider,
        kind=update.kind.value,
        message_id=readable(update.message_id),
        delivery=report.status.value if report else "",
        code=report.code if report else None,
        received_at=clock.now(),
    )


def handle_update(
    update_id: str,
    context: CommandContext,
    updates: StoredUpdates,
    ledger: SendLedger,
    channels: Channels,
    preferences: PreferencesRepository,
) -> None:
    """Store in the ledger what a provider has reported about a message, and heed a complaint."""
    update = updates.get(update_id)
    if update.due_at is None:
        return
    message = ledger.messages.find(update.message_id)
    stopped, events = list[Row](), list[Event]()
    if message is not None:
        parts = message.parts_in_doubt if update.provider in message.doubts else ()
        heard_of = [message, *ledger.messages.get_many(parts)]
        if any(each.status is MessageStatus.CLAIMED for each in heard_of):
            # Its worker stores the outcome first, with what it costs; the next sweep comes back.
            return
        report = DeliveryReport(DeliveryStatus(update.delivery), update.code)
        for each in heard_of:
            hearing = CommandContext(
                system("notifications"), "hear_delivery", each.correlation_id, update_id
            )
            awaits = awaits_arrival(each, channels.arrival(update.provider))
            ledger.hear(each, update.provider, report, hearing, awaits=awaits)
        if update.code == COMPLAINT:
            context = CommandContext(
                system("notifications"), "heed_complaint", message.correlation_id, update_id
            )
            stopped, events = stop_by_complaint(message, preferences, ledger.messages)
    updates.save(context, update.handle(clock.now()), *stopped, events=events)
