"""F-01 over the deployed local platform, in the folder of a first session that was killed.

On the way the platform is stopped and started again; in the end it is killed once more.
"""

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from demo import region
from demo.client import PlatformClient
from demo.data import table
from demo.stories import ACTIONS, BEGINNING, steps_of
from demo.story_run import StoryRun, moment
from infra.local_platform.fake_provider import Message
from infra.local_platform.platform import LocalPlatform
from shared.storage import rows
from tests.intake.api_client import request
from tests.support.platforms import SharedPlatform

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


pytestmark = [pytest.mark.platform, pytest.mark.slow]


@dataclass
class BegunAfresh:
    """What a start finds and says in the folder of a first session that was killed."""

    said: list[str]
    log_kept: bool
    region_loaded: bool
    messages: list[Message]
    request_status: int


@dataclass
class Stopped:
    """What there was when the platform stopped in order."""

    url: str
    now: datetime
    messages: list[Message]


@dataclass
class Restarted:
    """A story on a platform that was stopped with messages in flight, and what its start said."""

    place: LocalPlatform
    run: StoryRun
    afresh: BegunAfresh
    before: Stopped
    said: list[str]


STEPS = steps_of("F-01")
PROPOSAL = next(place for place, step in enumerate(STEPS) if step.does == "proposes")


@pytest.fixture(scope="module")
def restarted(shared_platform: SharedPlatform) -> Iterator[Restarted]:
    """F-01 up to its proposal, whose event is on its way when the platform stops."""
    first = shared_platform.take()
    state = first.state
    lost = first.call("OP-1", "POST", "/intake/v1/requests", request(), must=True)
    (state / "region-loaded").touch()
    _kill_while_saving(first)
    log = (state / "emulator.log").read_bytes()

    said: list[str] = []
    with LocalPlatform(state, now=moment(BEGINNING), say=said.append) as place:
        afresh = BegunAfresh(
            [*said],
            bool(log) and (state / "emulator.log").read_bytes().startswith(log),
            (state / "region-loaded").exists(),
            place.messages(),
            place.call("HQ-1", "GET", f"/intake/v1/requests/{lost.id}").status,
        )
        run = region.load(place, guardians=("G-01", "G-05"), cards="none")
        run.families = dict(table("families"))
        run.play(STEPS[:PROPOSAL], ACTIONS)
        place.advance(STEPS[PROPOSAL].moment)
        found = run.get("HQ-1", "/matching/v1/regions/ZR/suggestions")
        case, guardian = run.ids["F-01"], run.ids["G-01"]
        assert [(s["case_id"], s["guardian_id"]) for s in found["suggestions"]] == [
            (case, guardian)
        ]
        assert (found["method"], found["value"]) == ("flow", found["bound"])
        before = Stopped(place.url, place.now(), place.messages())
        run.act(STEPS[PROPOSAL], ACTIONS["proposes"])

    said = []
    with LocalPlatform(state, say=said.append) as place:
        run.client = PlatformClient(place)
        yield Restarted(place, run, afresh, before, said)


def test_a_first_session_that_was_killed_is_begun_afresh_in_a_sentence(
    restarted: Restarted,
) -> None:
    afresh = restarted.afresh
    assert afresh.said[0] == "The first session did not end in order, so this one starts afresh."
    assert afresh.log_kept and not afresh.region_loaded
    assert (afresh.messages, afresh.request_status) == ([], 404)


def test_a_restart_goes_on_where_it_was(restarted: Restarted) -> None:
    place, before = restarted.place, restarted.before
    stacks = [line for line in restarted.said if line.startswith("  ryadom-")]
    assert stacks and all(line.endswith(" unchanged") for line in stacks)
    assert place.url == before.url
    assert timedelta() <= place.now() - before.now < timedelta(minutes=10)
    assert place.messages()[: len(before.messages)] == before.messages


@pytest.mark.requirement("X-12", "X-03", "S4-41")
def test_a_stop_with_messages_in_flight_changes_nothing_in_the_story(restarted: Restarted) -> None:
    place, run = restarted.place, restarted.run
    run.play(STEPS[PROPOSAL + 1 :], ACTIONS)

    view = run.get("HQ-1", f"/matching/v1/matches/{run.matches['F-01']}")
    assert view["guardian_id"] == run.ids["G-01"]
    assert view["introduction"]["held_at"] == "2026-09-16T11:00:00Z"
    assert view["introduction"]["in_time"] is True
    assert view["started_on"] == "2026-09-18"
    assert [c["due_on"] for c in view["follow_ups"]] == ["2026-10-02", "2026-10-18"]
    assert {c["status"] for c in view["follow_ups"]} == {"done"}
    case = run.get("HQ-1", f"/intake/v1/cases/{run.ids['F-01']}")
    assert (case["status"], case["closed_reason"]) == ("closed", "all_needs_met")
    sent = place.messages()
    titles = [m["title"] for m in sent if m["recipient_role"] == "family"]
    # The end of care and the end of the case are events of two services in one second:
    # which of them reaches the queue first is nobody's promise.
    assert (titles[:-2], set(titles[-2:])) == (FAMILY[:-2], set(FAMILY[-2:]))
    assert set(Counter((m["event_id"], m["template"]) for m in sent).values()) == {1}


def test_after_a_restart_the_stream_alone_carries_new_events(restarted: Restarted) -> None:
    place = restarted.place
    place.call("OP-1", "POST", "/intake/v1/requests", request(), must=True)
    until = time.monotonic() + 8  # the sweeper leaves rows to the stream that are as young
    while (waiting := _pending(place)) and time.monotonic() < until:
        time.sleep(0.1)
    assert not waiting


def test_a_killed_session_is_undone_and_told(restarted: Restarted) -> None:
    place, run = restarted.place, restarted.run
    _kill_while_saving(place)
    assert restarted.said[0] == "Packaging the services …"
    said: list[str] = []
    with LocalPlatform(place.state, say=said.append) as again:
        assert said[0] == "The last session was killed; this one goes on from the end before it."
        path = f"/matching/v1/matches/{run.matches['F-01']}"
        assert again.call("HQ-1", "GET", path, must=True).body["status"] == "proposed"


def _pending(place: LocalPlatform) -> int:
    """How many outbox rows of intake are not published yet."""
    return sum(
        place.client("dynamodb").query(
            TableName=place.facts["IntakeOutboxTableName"],
            IndexName="by_pending",
            KeyConditionExpression="pending = :p",
            ExpressionAttributeValues={":p": {"S": shard}},
        )["Count"]
        for shard in rows.PENDING_SHARDS
    )


def _kill_while_saving(platform: LocalPlatform) -> None:
    """Tell the emulator to end and kill it when it has written some of its services."""
    process = platform.emulator._process
    assert process is not None
    for kept in (folder := platform.state / "aws").glob("*.json"):
        os.utime(kept, (0, 0))
    process.send_signal(signal.SIGTERM)
    while len(_written(folder)) < 15:
        time.sleep(0.0005)
    platform.emulator.kill()
    platform.stop()
    assert "sns.json" not in _written(folder), "it saved everything before it was killed"


def _written(folder: Path) -> set[str]:
    return {kept.name for kept in folder.glob("*.json") if kept.stat().st_mtime}
