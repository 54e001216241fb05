"""Looking at a bot."""

from services.notifications.bots.policy import resource
from services.notifications.bots.repository import Bots
from services.notifications.bots.views import BotView
from services.notifications.policy import POLICY
from services.notifications.webhooks.values import ProviderName
from shared.errors import NotFound
from shared.principal import Principal


def get_bot(name: ProviderName, caller: Principal, bots: Bots) -> BotView:
    """Show whether a messenger sends us updates."""
    if not POLICY.allows(caller, "view", resource(name)):
        raise NotFound("bot")
    return BotView.of(bots.get(name))
