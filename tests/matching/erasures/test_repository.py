"""What is over of an erasure is read again: it may be asked for twice."""

from datetime import timedelta

from services.matching.gifts.repository import GiftErasures
from services.matching.media.repository import MediaErasures
from services.matching.stories.repository import StoryErasures
from tests.matching.api_client import MatchingClient, family_of

KINDS = ("STORY_ERASURE", "MEDIA_ERASURE", "GIFT_ERASURE")


def test_a_family_is_forgotten_once_however_often_it_is_said(client: MatchingClient) -> None:
    case = client.waiting()
    client.erased(case)
    client.world.advance(client.now() + timedelta(hours=1))
    over = [each for each in client.world.rows("matching-data") if each["sk"]["S"] in KINDS]
    assert len(over) == len(KINDS)
    told = len(client.world.rows("matching-outbox"))

    client.erased(case)
    client.world.advance(client.now() + timedelta(hours=1))

    after = [each for each in client.world.rows("matching-data") if each["sk"]["S"] in KINDS]
    assert len(after) == len(over)
    assert len(client.world.rows("matching-outbox")) == told
    with client.world.service("matching"):
        for erasures in (StoryErasures.connect(), MediaErasures.connect(), GiftErasures.connect()):
            assert erasures.get(family_of(case)).due_at is None
            assert erasures.due(family_of(case)) is None
