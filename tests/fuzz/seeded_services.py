"""Each service with seeded data: business time is frozen, the data is made through its own API."""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from infra.services import app_folders, owner
from shared import clock
from tests.fuzz.callers import SeededService
from tests.support.api import Api
from tests.support.world import World, world_at


@contextmanager
def seeded_service(service: str, patch: pytest.MonkeyPatch) -> Iterator[SeededService]:
    """Seed a service so that each of its operations can be called with success."""
    module = importlib.import_module(f"tests.fuzz.{service}_callers")
    patch.setattr(clock, "wall", lambda: module.START)
    with world_at(module.START, (owner(service),)) as world:
        callers = module.callers(world, patch)
        yield SeededService(service, world, _api(service, world), callers)


def _api(service: str, world: World) -> Api:
    if service in world.apps:
        return world.api(service)
    return Api(importlib.import_module(f"{app_folders()[service].replace('/', '.')}.app").app)
