"""Whatever people do and in whatever order, services agree and all work can be done."""

import os
from collections.abc import Iterator
from random import Random

import pytest

from tests.histories.agreement import faults
from tests.histories.walk import BEGIN, TryingClient, Walk
from tests.support.repeatable import HISTORIES, repeat, shuffle

# More find more, as of HISTORIES: STEPS=900 pytest tests/histories
STEPS = int(os.environ.get("STEPS", "250"))


@pytest.fixture
def client(seed: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[TryingClient]:
    """A staffed region without a family."""
    repeat(seed, BEGIN, monkeypatch)
    with TryingClient.staffed_at(BEGIN, monkeypatch) as found:
        shuffle(found.world, seed)
        yield found


@pytest.mark.parametrize("seed", HISTORIES)
def test_services_agree_and_work_can_be_done(client: TryingClient, seed: int) -> None:
    walk = Walk(client, Random(seed))
    walk.go(STEPS)
    for hours in (24, 1):  # what ends by itself in the last day is over, too
        walk.time_passes(hours)
    assert faults(walk) == []
    told = {event["type"] for event in client.world.events()}
    assert len(told) > 35 and client.refused < client.calls / 2  # it was a history
