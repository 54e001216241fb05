"""Whatever is done about families, and whatever overtakes it, their records stay one truth."""

import os
from random import Random

import pytest

from tests.histories.commands import BEGIN
from tests.histories.families import Hotline
from tests.histories.family_agreement import faults, miscounts
from tests.intake.api_client import IntakeClient
from tests.support.repeatable import HISTORIES, repeat, shuffle
from tests.support.world import world_at

# More find more, as of HISTORIES: STEPS=500 pytest tests/histories/test_any_family.py
STEPS = int(os.environ.get("STEPS", "200"))


@pytest.mark.parametrize("seed", HISTORIES)
def test_records_of_families_agree(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    repeat(seed, BEGIN, monkeypatch)
    with world_at(BEGIN, ("intake",)) as world:
        shuffle(world, seed)
        hotline = Hotline(IntakeClient(world), Random(seed))
        for _ in range(10):
            hotline.go(STEPS // 10)
            assert miscounts(hotline) == []
        for hours in (24, 1):
            hotline.time_passes(hours)
        assert faults(hotline) == []
        assert len({event["type"] for event in world.events()}) > 14  # it was a history
