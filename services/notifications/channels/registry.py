"""The providers of the stage: which carries a message, with its breaker and its rate.

They are one encrypted parameter in JSON, `{"name": {"kind": …, …}}`. Their order is that of
failover: of the providers of a channel the first is taken that is well and has not failed this
message; a bot's is the one that the address names. The staff's own list comes last, always.
"""

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Self

from pydantic import ConfigDict, Field, TypeAdapter

from services.notifications import settings
from services.notifications.channels import breaker
from services.notifications.channels.bot.chats import is_chat, messenger_of
from services.notifications.channels.bot.max import Max
from services.notifications.channels.bot.telegram import Telegram
from services.notifications.channels.bot.vk import Vk
from services.notifications.channels.email.ses import Ses
from services.notifications.channels.port import (
    Arrival,
    Bot,
    Channel,
    DeliveryReport,
    DeliveryStatus,
    OnDoubt,
    OutgoingMessage,
    Sending,
)
from services.notifications.channels.regional_gateway import RegionalGateway
from services.notifications.channels.sms.sms_aero import SmsAero
from services.notifications.channels.sms.smsc import Smsc
from services.notifications.channels.sms.sns import Sns
from services.notifications.channels.staff.work_list import WorkList
from shared import parameters
from shared.storage import connection
from shared.storage.store import Store

ProviderOfStage = Max | Vk | Telegram | Smsc | SmsAero | Sns | Ses | RegionalGateway
BOT = "bot"
OWN = "work_list"
# Seconds to wait for room: then the message is put off.
WAITS = (0.5, 0.6, 0.7)

CONFIGURATION: TypeAdapter[dict[str, ProviderOfStage]] = TypeAdapter(
    dict[
        Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,31}$")],
        Annotated[ProviderOfStage, Field(discriminator="kind")],
    ],
    config=ConfigDict(hide_input_in_errors=True),
)


class Channels:
    """All providers of the stage, by name."""

    def __init__(
        self,
        providers: Mapping[str, ProviderOfStage],
        store: Store,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._providers: dict[str, ProviderOfStage | WorkList] = {**providers, OWN: WorkList()}
        self._store = store
        self._pause = pause

    @classmethod
    def connect(cls) -> Self:
        """Return the providers that the stage's parameter names now."""
        return cls(configured(), connection.store())

    def choose(self, channel: str, to: str, avoid: Collection[str] = ()) -> str | None:
        """Return who carries a message: the first that is well, or that rests when none is."""
        able = [name for name in self._able(channel, to) if name not in avoid]
        well = (name for name in able if name == OWN or not breaker.rests(name))
        return next(well, able[0] if able else None)

    def has_room(self, name: str, urgent: bool) -> bool:
        """Whether a provider takes one more message now; waits a little for the next second.

        The last fifth of each second is kept for what is urgent, so that no rush delays a code.
        """
        if name == OWN:
            return True
        most = self._providers[name].per_second
        most = most if urgent else max(most - most // 5, 1)
        for wait in (*WAITS, None):
            if self._store.count(f"provider#{name}", most, 1):
                return True
            if wait is not None:
                self._pause(wait)
        return False

    def send(self, name: str, message: OutgoingMessage) -> DeliveryReport:
        """Hand a message to a provider unless it rests."""
        provider = self._providers[name]
        if isinstance(provider, Max | Vk | Telegram) and not is_chat(message.to):
            return DeliveryReport(DeliveryStatus.REFUSED, "no_such_address")
        if len(message.text) > provider.longest:
            return self._too_long(message)
        if isinstance(provider, WorkList):
            return provider.send(message)
        return breaker.guarded(name, lambda: provider.send(message))

    def _too_long(self, message: OutgoingMessage) -> DeliveryReport:
        """Leave a text to the provider of its channel that takes longer ones, if there is one."""
        able = (self._providers[name] for name in self._able(message.channel, message.to))
        fits = any(len(message.text) <= each.longest for each in able)
        status = DeliveryStatus.ABSENT if fits else DeliveryStatus.REFUSED
        return DeliveryReport(status, "too_long")

    def status(self, name: str, sending: Sending) -> DeliveryReport:
        """Ask a provider what it did with a message; one that is gone knows nothing."""
        provider = self._providers.get(name)
        return provider.status(sending) if provider else DeliveryReport(DeliveryStatus.UNKNOWN)

    def on_doubt(self, name: str) -> OnDoubt:
        """Return what may be done about a message with a provider whose outcome is unknown."""
        provider = self._providers.get(name)
        return provider.on_doubt if provider else OnDoubt.LEAVE

    def arrival(self, name: str) -> Arrival:
        """Return what is known of a message that a provider has taken."""
        provider = self._providers.get(name)
        if provider is None or (provider.arrival is Arrival.REPORTED and not provider.reports):
            return Arrival.SILENT
        return provider.arrival

    def drops_copies_for(self, name: str) -> timedelta:
        """Return for how long a provider that drops a second copy of a message knows the first."""
        provider = self._providers.get(name)
        return provider.drops_copies_for if provider else timedelta()

    def find(self, name: str) -> Channel | None:
        """Return a provider by its name."""
        return self._providers.get(name)

    def find_bot(self, name: str) -> Bot | None:
        """Return a messenger by its name."""
        provider = self._providers.get(name)
        return provider if isinstance(provider, Max | Vk | Telegram) else None

    def _able(self, channel: str, to: str) -> Iterator[str]:
        """Yield who can carry a message: a chat without a messenger is one of the first bot alone.

        In any other messenger another person has that number.
        """
        messenger = messenger_of(to) if channel == BOT else ""
        for name, provider in self._providers.items():
            if channel in provider.channels and messenger in ("", name, provider.kind):
                yield name
                if channel == BOT and not messenger:
                    return


def configured() -> dict[str, ProviderOfStage]:
    """Return the providers of the stage's parameter; none without one."""
    source = settings.channel_secrets()
    found = parameters.secret(source, CONFIGURATION) if source else {}
    return {name: each.named(name) for name, each in found.items()}
