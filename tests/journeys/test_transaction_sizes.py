"""Every way to change something, at its largest, and how many items its one transaction has.

What the stories of the autumn do not need is done here by the same people. Together they must use
every route that changes anything, and no transaction may pass the limit of the design.
"""

import re
from collections.abc import Iterator

import pytest

from demo import region
from demo.data import table
from demo.story_run import moment
from infra.services import ROOT
from services.cards.till.app import app as till
from shared.identity.claims import ACT_FOR_FAMILY
from shared.principal import Principal
from shared.storage import files
from tests.journeys.journey_world import JourneyWorld, journey_world_at
from tests.journeys.transaction_sizes import (
    calls,
    cards,
    families,
    guardians,
    holders,
    matches,
    messages,
    partners,
    volunteers,
)
from tests.journeys.transaction_sizes.extra_actions import ExtraActions
from tests.support.memory_s3 import MemoryS3

MAX_ITEMS = 16
# What READMEs say of the largest command.
LARGEST = {
    page.parent.name: said[0]
    for page in (ROOT / "services").glob("*/README.md")
    if (said := re.findall(r"(?m)^The largest command.*$", page.read_text("utf-8")))
}

# In this order: a family answers about a match that is there.
ERRANDS = (
    *guardians.ERRANDS,
    *calls.ERRANDS,
    *families.ERRANDS,
    *matches.ERRANDS,
    *messages.ERRANDS,
    # It lets the three days of a proposal pass.
    matches.a_late_introduction,
    matches.an_introduction_recorded_after_the_lapse,
    *cards.ERRANDS,
    *holders.ERRANDS,
    *partners.ERRANDS,
    *volunteers.ERRANDS,
)


@pytest.fixture(scope="module")
def extra() -> Iterator[ExtraActions]:
    """The region at the beginning of the autumn."""
    s3 = MemoryS3()
    with pytest.MonkeyPatch.context() as patch, journey_world_at(patch) as journey:
        patch.setattr(files.Files, "connect", lambda: files.Files(s3, "files"))
        journey.people["BOT"] = Principal(
            "bot", "machine", "bot", ("bot",), ("ZR",), scopes=(ACT_FOR_FAMILY, "bind_people")
        )
        run = region.load(journey, cards="first")
        journey.advance(moment("2026-09-14 13:00"))
        yield ExtraActions(journey, run, s3)


@pytest.mark.requirement("X-03")
def test_every_route_that_changes_something_is_used_in_bounded_transactions(
    extra: ExtraActions,
) -> None:
    extra.run.families |= table("families")
    for action in ERRANDS:
        action(extra)

    unused = {
        f"{method} /{service}{pattern}"
        for service, method, pattern in _routes(extra.journey)
        if not any(
            method == used and re.fullmatch(_shape(f"/{service}{pattern}"), path)
            for used, path in extra.journey.called
        )
    }
    assert unused == set()
    too_large = {a: n for a, n in extra.journey.sizes.items() if n > MAX_ITEMS}
    assert too_large == {}
    for service, said in LARGEST.items():
        assert f"{max(_sizes(extra, service))} items" in said, (service, said)


def _sizes(extra: ExtraActions, service: str) -> list[int]:
    return [size for (of, _), size in extra.journey.sizes.items() if of == service]


def _routes(journey: JourneyWorld) -> Iterator[tuple[str, str, str]]:
    """All routes that change something."""
    for service, module in journey.world.apps.items():
        for pattern, methods in module.app.routes.items():
            for method in methods:
                if method not in ("GET", "OPTIONS"):
                    yield service, method, pattern
    for route in till.declared:
        if route.method != "GET":
            yield "till", route.method, route.path


def _shape(pattern: str) -> str:
    return re.sub(r"\\{\w+\\}", "[^/]+", re.escape(pattern))
