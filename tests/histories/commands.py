"""Commands of one history: overtaken, sent again, and taken where a step is offered."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from shared.principal import Principal
from tests.intake.api_client import IntakeClient
from tests.support.api import Answer
from tests.support.world import at

BEGIN = at("2026-09-14 10:00")
# Steps that end something are taken seldom.
RARE = ("erase", "withdraw", "triage", "lift_care", "disown", "end")
# Why an offered step may be refused all the same: what was said, or another thing than this one.
BEYOND = {
    "card_holder_of_another_family", "case_is_with_headquarters", "erase_to_answer",
    "families_have_merged_records", "families_have_open_cases",
    "family_has_merged_records", "family_has_open_case", "family_is_anonymous",
    "family_waits_for_answer", "family_with_itself", "last_need_of_match", "last_open_need",
    "need_not_open",
    "no_clarified_need", "no_consent_to_share", "nothing_to_change", "no_contact_to_mend",
    "office_is_shown_nothing", "office_sees_already", "person_was_erased", "request_without_family",
    "still_asked_for",
}  # fmt: skip

Said = Mapping[str, tuple[str | tuple[str, ...], Sequence[Any]]]


@dataclass
class History:
    """One history; `faults` are offered steps that were refused without a reason in the world."""

    client: IntakeClient
    chance: Random
    now: datetime = BEGIN
    faults: list[str] = field(default_factory=list)
    overtaking: bool = False
    keys: int = 0

    def go(self, steps: int) -> None:
        """Let so many things be tried."""
        for _ in range(steps):
            self.move()

    def move(self) -> None:
        """Let something be tried."""
        raise NotImplementedError

    def post(
        self,
        who: Principal | None,
        path: str,
        body: Any = None,
        *,
        offered: bool = False,
        **more: Any,
    ) -> Answer:
        """Send a command, which another one may overtake between its reading and its writing."""
        late = not self.overtaking and self.chance.random() < 0.1
        self.keys += 1
        more = {"key": f"said-{self.keys}"} | more
        with self._overtaken() if late else nullcontext():
            answer = self.client.post(who, path, body, **more)
        assert answer.status < 500, (path, body, answer.text)
        if self.chance.random() < 0.15:
            self._repeat(answer, who, path, body, more)
        refused = answer.code if answer.status >= 400 else ""
        if offered and refused and not late and refused not in BEYOND:
            self.faults.append(f"{path} is offered {body} and refuses it: {answer.text}")
        self.client.world.settle()
        return answer

    def _repeat(
        self, first: Answer, who: Principal | None, path: str, body: Any, more: Any
    ) -> None:
        """Send a command again under its key: what was done is not done again."""
        tables = self.client.world.dynamodb
        kept = tables.snapshot()
        again = self.client.post(who, path, body, **more)
        same = (again.status, again.json, tables.snapshot()) == (first.status, first.json, kept)
        if first.status < 300 and not same:
            self.faults.append(f"{path} again: {first.text} and {again.text}")

    @contextmanager
    def _overtaken(self) -> Iterator[None]:
        dynamodb = self.client.world.dynamodb
        write = dynamodb.transact_write_items

        def interrupted(**asked: Any) -> Any:
            dynamodb.transact_write_items = write  # type: ignore[method-assign]
            self.overtaking = True
            self.move()
            self.overtaking = False
            return write(**asked)

        dynamodb.transact_write_items = interrupted  # type: ignore[method-assign]
        try:
            yield
        finally:
            dynamodb.transact_write_items = write  # type: ignore[method-assign]

    def ids(self, prefix: str) -> list[str]:
        """Return what there is of a kind, the oldest first."""
        rows = self.client.world.dynamodb.rows("intake-data")
        return sorted(pk.partition("#")[2] for pk, sk in rows if sk == prefix)

    def some(self, prefix: str) -> str | None:
        """Return one of the latest of a kind."""
        return self.chance.choice(self.ids(prefix)[-10:] or [None])

    def time_passes(self, *hours: float) -> None:
        """Often a day or less, at times a month; every other time deadlines run late."""
        if not self.overtaking:
            some = hours or (0.2, 0.4, 3, 24, 24, 50, 220, 760)
            self.now += timedelta(hours=self.chance.choice(some))
            late = not hours and self.chance.random() < 0.5
            (self.client.world.set_time if late else self.client.world.advance)(self.now)

    def _take_some(self, who: Principal, one: str, said: Said) -> None:
        """Take one of the steps that somebody is offered."""
        seen = self.client.get(who, one)
        steps = seen.json["next_steps"] if seen.status == 200 else []
        if not steps:
            return
        weights = [1 if each in RARE else 6 for each in steps]
        step = self.chance.choices(steps, weights)[0]
        route, bodies = said[step]
        more = {"if_match": seen.json["version"]} if step == "correct" else {}
        self.post(who, f"{one}/{route}", self.chance.choice(bodies), offered=True, **more)
