"""Plays the steps of a story: who does what, when, and which messages go out because of it."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from demo.client import Client, Message, Refused, Reply
from demo.data import Facts, home


def moment(text: str) -> datetime:
    """A moment on the demo region's clocks."""
    return datetime.fromisoformat(text).replace(tzinfo=zone()).astimezone(UTC)


def zone() -> ZoneInfo:
    """The demo region's clocks."""
    return home().zone


@dataclass(frozen=True)
class Step:
    """One line of a story: somebody does something for a family, or time alone passes.

    `refused` is the status with which the system must refuse it, `say` what a spectator is told;
    with `when` the step happens only if that is so.
    """

    of: str
    at: str
    who: str = ""
    does: str = ""
    say: str = ""
    refused: int = 0
    code: str = ""
    when: str = ""
    more: Facts = field(default_factory=dict)

    @classmethod
    def read(cls, of: str, facts: Facts) -> "Step":
        """A step as a story's file has it."""
        own = {name: facts[name] for name in cls.__dataclass_fields__ if name in facts}
        rest = {name: value for name, value in facts.items() if name not in own}
        return cls(of=of, **own, more=rest)

    @property
    def moment(self) -> datetime:
        """When it happens."""
        return moment(self.at)

    def expect(self, told: Facts) -> None:
        """Compare an answer with what the story tells of it."""
        wanted: Facts = self.more.get("expects", {})
        found = {name: told[name] for name in wanted}
        if found != wanted:
            raise UnexpectedOutcome(f"{self.at} {self.of} {self.does}: {found}, not {wanted}")


class Audience(Protocol):
    """What is informed of the steps of a story."""

    def step(self, step: Step, run: "StoryRun") -> None:
        """A step begins."""

    def sent(self, messages: list[Message]) -> None:
        """Messages went out because of it."""

    def refusal(self, reply: Reply) -> None:
        """The system refused, as it had to."""

    def seen(self, lines: Iterable[str]) -> None:
        """Something that the people in the story look at."""


class Silent:
    """Nobody watches."""

    def step(self, step: Step, run: "StoryRun") -> None:
        """Nothing."""

    def sent(self, messages: list[Message]) -> None:
        """Nothing."""

    def refusal(self, reply: Reply) -> None:
        """Nothing."""

    def seen(self, lines: Iterable[str]) -> None:
        """Nothing."""


class UnexpectedOutcome(Exception):
    """The system did not do what the story tells; the message says what it did."""


Action = Callable[["StoryRun", Step], object]


class StoryRun:
    """One run of stories: the client, the ids known so far, and how people act."""

    def __init__(self, client: Client, narrator: Audience | None = None) -> None:
        self.client = client
        self.narrator = narrator or Silent()
        self.ids: dict[str, str] = {}
        self.matches: dict[str, str] = {}
        self.guardians: dict[str, str] = {}
        self.numbers: dict[str, str] = {}
        self.codes: dict[str, str] = {}
        self.phones: dict[str, Facts] = {}
        self.keys: dict[str, str] = {}
        self.families: dict[str, Facts] = {}
        self.waiting = True
        self._told = 0
        self._done: dict[str, int] = {}

    def play(self, steps: Iterable[Step], actions: dict[str, Action]) -> None:
        """Play the steps in the order of time; of two at one moment the earlier line first."""
        for step in sorted(steps, key=lambda each: each.moment):
            if self.waiting and step.moment > self.client.now():
                self.client.advance(step.moment)
            if step.when and not actions[step.when](self, step):
                continue
            self.narrator.step(step, self)
            self.news()
            if step.does:
                self.act(step, actions[step.does])
            self.client.settle()
            self.news()

    def act(self, step: Step, action: Action) -> None:
        """One step; a refusal must be the one that the story tells."""
        try:
            action(self, step)
        except Refused as refused:
            if refused.reply.status != step.refused or step.code not in ("", code_of(refused)):
                raise UnexpectedOutcome(f"{step.at} {step.of} {step.does}: {refused}") from None
            self.narrator.refusal(refused.reply)
        else:
            if step.refused:
                raise UnexpectedOutcome(f"{step.at} {step.of} {step.does} was not refused")

    def do(
        self, who: str | None, path: str, body: Any = None, *, name: str = "", **more: Any
    ) -> Reply:
        """A command that succeeds, under a key made from its name so that it may be repeated."""
        name = name or f"{who}|{path}"
        again = self._done[name] = self._done.get(name, 0) + 1
        return self.client.call(
            who, "POST", path, body, key=key_of(f"{name}|{again}"), must=True, **more
        )

    def get(self, who: str | None, path: str, **more: Any) -> Any:
        """A read that succeeds."""
        return self.client.call(who, "GET", path, must=True, **more).body

    def today(self) -> date:
        """The day on the region's calendar."""
        return self.client.now().astimezone(zone()).date()

    def day(self, text: str) -> str:
        """A day of the data files, or today where that day has not come yet."""
        return min(date.fromisoformat(text), self.today()).isoformat()

    def news(self) -> None:
        """Tell of the messages that have gone out since the last time."""
        messages = self.client.messages()
        new, self._told = messages[self._told :], len(messages)
        if new:
            self.narrator.sent(new)

    def named(self, identifier: str) -> str:
        """The story's name of something known by its id."""
        return next((name for name, known in self.ids.items() if known == identifier), identifier)


def key_of(name: str) -> str:
    """The Idempotency-Key of a named command: the same whenever the demo says it again."""
    return f"demo-{hashlib.sha256(name.encode()).hexdigest()[:32]}"


def code_of(refused: Refused) -> str:
    """The stable code of a refusal."""
    body = refused.reply.body
    return str(body.get("code", "")) if isinstance(body, dict) else ""
