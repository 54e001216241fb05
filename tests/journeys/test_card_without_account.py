"""«Карта без учётной записи»: the story of `make demo STORY=card`, with what nobody may see."""

from demo import region
from demo.stories import play_stories
from tests.journeys.journey_world import JourneyWorld

OLD, NEW = "+79003000009", "+79003000019"


def test_a_card_lives_by_a_phone_and_the_codes_that_come_to_it(journey: JourneyWorld) -> None:
    run = region.load(journey, cards="first")

    play_stories(run, ["card"])

    told = [(m["to"], m["subject"]) for m in journey.messages() if m["to"] in (OLD, NEW)]
    print(told)
    assert 0
