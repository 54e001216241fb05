"""«Карта без учётной записи»: the story of `make demo STORY=card`, and which phone hears what."""

from demo import region
from demo.data import table
from demo.stories import play_stories
from tests.journeys.diary import Diary, assert_as_committed
from tests.journeys.journey_world import JourneyWorld

OLD, NEW = "+79003000009", "+79003000019"


def test_a_card_lives_by_a_phone_and_the_codes_that_come_to_it(
    journey_at_carriers: JourneyWorld,
) -> None:
    """Each step checks what it is answered; here is what goes to which phone, and when."""
    journey, diary = journey_at_carriers, Diary()
    run = region.load(journey, cards="first")
    diary.begin(run)

    play_stories(run, ["card"])
    assert_as_committed(diary, "card")

    told = [m for m in journey.messages() if m["to"] in (OLD, NEW)]
    assert [(m["to"], m["template"]) for m in told] == [
        (OLD, "card_issued_holder"),
        (OLD, "sign_in_requested_holder"),
        (OLD, "card_activated_holder"),
        (NEW, "card_issued_holder"),
        (NEW, "card_replaced_holder"),
        (NEW, "sign_in_requested_holder"),
        (NEW, "card_activated_holder"),
    ]
    assert "FP-09" not in table("users")
    card = run.get("CL-0", f"/cards/v1/cards/{run.ids['FP-09']}")
    assert card["status"] == "active"
