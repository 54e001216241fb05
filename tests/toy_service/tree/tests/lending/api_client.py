"""The people of the tests and what they do through the API of lending."""

import itertools
import json
from typing import Any

from shared import clock
from shared.events.base import to_cloud_event
from shared.events.intake import CaseClosed
from shared.principal import Principal
from tests.support.api import Answer
from tests.support.world import World

CASE = "cas_01ARZ3NDEKTSV4RRFFQ69G5FAV"
LOAN = {"region": "ZR", "case_id": CASE, "item": "pram", "due_on": "2026-10-12"}

_numbers = itertools.count()


def person(name: str, role: str, region: str) -> Principal:
    """A person of the staff."""
    return Principal(id=name, kind="person", role=role, roles=(role,), regions=(region,))


HQ = person("HQ-1", "regional_hq", "ZR")
HQ_Y = person("HQ-Y", "regional_hq", "YY")
OPERATOR = person("OP-1", "hotline_operator", "ZR")


def post(world: World, path: str, who: Principal = HQ, **body: Any) -> Answer:
    """Send a command under a key of its own."""
    return world.api("lending", who).post(path, body or None, key=f"key-{next(_numbers)}")


def lend(world: World, who: Principal = HQ, **changes: Any) -> Answer:
    """Lend the family a pram."""
    return post(world, "/v1/loans", who, **(LOAN | changes))


def view(world: World) -> Any:
    """View the family's loan."""
    return world.api("lending", HQ).get(f"/v1/loans/{CASE}").json


def close_case(world: World, times: int = 1) -> None:
    """Let intake publish that the family's case is closed."""
    with world.service("lending"):
        detail = to_cloud_event(
            CaseClosed(region="ZR", case_id=CASE, family_id="fam_1", reason="helped"),
            event_id="evt_1",
            time=clock.now(),
            sequence=1,
            correlation_id="cor_test",
            causation_id=None,
        )
    body = json.dumps({"detail-type": CaseClosed.detail_type(), "detail": json.loads(detail)})
    world.queue.messages["lending"] += [body] * times
    world.settle()
