"""«Горячая линия»: the story of `make demo STORY=hotline`, and what thirty calls leave behind."""

import json

from demo import region
from demo.data import REGION
from demo.stories import play_stories, steps_of
from infra.services import INFRA
from tests.journeys.diary import Diary, assert_as_committed
from tests.journeys.journey_world import JourneyWorld

CALLS = ("takes_call", "rings_in_vain")
PARAMETER = "/ryadom/local/telephony"


def test_a_day_of_thirty_calls_is_heard_to_the_last(
    journey_at_carriers: JourneyWorld,
) -> None:
    """Each step checks what it is answered; here is what is left in the evening."""
    journey, diary = journey_at_carriers, Diary()
    journey.world.environment["TELEPHONY_SECRETS"] = PARAMETER
    secrets = (INFRA / "local_platform" / "local_telephony.json").read_text("utf-8")
    journey.world.parameters.values[PARAMETER] = secrets
    run = region.load(journey, guardians=(), cards="none")

    diary.begin(run)
    play_stories(run, ["hotline"])
    assert_as_committed(diary, "hotline")

    assert sum(step.does in CALLS for step in steps_of("hotline")) >= 30
    ended = run.get("HQ-1", "/intake/v1/requests?status=ended")["items"]
    joined = run.get("HQ-1", "/intake/v1/requests?status=joined")["items"]
    cases = run.get("HQ-1", "/intake/v1/cases")["items"]
    asked = sum(step.does == "takes_call" for step in steps_of("hotline"))
    assert (len(ended), len(joined)) == (6, asked - 6)
    assert len(cases) == len({each["case_id"] for each in joined})
    told = [event["data"] for event in journey.world.events("intake.CallBackEnded")]
    assert sorted(each["reason"] for each in told) == ["called_again", "not_reached", "reached"]
    assert run.get("OP-1", "/notifications/v1/inbox")["items"] == []
    sent = [m for m in journey.messages() if m["template"] == "call_back_ended_family"]
    assert [m["to"] for m in sent] == ["+79004000014"]
    assert run.get("OP-2", f"/intake/v1/hand-overs?region={REGION}")["items"] == []
    assert run.get("OP-2", f"/intake/v1/live-calls?region={REGION}")["items"] == []
    kept = json.dumps([journey.world.rows("intake-data"), journey.events()], default=str)
    assert "9004000" not in kept
