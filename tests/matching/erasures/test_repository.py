"""What is over of an erasure is read again: it may be asked for twice."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.matching.erasures.repository import Erasures
from services.matching.gifts import reactions as gifts
from services.matching.gifts.repository import GiftErasures
from services.matching.media import reactions as media
from services.matching.media.repository import MediaErasures
from services.matching.stories import reactions as stories
from services.matching.stories.repository import StoryErasures
from shared import clock
from shared.dependencies import connected
from shared.principal import system
from shared.storage.command_context import CommandContext
from tests.matching.api_client import MatchingClient, family_of

KINDS = ("STORY_ERASURE", "MEDIA_ERASURE", "GIFT_ERASURE")
JOBS = stories.JOBS | media.JOBS | gifts.JOBS


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


@pytest.mark.parametrize("erasures", [StoryErasures, MediaErasures, GiftErasures])
def test_one_that_never_came_to_an_end_is_tried_again_a_day_later(
    client: MatchingClient, erasures: type[Erasures[Any]]
) -> None:
    family, job = family_of(client.waiting()), JOBS[erasures.prefix]

    def context() -> CommandContext:
        return CommandContext(actor=system("jobs"), action="work", correlation_id="c")

    def due_at() -> datetime | None:
        found = erasures.connect().find(family)
        due: datetime | None = found and found.due_at
        return due

    with client.world.service("matching"):
        for part in (job.step, job.give_up):
            part(family, context(), **connected(part))
            assert due_at() is None, "it was not forgotten"
        now = clock.now()
        erasures.connect().save(context(), erasures.model(family_id=family, due_at=now))
        for part in (job.give_up, job.step):
            part(family, context(), **connected(part))
            due = due_at()
            assert due is not None and due >= now + timedelta(days=1)
