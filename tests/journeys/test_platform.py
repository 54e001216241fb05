"""F-01 over the deployed local platform, which is stopped and started again on the way."""

from collections import Counter
from pathlib import Path

import pytest

from demo import region
from demo.client import PlatformClient
from demo.data import table
from demo.stories import ACTIONS, BEGINNING, steps_of
from demo.story_run import moment
from infra.local_platform import LocalPlatform

FAMILY = [
    "Мы получили вашу заявку",
    "Ищем организацию, которая вам поможет",
    "Мы нашли организацию для вашей семьи",
    "Вы познакомились",
    "Соглашение о помощи подписано",
    "Помощь началась",
    "Как у вас дела?",
    "Как у вас дела?",
    "Помощь завершена",
    "Мы закрыли вашу заявку",
]


@pytest.mark.platform
@pytest.mark.slow
@pytest.mark.requirement("X-12", "X-03", "S4-41")
def test_a_stop_with_messages_in_flight_changes_nothing_in_the_story(tmp_path: Path) -> None:
    steps = steps_of("F-01")
    proposal = next(place for place, step in enumerate(steps) if step.does == "proposes")

    with LocalPlatform(tmp_path, now=moment(BEGINNING)) as place:
        run = region.load(place, guardians=("G-01", "G-05"), cards="none")
        run.families = dict(table("families"))
        run.play(steps[:proposal], ACTIONS)
        place.advance(steps[proposal].moment)
        found = run.get("HQ-1", "/matching/v1/regions/ZR/suggestions")
        case, guardian = run.ids["F-01"], run.ids["G-01"]
        assert [(s["case_id"], s["guardian_id"]) for s in found["suggestions"]] == [
            (case, guardian)
        ]
        assert (found["method"], found["value"]) == ("flow", found["bound"])
        run.act(steps[proposal], ACTIONS["proposes"])
        # nothing has settled: the proposal's event is on its way when the platform stops

    with LocalPlatform(tmp_path) as place:
        run.client = PlatformClient(place)
        run.play(steps[proposal + 1 :], ACTIONS)

        view = run.get("HQ-1", f"/matching/v1/matches/{run.matches['F-01']}")
        assert view["guardian_id"] == run.ids["G-01"]
        assert view["introduction"]["held_at"] == "2026-09-16T11:00:00Z"
        assert view["introduction"]["in_time"] is True
        assert view["started_on"] == "2026-09-18"
        assert [c["due_on"] for c in view["follow_ups"]] == ["2026-10-02", "2026-10-18"]
        assert {c["status"] for c in view["follow_ups"]} == {"done"}
        request = run.get("HQ-1", f"/intake/v1/cases/{run.ids['F-01']}")
        assert (request["status"], request["closed_reason"]) == ("closed", "all_needs_met")
        sent = place.messages()
        titles = [m["title"] for m in sent if m["recipient_role"] == "family"]
        # The end of care and the end of the case are events of two services in one second:
        # which of them reaches the queue first is nobody's promise.
        assert (titles[:-2], set(titles[-2:])) == (FAMILY[:-2], set(FAMILY[-2:]))
        assert set(Counter((m["event_id"], m["template"]) for m in sent).values()) == {1}
