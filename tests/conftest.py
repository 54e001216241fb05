"""Fixtures for every test: no test reaches a network, and each has a world of its own."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.reference import StageProvider, reference_data
from tests.support.world import World, at, world_at

STORY_BEGINS = at("2026-09-14 09:00")


@pytest.fixture(scope="session", autouse=True)
def regions() -> Iterator[StageProvider]:
    """The regions of the local stage, known to every test."""
    with reference_data() as found:
        yield found


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """All four services, at the hour in which the demo story begins."""
    with world_at(tmp_path, STORY_BEGINS) as found:
        yield found


def pytest_configure() -> None:
    """Collect no garbage while modules load: all that they make stays."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Take what is loaded out of the garbage collector's rounds, a sixth of the tests' time."""
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long tests begin first, so that both workers end together; one platform runs at a time."""
    spread = config.pluginmanager.hasplugin("xdist")
    for item in items:
        if spread and item.get_closest_marker("platform"):
            item.add_marker(pytest.mark.xdist_group("platform"))
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show the lines that tests leave by `record_property("told", …)`, in whichever process."""
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, line in getattr(report, "user_properties", ()):
                if name == "told" and report.when == "call":
                    terminalreporter.write_line(str(line))
