"""Whatever happens and in whatever order, nothing is forgotten, said twice or left open."""

import json
import os
from collections.abc import Iterator
from random import Random

import pytest

from services.notifications.channels.hooks import HookSender
from services.notifications.channels.registry import Channels, configured
from services.notifications.preferences.repository import PreferencesRepository
from shared import parameters
from tests.notifications.fakes import NotificationsHarness
from tests.notifications.histories.integrators import Integrators
from tests.notifications.histories.people import People
from tests.notifications.histories.providers import Fate, FatefulChannels
from tests.notifications.histories.settled import faults
from tests.notifications.histories.walk import BEGIN, Walk
from tests.support.carriers import configuration
from tests.support.repeatable import HISTORIES, repeat, shuffle
from tests.support.world import world_at

# More find more, as of HISTORIES: STEPS=500 pytest tests/notifications/histories
STEPS = int(os.environ.get("STEPS", "250"))
PARAMETER = "/ryadom/test/channels"


@pytest.fixture
def walk(seed: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Walk]:
    """Notifications alone, between people and providers that do as they like."""
    repeat(seed, BEGIN, monkeypatch)
    chance = Random(seed)
    with world_at(BEGIN, ("notifications",)) as world:
        shuffle(world, seed)
        people = People(chance)
        world.functions = people  # type: ignore[assignment]
        harness = NotificationsHarness(world, None, people)  # type: ignore[arg-type]
        wishes = PreferencesRepository(world.stores["notifications"])

        def unwanted_of(person: str | None) -> tuple[str, ...]:
            found = wishes.of(person) if person else None
            return found.unwanted if found else ()

        FatefulChannels.fate = fate = Fate(chance, harness.row_of, unwanted_of)
        integrators = Integrators(chance)
        monkeypatch.setattr(HookSender, "connect", lambda: integrators)
        world.environment = {"API_URL": "https://ryadom.test", "CHANNEL_SECRETS": PARAMETER}
        world.parameters.values[PARAMETER] = json.dumps(providers())
        parameters._secrets.cache_clear()
        store = world.stores["notifications"]
        monkeypatch.setattr(Channels, "connect", lambda: FatefulChannels(configured(), store))
        yield Walk(harness, people, fate, integrators, chance)


def providers() -> dict[str, dict[str, object]]:
    """The providers of the local stage, of which those that can report arrivals do."""
    found = configuration("https://carriers.test")
    reporting = ("smsc", "sms_aero", "ses")
    return {
        name: each | {"reports": name in reporting}
        for name, each in found.items()
        if name not in ("sns", "gateway")
    }


@pytest.mark.parametrize("seed", HISTORIES)
def test_messages_and_work_come_to_rest(walk: Walk) -> None:
    walk.go(STEPS)
    walk.come_to_rest()

    assert faults(walk) == []
    statuses = {each["status"] for each in walk.harness.docs("MESSAGE")}
    assert {"sent", "withheld"} < statuses and len(walk.fate.sent) > 25  # it was a history
