"""The stories of the demo, each a file of steps, and how they are played."""

import tomllib
from collections.abc import Iterable
from functools import cache

from demo import (
    actions,
    card_actions,
    care_actions,
    holder_actions,
    hotline_actions,
    message_actions,
    morning_actions,
)
from demo.data import HERE, table, texts
from demo.story_run import Action, Step, StoryRun

ACTIONS: dict[str, Action] = {
    **actions.ACTIONS,
    **care_actions.ACTIONS,
    **message_actions.ACTIONS,
    **card_actions.ACTIONS,
    **holder_actions.ACTIONS,
    **hotline_actions.ACTIONS,
    **morning_actions.ACTIONS,
}
STORIES = HERE / "stories"
BEGINNING = "2026-09-10 09:00"
FAMILIES = ("F-01", "F-02", "F-03", "F-04", "F-05", "F-06", "F-07", "F-08")
SHOWN = ("F-01", "F-05", "F-08", "cards_life", "tills", "duty", "lists")
OTHERS = ("cards_life", "tills", "duty")


class UnknownStory(Exception):
    """No story has this name; the message says which there are."""

    def __init__(self, name: str) -> None:
        known = ", ".join(sorted(path.stem for path in STORIES.glob("*.toml")))
        super().__init__(texts()["show"]["no_story"].format(name=name, known=known))


@cache
def steps_of(story: str) -> tuple[Step, ...]:
    """The steps of one story; raises UnknownStory."""
    try:
        told = tomllib.loads((STORIES / f"{story}.toml").read_text("utf-8"))
    except FileNotFoundError:
        raise UnknownStory(story) from None
    return tuple(Step.read(facts.pop("of", story), facts) for facts in told["step"])


def steps_of_all(stories: Iterable[str]) -> list[Step]:
    """The steps of several stories."""
    return [step for story in stories for step in steps_of(story)]


def play_stories(run: StoryRun, stories: Iterable[str]) -> StoryRun:
    """Play stories at once, on one clock."""
    run.families = dict(table("families")) | run.families
    run.play(steps_of_all(stories), ACTIONS)
    return run
