"""Tells a story to somebody who does not program: who does what, what is refused, what is sent."""

import textwrap
import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime

from demo.client import Client, Message, Reply
from demo.data import Facts, home, label, texts
from demo.message_actions import LINK
from demo.story_run import Step, StoryRun, zone

WIDTH = 88
SILENCE_SECONDS = 10.0  # longer, and whoever watches thinks that it has stopped


class Narrator:
    """Prints the steps that have words, and the messages about the one whom a step is about."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._print = say
        self._said_at = time.monotonic()
        self._step: tuple[StoryRun, str] | None = None
        self._loud = False
        self._words = texts()
        self.refusals = 0
        self.told = 0

    def step(self, step: Step, run: StoryRun) -> None:
        """The moment, who acts, and what for."""
        self._loud = bool(step.say)
        if not self._loud:
            return
        self._step = run, step.of
        self._say(f"\n{self._when(step.moment)}{self._who(self._actor(run, step))}")
        self._lines(step.say.format_map(self._names(run, step)), "  ")

    def sent(self, messages: list[Message]) -> None:
        """What each reader got, in full."""
        if not self._loud or self._step is None:
            return
        known, words = about(*self._step), self._words
        shown = Counter(
            (_heading(message), LINK.sub("ryl_…", message["text"]))
            for message in messages
            if message["reference"] in known
        )
        for (heading, text), many in shown.items():
            self.told += many
            self._say(f"    {heading}")
            for line in text.strip().splitlines():
                self._lines(line, "        ")
            if many > 1:
                self._lines(words["show"]["same"].format(many=many - 1), "        ")

    def refusal(self, reply: Reply) -> None:
        """The refusal in the system's own words."""
        self.refusals += 1
        if self._loud:
            told = reply.body
            line = self._words["show"]["refused"].format(status=reply.status, title=told["title"])
            self._say(f"    {line}")
            for text in reasons(told):
                self._lines(text, "        ")

    def seen(self, lines: Iterable[str]) -> None:
        """What somebody looks at."""
        if self._loud:
            for line in lines:
                self._say("    " + self._words["show"]["seen"].format(line=line))

    def waiting(self, client: Client) -> None:
        """How far time and messages have come, when nothing was said for a while."""
        if time.monotonic() - self._said_at > SILENCE_SECONDS:
            when, sent = self._when(client.now()), len(client.messages())
            line = self._words["show"]["waiting"].format(when=when, sent=sent)
            self._say("    " + self._words["show"]["seen"].format(line=line))

    def _say(self, text: str) -> None:
        self._said_at = time.monotonic()
        self._print(text)

    def _when(self, moment: datetime) -> str:
        local = moment.astimezone(zone())
        return f"{local.day} {self._words['months'][local.month - 1]}, {local:%H:%M}"

    def _actor(self, run: StoryRun, step: Step) -> str:
        if step.who != "guardian" or step.of not in run.matches:
            return step.who
        return run.named(run.guardians[run.matches[step.of]])

    def _who(self, who: str) -> str:
        if not who:
            return ""
        people = self._words["people"]
        role = people.get(who) or people.get(who.partition("-")[0], "")
        return f" · {role}" + (f" {who}" if "-" in who else "")

    def _names(self, run: StoryRun, step: Step) -> dict[str, str]:
        family = run.families.get(step.of)
        if family is None:
            return {"family": step.of}
        needs = [label("aid_category", need["category"]) for need in family["needs"]]
        district = home().districts[family["district"]].name
        return {"family": step.of, "district": district, "needs": ", ".join(needs)}

    def _lines(self, text: str, indent: str) -> None:
        for line in textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False):
            self._say(indent + line)


def _heading(message: Message) -> str:
    """Who gets a message, how, and its title."""
    words = texts()
    heading: str = words["show"]["message"].format(
        audience=words["audience"][message["recipient_role"]],
        channel=label("notification_channel", message["channel"]),
        title=message["title"],
    )
    return heading


def reasons(told: Facts) -> list[str]:
    """What is wrong, what exactly, and what could be done instead; of one field the same is so."""
    particular = [each["detail"] for each in told.get("errors", [])]
    wrong = dict.fromkeys([told.get("detail") or "", *particular])
    steps = [each["title"] for each in told.get("next_steps", [])]
    return [*wrong] + ([texts()["show"]["instead"].format(steps=", ".join(steps))] if steps else [])


def about(run: StoryRun, name: str) -> set[str]:
    """Everything whose messages belong to that one's story."""
    known = {found for key, found in run.ids.items() if key == name or key.startswith(f"{name} ")}
    known.add(run.matches.get(name, ""))
    if match := run.matches.get(name):
        known.add(run.guardians.get(match, ""))
    return known - {""}
