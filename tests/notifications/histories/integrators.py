"""Systems of integrators that hear events: they take them, refuse, fall silent or are gone."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from services.notifications.channels.hooks import HookAnswer
from services.notifications.webhook_endpoints.use_cases import offered_events
from tests.notifications.fakes import OPERATIONS
from tests.support.world import World

ANSWERS = (200, 200, 204, 302, 429, 500, None, 410)


@dataclass
class Integrators:
    """The way out to their systems, of which none is called; `taken` are the events they have."""

    chance: Random
    trouble: float = 0.0
    taken: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    bodies: list[bytes] = field(default_factory=list)

    def post(self, name: str, url: str, body: bytes, headers: Mapping[str, str]) -> HookAnswer:
        """Answer as a system does, or let it rest."""
        resting = self.chance.random() < self.trouble / 4
        return HookAnswer(resting=True) if resting else self.post_now(url, body, headers)

    def post_now(self, url: str, body: bytes, headers: Mapping[str, str]) -> HookAnswer:
        """Answer as a system does."""
        fails = self.chance.random() < self.trouble
        answer = HookAnswer(self.chance.choice(ANSWERS) if fails else 200)
        self.bodies.append(body)
        if answer.taken:
            self.taken[url].append(headers["webhook-id"])
        return answer

    def register(self, world: World) -> None:
        """Let one system hear what happens in a region, and one what happens anywhere."""
        offered = sorted(each.detail_type() for each in offered_events())
        for region in ("ZR", "ALL"):
            body = {"region": region, "url": f"https://hear.example/{region}"}
            heard = {"event_types": self.chance.sample(offered, 40)}
            api = world.api("notifications", OPERATIONS)
            assert api.post("/webhook-endpoints", body | heard, key=region).status == 201

    def faults(self, endpoints: list[dict[str, Any]], log: list[dict[str, Any]]) -> Iterator[str]:
        """Each delivery has an end that its receiver knows of; none is there twice."""
        urls = {each["endpoint_id"]: each["url"] for each in endpoints}
        seen = [(each["endpoint_id"], each["event_id"]) for each in log]
        if len(seen) != len({*seen}):
            yield "an event has two deliveries to one endpoint"
        for each in log:
            has = each["event_id"] in self.taken[urls[each["endpoint_id"]]]
            # What a receiver has may fail when it is sent once more.
            if each["status"] == "waiting" or (each["status"] == "delivered" and not has):
                yield f"{each['delivery_id']} is {each['status']}, its receiver has it: {has}"
