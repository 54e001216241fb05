"""The autumn of the demo region, played once."""

import contextlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from demo import region
from demo.stories import FAMILIES, OTHERS, play_stories
from demo.story_run import Step, StoryRun, moment
from tests.journeys.diary import Diary
from tests.journeys.journey_world import JourneyWorld, journey_world_at
from tests.support.carriers import carrier_server

NOW = "2026-11-30 18:00"


@dataclass
class AllStories:
    """The played region, and every line that it logged."""

    journey: JourneyWorld
    run: StoryRun
    log: str
    diary: Diary

    def get(self, who: str, path: str) -> Any:
        """A read that succeeds."""
        return self.run.get(who, path)

    def told(self, kind: str) -> list[Any]:
        """What was told of one kind."""
        return [event["data"] for event in self.journey.world.events(kind)]


@pytest.fixture(scope="package")
def all_stories(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AllStories]:
    """The whole autumn, played once for all questions about it, over the carriers' servers.

    Its files are one group (tests/conftest.py): one worker plays it, and forgets it after them.
    """
    lines = io.StringIO()
    path = tmp_path_factory.mktemp("all_stories")
    diary = Diary()
    with (
        pytest.MonkeyPatch.context() as patch,
        carrier_server(path) as server,
        journey_world_at(patch, carriers=server) as journey,
    ):
        with contextlib.redirect_stdout(lines):
            run = region.load(journey, cards="first", bulk=True)
            diary.begin(run)
            play_stories(run, [*FAMILIES, *OTHERS, "programme"])
            journey.advance(moment(NOW))
            diary.step(Step("all", NOW), run)
            run.news()
        yield AllStories(journey, run, lines.getvalue(), diary)
