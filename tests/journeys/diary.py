"""What people were sent at each step of a story, by which carrier: a text to be read aloud.

It is compared with a committed file (`UPDATE_GOLDEN=1` writes it anew). What chance makes (links,
numbers and codes) is left out; of a message to many people the first one is told.
"""

import os
import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from demo.client import Message, Reply
from demo.message_actions import LINK
from demo.story_run import Step, StoryRun, zone

GOLDEN = Path(__file__).parent / "golden"
MANY = 5
_NUMBER = re.compile(r"(?<![+\d])\d{6,16}\b")
_ID = re.compile(r"\b[a-z]{3}_[0-9A-HJKMNP-TV-Z]{26}\b")


class Diary:
    """The audience of a story that writes down each step and what arrived because of it."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._run: StoryRun | None = None

    def begin(self, run: StoryRun) -> None:
        """Listen from now on."""
        run.client.settle()
        run.news()
        run.narrator = self

    def step(self, step: Step, run: StoryRun) -> None:
        """Write down who does what."""
        self._run = run
        did = step.does or "time passes"
        self.lines += ["", f"## {step.at} {step.of} {step.who} {did}".replace("  ", " ")]

    def sent(self, messages: list[Message]) -> None:
        """Write down what has arrived."""
        same: dict[tuple[str, str], list[Message]] = {}
        for message in messages:
            same.setdefault((message["carrier"], message["template"]), []).append(message)
        found = [each for some in same.values() for each in _told(some)]
        for message, more in sorted(found, key=lambda each: _order(each[0])):
            self._write(message, more)

    def refusal(self, reply: Reply) -> None:
        """Write down that the step was refused."""
        self.lines.append(f"refused: {reply.status}")

    def seen(self, lines: Iterable[str]) -> None:
        """Nothing: it is no message."""

    def text(self) -> str:
        """Return what was written."""
        return "\n".join(self.lines).strip() + "\n"

    def _write(self, message: Message, more: int) -> None:
        at = datetime.fromisoformat(message["at"]).astimezone(zone())
        others = f" and {more} more" if more else ""
        to = f"{message['recipient_role']} {message['to']}{others}"
        way = f"{message['carrier']} ({message['channel']})"
        self.lines.append(f"{at:%d.%m %H:%M} {way} → {to}: {message['template']}")
        said = [message["title"], *message["text"].strip().splitlines()]
        self.lines += [f"    {self._plain(line)}".rstrip() for line in said if line]

    def _plain(self, text: str) -> str:
        assert self._run is not None
        named = self._run.named
        text = _ID.sub(lambda found: named(found[0]), LINK.sub("ryl_…", text))
        for number in {*self._run.numbers.values(), *self._run.codes.values()}:
            text = text.replace(number, "…")
        return _NUMBER.sub("…", text)


def _told(messages: list[Message]) -> list[tuple[Message, int]]:
    """Return the messages to be told, each with the number of those like it that are not."""
    if len(messages) < MANY:
        return [(each, 0) for each in messages]
    return [(min(messages, key=_order), len(messages) - 1)]


def _order(message: Message) -> tuple[str, ...]:
    return tuple(
        message[name] for name in ("at", "recipient_role", "template", "to", "title", "text")
    )


def assert_as_committed(diary: Diary, name: str) -> None:
    """Compare a diary with its file."""
    path, text = GOLDEN / f"{name}.txt", diary.text()
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    assert text.splitlines() == path.read_text("utf-8").splitlines()
