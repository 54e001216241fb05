"""Fixtures for every test: no test reaches a network, and each has a world of its own."""

import gc
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import botocore.session
import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

from infra.local_platform.platform import LocalPlatform
from tests.support import phone as phones
from tests.support.platforms import SharedPlatform
from tests.support.reference import StageProvider, reference_data
from tests.support.world import World, at, world_at

# A busy machine is no failure; what else holds is Hypothesis' own profile, in CI the one for CI.
# A test that suppresses a check names this one too: its list takes the place of ours.
settings.register_profile(
    "suite",
    settings.get_profile(settings.get_current_profile_name()),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("suite")

# Models of AWS's services stay in memory; each session reads them again otherwise.
vars(botocore.session)["create_loader"] = cache(vars(botocore.session)["create_loader"])

STORY_BEGINS = at("2026-09-14 09:00")
# Files of a group, or of a folder that is one, run in one worker: they share what takes seconds to
# make. One platform runs at a time: two of them, each a dozen processes, keep each other waiting.
GROUPS = {
    "tests/cards/test_on_the_platform.py": "platform",
    "tests/infra/local_platform/test_platform.py": "platform",
    "tests/journeys/test_platform.py": "platform",
    "tests/cards/directory/test_in_a_browser.py": "browser",
    "tests/notifications/feedback/test_in_a_browser.py": "browser",
    "tests/cross_service/test_messages_per_step.py": "messages per step",
    "tests/journeys/autumn": "all stories",
    "tests/guards/test_toy_service.py": "toy service",
    "tests/infra/packaging/test_layers.py": "packages",
    "tests/infra/packaging/test_package.py": "packages",
    "tests/infra/test_cold_start_bench.py": "packages",
}


@pytest.fixture(scope="session", autouse=True)
def regions() -> Iterator[StageProvider]:
    """The regions of the local stage, known to every test."""
    with reference_data() as found:
        yield found


@pytest.fixture
def world() -> Iterator[World]:
    """All four services, at the hour in which the demo story begins."""
    with world_at(STORY_BEGINS) as found:
        yield found


@pytest.fixture(scope="session")
def shared_platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedPlatform]:
    """The platform of this run, for a test that takes it for itself."""
    shared = SharedPlatform(lambda: tmp_path_factory.mktemp("platform"))
    yield shared
    shared.stop()


@pytest.fixture(scope="module")
def platform(shared_platform: SharedPlatform) -> LocalPlatform:
    """The local platform with IAM enforced, shared with other modules."""
    return shared_platform.running()


@pytest.fixture(scope="session")
def switched_on() -> Iterator[phones.Phone | str]:
    """The one browser of a run, on a small screen; or what this machine lacks for it."""
    missing = phones.missing()
    if missing is not None:
        yield missing
        return
    with phones.phone() as opened:
        yield opened


@pytest.fixture
def phone(
    switched_on: phones.Phone | str, record_property: Callable[[str, object], None]
) -> phones.Phone:
    """A phone; a machine without one says at the end of the run what to install."""
    if isinstance(switched_on, str):
        record_property("told", f"Pages were not looked at: {switched_on}")
        pytest.skip(switched_on)
    return switched_on


@pytest.fixture
def no_pauses() -> Iterator[None]:
    """Collect no garbage: in a worker of two gigabytes that takes as long as a short call."""
    gc.disable()
    yield
    gc.enable()


def pytest_configure() -> None:
    """Collect no garbage while modules load: all that they make stays."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Take what is loaded out of the garbage collector's rounds, and let those be few."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()


class ByGroup(LoadScopeScheduling):  # type: ignore[misc]
    """Gives out groups whole and other tests one by one.

    The groups of xdist's own `loadgroup` are names in a field that pytest 9.2 reads no more.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return GROUPS.get(file) or GROUPS.get(file.rpartition("/")[0], nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByGroup | None:
    """Give out tests by their groups where the command asks for groups."""
    return ByGroup(config, log) if config.getvalue("dist") == "loadgroup" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest tests, so that both workers end together."""
    for item in items:
        if item.get_closest_marker("platform"):
            assert GROUPS.get(item.nodeid.partition("::")[0]) == "platform", item.nodeid
    items.sort(key=_how_long)


def _how_long(item: pytest.Item) -> int:
    """Return 0 for what takes longest: the platform, then the other slow tests, then the rest."""
    if item.get_closest_marker("platform"):
        return 0
    return 1 if item.get_closest_marker("slow") else 2


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show the lines that tests leave by `record_property("told", …)`, in whichever process."""
    told = {
        str(line): None
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, line in getattr(report, "user_properties", ())
        if name == "told" and (report.when == "call" or report.skipped)
    }
    for line in told:
        terminalreporter.write_line(line)
