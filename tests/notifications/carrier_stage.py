"""Notifications with real channels, a card's holder, and the carriers' fake servers."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aws_lambda_powertools.utilities.circuit_breaker import base

from services.notifications.channels import breaker
from services.notifications.channels.registry import Channels
from shared import clock, parameters
from shared.events import cards
from tests.notifications.fakes import (
    CARD,
    OF_HOLDER,
    FakeContactOwners,
    FakeProvider,
    NotificationsHarness,
)
from tests.support.carriers import CarrierServer, carrier_server
from tests.support.world import at, world_at

PARAMETER = "/ryadom/test/channels"
START = at("2026-09-14 10:00")
# A contact per provider, and the providers that are switched on besides the staff's list.
PLACES = {
    "max": ("bot", "max:15"),
    "vk": ("bot", "vk:15"),
    "telegram": ("bot", "telegram:15"),
    "smsc": ("sms", None),
    "sms_aero": ("sms", None),
    "sns": ("sms", None),
    "ses": ("email", "anna@example.org"),
}


class Stage:
    """Notifications with real channels, a holder, and the carriers."""

    def __init__(self, harness: NotificationsHarness, server: CarrierServer) -> None:
        self.harness = harness
        self.server = server
        self.owners = harness.owners
        self.now = START
        server.carriers.now = lambda: clock.iso(self.now)

    def configure(self, **providers: Any) -> None:
        """Let the stage have these providers, in this order."""
        self.harness.world.parameters.values[PARAMETER] = json.dumps(providers)
        parameters._secrets.cache_clear()

    def only(self, *names: str) -> None:
        """Let the stage have the carriers of these names, in this order."""
        all_of_them = self.server.configuration()
        self.configure(**{name: all_of_them[name] for name in names})

    def reach_by(self, provider: str) -> None:
        """Let the holder be reached by a provider."""
        channel, address = PLACES[provider]
        self.owners.change(channel=channel, address=address)

    def tell(self, number: int = 1, urgent: bool = False) -> None:
        """Let a card's holder get news."""
        card = f"{CARD[:-3]}{number:03d}"
        self.harness.tell(_urgent(card) if urgent else _news(card))

    def let_pass(self, **time_passes: float) -> None:
        """Let business time pass, with sweeps eleven minutes apart at first and in its last hour.

        What is in doubt is settled by the first, as in life, where one comes each minute.
        """
        until, shortest = self.now + timedelta(**time_passes), timedelta(minutes=11)
        step = shortest
        while self.now < until:
            self.now = min(self.now + step, until)
            self.harness.world.advance(self.now)
            step = max(shortest, (until - self.now) / 6)

    def clean(self) -> None:
        """Forget what was sent and stored, on the first morning again."""
        self.now = START
        self.harness.world.set_time(START)
        self.harness.world.dynamodb.tables.clear()
        self.server.provider.forget()
        self.server.carriers.states.clear()
        self.server.carriers.copies.clear()
        base._LOCAL_FAILURES.clear()

    def rest_is_over(self) -> None:
        """Let no provider rest any more: a breaker counts by the clock on the wall."""
        for rows in self.harness.world.dynamodb.tables.values():
            for key in [each for each in rows if breaker.PARTITION in str(each)]:
                del rows[key]
        base._LOCAL_FAILURES.clear()

    def message(self) -> dict[str, Any]:
        """The message to the holder."""
        (found,) = [m for m in self.harness.docs("MESSAGE") if m["audience"] == "holder"]
        return found

    def copies(self) -> list[int]:
        """How many copies of each message people have got."""
        return list(self.server.copies().values())


def _news(card: str) -> cards.CardRevoked:
    of = OF_HOLDER | {"card_id": card, "holder_id": f"hol_{card}", "reason": "other"}
    return cards.CardRevoked.model_validate(of)


def _urgent(card: str) -> cards.SignInRequested:
    return cards.SignInRequested(
        region="ZR",
        sign_in_id="sgn_01HC0000000000000000000000",
        known=True,
        use="sign_in",
        expires_at=clock.iso(START + timedelta(minutes=10)),
    )


@contextmanager
def carrier_stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """Run notifications with real channels over the carriers' fake servers."""
    monkeypatch.setattr(breaker, "RESTS_SECONDS", 1)
    monkeypatch.setattr(breaker, "READ_AGAIN_SECONDS", 0)
    # Hours pass here in less than the second whose room is counted.
    monkeypatch.setattr(Channels, "has_room", lambda self, name, urgent: True)
    with carrier_server(tmp_path) as server, world_at(START, ("notifications",)) as world:
        base._LOCAL_FAILURES.clear()
        owners = FakeContactOwners()
        world.environment = {
            "CHANNEL_SECRETS": PARAMETER,
            "API_URL": "https://ryadom.test",
            "AWS_DEFAULT_REGION": "us-east-1",
        }
        world.functions = owners  # type: ignore[assignment]
        made = Stage(NotificationsHarness(world, FakeProvider(), owners), server)
        made.only(*PLACES)
        yield made
    base._LOCAL_FAILURES.clear()
