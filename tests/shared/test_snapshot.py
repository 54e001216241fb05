"""Restored containers go their own ways."""

import random
import sys
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from shared.api.app import ServiceApp


def test_an_app_restored_twice_from_one_snapshot_draws_different_numbers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hooks: list[Callable[[], None]] = []
    runtime = SimpleNamespace(register_after_restore=hooks.append)
    monkeypatch.setitem(sys.modules, "snapshot_restore_py", runtime)
    ServiceApp("intake")
    snapshot, drawn = random.getstate(), []
    for _ in range(2):
        random.setstate(snapshot)
        for restored in hooks:
            restored()
        drawn.append(random.random())
    assert drawn[0] != drawn[1]
