"""Histories at random that are the same again for the same seed.

Loops of our own walk them, not Hypothesis' state machines: those leave rules out and know no
weights, so they come less far in as many steps, and to shorten a history takes hundreds of runs.
"""

import itertools
import os
import secrets
from datetime import datetime, timedelta
from random import Random

import pytest

from shared import clock
from tests.support.world import World

# The seeds of every test by chance. More find more: HISTORIES=100 pytest tests/histories
HISTORIES = range(int(os.environ.get("HISTORIES", "2")))


def repeat(seed: int, begin: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let ids, and with them their order, follow from the seed."""
    moments = itertools.count()
    monkeypatch.setattr(clock, "wall", lambda: begin + timedelta(milliseconds=next(moments)))
    monkeypatch.setattr(secrets, "token_bytes", Random(seed).randbytes)


def shuffle(world: World, seed: int) -> None:
    """Let events come in any order, every other time twice."""
    world.shuffle, world.copies = Random(seed), 1 + seed % 2
