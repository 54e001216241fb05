"""Each service on its stage: a world with time standing still, seeded through its own API."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra.services import owner
from services.cards.till import app as till_app
from shared import clock
from tests.cards.till.till_client import serving
from tests.fuzz import (
    cards_callers,
    intake_callers,
    matching_callers,
    notifications_callers,
    till_callers,
)
from tests.fuzz.callers import Seat, Stage
from tests.notifications.fakes import FakeGateway, FakeOwners
from tests.support.api import Api
from tests.support.world import World, at, world_at

MORNING = at("2026-09-14 10:00")
NOON = at("2026-10-12 12:00")


@contextmanager
def stage(service: str, path: Path, patch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A service ready to be called at every operation."""
    start = NOON if service in ("cards", "till") else MORNING
    patch.setattr(clock, "wall", lambda: start)
    with world_at(path, start, (owner(service),)) as world:
        if service == "till":
            kit = till_callers.kit(world)
            with serving(kit, patch):
                yield Stage(service, world, Api(till_app.app), till_callers.seats(world, kit))
        else:
            yield Stage(service, world, world.api(service), _seats(service, world, patch))


def _seats(service: str, world: World, patch: pytest.MonkeyPatch) -> dict[str, Seat]:
    if service == "notifications":
        return _notified(world, patch)
    makers: dict[str, Callable[[World], dict[str, Seat]]] = {
        "intake": intake_callers.seats,
        "matching": matching_callers.seats,
        "cards": cards_callers.seats,
    }
    return makers[service](world)


def _notified(world: World, patch: pytest.MonkeyPatch) -> dict[str, Seat]:
    from services.notifications.messages import gateway as module

    gateway, owners = FakeGateway(), FakeOwners()
    world.environment = {"PUBLIC_URL": "https://ryadom.test"}
    world.functions = owners  # type: ignore[assignment]
    patch.setattr(module, "gateway", lambda: gateway)
    return notifications_callers.seats(world, gateway, owners)
