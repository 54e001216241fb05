"""Subscribing a bot to its messenger's updates, and noticing when they stop."""

from services.notifications import settings
from services.notifications.bots.domain import Bot
from services.notifications.bots.policy import resource
from services.notifications.bots.repository import Bots
from services.notifications.bots.values import BotState
from services.notifications.channels.registry import Channels
from services.notifications.policy import POLICY
from services.notifications.webhooks.values import ProviderName
from shared import clock
from shared.observability import count
from shared.storage.command_context import CommandContext, Receipt

WEBHOOK_PATH = "/notifications/v1/webhooks/"


def subscribe_bot(name: ProviderName, context: CommandContext, bots: Bots) -> Receipt:
    """Have a messenger send us its updates, for the first time or again; the queue does it.

    This function may not read which bots there are: of none the state is `absent` a moment later.
    """
    POLICY.require(context.actor, "subscribe_bot", resource(name))
    bot = bots.find(name) or Bot(name=name)
    return bots.save(context, bot.ask(clock.now()))


def watch_bot(name: str, context: CommandContext, bots: Bots, channels: Channels) -> None:
    """Subscribe a bot that waits for it, and look whether its messenger still sends updates.

    Where this release reads more kinds of them than it is subscribed to, it is subscribed anew.
    """
    bot, now, messenger = bots.get(name), clock.now(), channels.find_bot(name)
    if bot.due_at is None or now < bot.due_at:
        return
    if messenger is None:
        if bot.status is not BotState.ASKED:  # who asks reads that there is none
            count("bot_subscription_lost")
        bots.save(context, bot.lack(now))
        return
    url = settings.api_url().rstrip("/") + WEBHOOK_PATH + name
    asked = bot.status is BotState.ASKED
    receives = messenger.subscribe(url) if asked else messenger.receives(url)
    if receives and not asked and bot.updates != messenger.wanted:
        receives = messenger.subscribe(url) or None  # what it sends already still comes
    if receives is None:
        bots.save(context, bot.look_again(now))
        return
    if not receives:
        count("bot_subscription_lost")
    found = bot.find_receiving(now, messenger.wanted) if receives else bot.lose(now)
    bots.save(context, found)
