"""«Утро координатора»: `make demo STORY=morning`, with fewer families than it shows."""

from dataclasses import replace
from typing import Any

from demo import region
from demo.stories import ACTIONS, steps_of
from demo.story_run import StoryRun
from tests.journeys.journey_world import JourneyWorld

MANY = {"guardians_are_ready": 3, "families_wait": 14}


class Seen:
    """What the people of the story look at."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def step(self, step: Any, run: StoryRun) -> None:
        """Nothing."""

    def sent(self, messages: Any) -> None:
        """Nothing."""

    def refusal(self, reply: Any) -> None:
        """Nothing."""

    def seen(self, lines: Any) -> None:
        """Keep what was seen."""
        self.lines += lines


def test_a_coordinator_looks_tries_commits_and_follows(journey: JourneyWorld) -> None:
    run = region.load(journey, guardians=(), cards="none")
    run.narrator = watched = Seen()
    steps = [
        replace(step, more=step.more | {"many": MANY[step.does]}) if step.does in MANY else step
        for step in steps_of("morning")
    ]
    assert [step.more["many"] for step in steps_of("morning") if step.does in MANY] == [40, 300]

    run.play(steps, ACTIONS)

    rounds = run.get("HQ-1", "/matching/v1/rounds")["items"]
    (done,) = rounds
    assert (done["status"], done["left_out"], done["refused"]) == ("done", 1, 0)
    assert done["proposed"] == len(run.matches) >= 6
    waiting = run.get("HQ-1", "/matching/v1/work-counts")["waiting"]
    declined = sum(
        each["status"] == "declined"
        for each in run.get("HQ-1", "/matching/v1/matches?status=declined")["items"]
    )
    assert waiting == 14 - done["proposed"] + declined
    figures = run.get("HQ-1", "/matching/v1/regions/ZR/figures")
    met = done["proposed"] - declined - 1
    assert figures["introductions_in_time"]["good"] == met
    assert figures["introductions_in_time"]["all"] == met + 1
    assert len(journey.world.events("matching.IntroductionOverdue")) == 1
    assert "ждут опекуна: 14; просрочено: 0; на сегодня: 0" in watched.lines
    assert f"ждут опекуна: {waiting}; просрочено: 1; на сегодня: 0" in watched.lines
    assert not [line for line in watched.lines if "{" in line or "900 800" in line]
