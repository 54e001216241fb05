"""What lives of matching have in common: people try things by chance, and refusals are well."""

import json
from collections.abc import Iterable
from datetime import timedelta
from random import Random
from typing import Any, TypeVar

from shared import clock
from shared.domain import Aggregate
from shared.principal import Principal
from tests.matching.api_client import NAME, WORDS, MatchingClient
from tests.matching.steps import Said
from tests.support.api import Answer
from tests.support.offered_steps import Trial

Kept = TypeVar("Kept", bound=Aggregate)
PERSONAL = (NAME, WORDS, "+79")


class Life:
    """One history; `done` tells it in a failure."""

    rare: frozenset[str] = frozenset()  # taken at every chance these would leave nothing to do

    def __init__(self, client: MatchingClient, seed: int) -> None:
        self.client, self.chance = client, Random(seed)
        self.done: list[str] = []

    def some(self, things: Iterable[Any]) -> Any:
        return self.chance.choice([*things])

    def tries(self, who: Principal | None, path: str, body: Any = None, version: int = 0) -> Answer:
        """Do something that may be refused, never with a 500; its consequences come to rest."""
        self.client.keys += 1
        method, _, path = path.rpartition(" ")
        key, read = f"key-{self.client.keys}", version if method else None
        answer = self.client.api(who).call(method or "POST", path, body, key=key, if_match=read)
        self.done.append(f"{who and who.id} {path} {answer.status} {answer.json.get('code', '')}")
        assert answer.status < 500, self.done
        self.client.world.settle()
        return answer

    def takes(self, path: str, said: Said, callers: Iterable[Principal]) -> Answer:
        """Take a step of a thing, mostly one that is offered, as one of the callers."""
        who = self.some(callers)
        seen = self.client.api(who).get(path).json
        offered = [step for step in seen.get("next_steps", ()) if step in said]
        steps = offered if offered and self.chance.random() < 0.6 else [*said]
        weights = [1 if step in self.rare else 6 for step in steps]
        route, bodies = said[self.chance.choices(steps, weights)[0]]
        return self.tries(who, route, self.some(bodies), seen.get("version", 0))

    def is_offered_what_succeeds(
        self, path: str, said: Any, callers: Iterable[Principal], **more: Any
    ) -> None:
        """Try each step of a thing as each caller: nothing of it stays."""
        world = self.client.world
        Trial(world, path, said, **more).check(*map(self.client.api, callers))
        world.dynamodb.streamed.clear()
        for messages in world.queue.messages.values():
            messages.clear()

    def time_passes(self, *hours: float) -> None:
        moment = self.client.now() + timedelta(hours=self.some(hours))
        self.done.append(f"-- {moment}")
        self.client.world.advance(moment)

    def rows(self, kind: str) -> dict[str, dict[str, Any]]:
        """The documents of one kind of row, by the id in its key."""
        found = self.client.world.dynamodb.rows("matching-data")
        return {
            pk.partition("#")[2]: json.loads(row["doc"]["S"])
            for (pk, sk), row in found.items()
            if sk == kind
        }

    def all_of(self, model: type[Kept], kind: str) -> list[Kept]:
        """All there is of an aggregate."""
        return [model.model_validate(each) for each in self.rows(kind).values()]

    def unique(self, kind: str) -> dict[str, str]:
        """Who holds each unique name of a kind."""
        found = self.client.world.dynamodb.rows("matching-data")
        names = {pk: row for (pk, _), row in found.items() if pk.startswith(f"UNIQUE#{kind}#")}
        return {
            pk.removeprefix(f"UNIQUE#{kind}#"): row["held_by"]["S"] for pk, row in names.items()
        }

    def readable(self) -> set[str]:
        """The subjects whose words can be opened."""
        keys = self.client.world.dynamodb.rows("matching-keys")
        return {pk.removeprefix("SUBJECT#") for (pk, _), row in keys.items() if "wrapped" in row}

    def listed(self, who: Any, path: str, name: str, **query: Any) -> set[str]:
        """The ids of a list, by small pages."""
        page = self.client.get(who, path, limit=3, **query)
        found = [each[name] for each in page["items"]]
        while page["next_cursor"]:
            page = self.client.get(who, path, limit=3, cursor=page["next_cursor"], **query)
            found += [each[name] for each in page["items"]]
        assert len({*found}) == len(found), self.done
        return {*found}

    def comes_to_rest(self) -> None:
        """Nothing waits that could not be done, and nothing personal lies open."""
        world = self.client.world
        now = clock.iso(self.client.now())
        for (pk, sk), row in world.dynamodb.rows("matching-data").items():
            again = pk.startswith("PARKED#again#")  # looked at twice, in case one was overtaken
            assert again or not pk.startswith(("PARKED#", "QUARANTINE#")), (pk, sk, self.done)
            assert row.get("due_at", {"S": "later"})["S"] >= now[:19], (pk, row["due_at"])
        rows = (f"{row}" for table in world.dynamodb.tables.values() for row in table.values())
        for text in (*rows, *map(str, world.events())):
            assert not any(part in text for part in PERSONAL), text


def live(life: Any) -> None:
    """Compare all after each step; at times try all that is offered, too."""
    for _ in range(80):
        life.step()
        life.check()
        if life.chance.random() < 0.08:
            life.check_offers()
