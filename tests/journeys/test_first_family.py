"""F-01 from the first call to the last, through the real handlers of all services."""

import random
from datetime import timedelta
from typing import Any

import pytest

from demo import region
from demo.narrator import about
from demo.stories import FAMILIES, play_stories
from demo.story_run import StoryRun
from tests.journeys.journey_world import JourneyWorld, journey_world_at
from tests.journeys.normalise import normalise, rows_of, without_way_out

HERS = [
    ("2026-09-14T05:40", "family", "Мы получили вашу заявку"),
    ("2026-09-14T05:40", "regional_hq", "Заявка семьи"),
    ("2026-09-14T06:50", "family", "Ищем организацию, которая вам поможет"),
    ("2026-09-14T06:50", "regional_hq", "Семья ждёт опекуна"),
    ("2026-09-14T07:00", "family", "Мы нашли организацию для вашей семьи"),
    ("2026-09-14T07:00", "guardian_rep", "Семья ждёт вашей помощи"),
    ("2026-09-15T07:00", "regional_hq", "Сутки без знакомства: кто следующий"),
    ("2026-09-16T07:00", "regional_hq", "Скоро срок знакомства"),
    ("2026-09-16T07:00", "region_lead", "В регионе скоро срок знакомства"),
    ("2026-09-16T11:00", "family", "Вы познакомились"),
    ("2026-09-16T11:00", "guardian_rep", "Вы познакомились с семьёй"),
    ("2026-09-17T07:30", "guardian_rep", "Соглашение со штабом подписано"),
    ("2026-09-17T08:00", "family", "Соглашение о помощи подписано"),
    ("2026-09-17T08:00", "guardian_rep", "Соглашение с семьёй подписано"),
    ("2026-09-18T10:00", "family", "Помощь началась"),
    ("2026-09-18T10:00", "guardian_rep", "Спасибо за первую помощь"),
    ("2026-10-02T05:00", "family", "Как у вас дела?"),
    ("2026-10-02T05:00", "guardian_rep", "Как идёт ваша помощь?"),
    ("2026-10-02T05:00", "regional_hq", "Позвоните семье"),
    # A Sunday: nobody is disturbed before ten.
    ("2026-10-18T06:00", "family", "Как у вас дела?"),
    ("2026-10-18T06:00", "guardian_rep", "Как идёт ваша помощь?"),
    ("2026-10-18T05:00", "regional_hq", "Позвоните семье"),
    ("2026-10-18T10:00", "guardian_rep", "Расскажите, как идёт помощь"),
    ("2026-10-20T08:00", "federal_hq", "Новая история от опекуна"),
    ("2026-10-20T08:00", "regional_hq", "Опекун прислал историю о семье"),
    ("2026-10-22T08:00", "guardian_rep", "Вашу историю прочтут другие"),
    ("2026-11-19T08:00", "guardian_rep", "Расскажите, как идёт помощь"),
    ("2026-11-20T08:00", "family", "Помощь завершена"),
    ("2026-11-20T08:00", "guardian_rep", "Работа с семьёй завершена"),
    ("2026-11-20T08:00", "family", "Мы закрыли вашу заявку"),
]

READERS = ("family", "guardian_rep")
# What each set of stories leaves where nothing comes twice.
PLAIN: dict[tuple[str, ...], tuple[Any, Any]] = {}


def played(journey: JourneyWorld) -> StoryRun:
    """The region and F-01."""
    run = region.load(journey, cards="none")
    journey.began = len(journey.messages())
    return play_stories(run, ["F-01"])


@pytest.mark.requirement("S4-41", "S4-13", "X-09", "X-14")
def test_f01_keeps_its_dates_and_tells_each_thing_once(journey: JourneyWorld) -> None:
    run = played(journey)

    story = [
        (message["at"][:16], message["recipient_role"], message["title"])
        for message in journey.messages()[journey.began :]
    ]
    assert sorted(story) == sorted(HERS)
    # and the demo prints all that the family and its organisation get
    hers = [m for m in journey.messages()[journey.began :] if m["recipient_role"] in READERS]
    assert {message["reference"] for message in hers} <= about(run, "F-01")
    assert set(journey.outbox.carried.values()) == {1}
    view = run.get("HQ-1", f"/matching/v1/matches/{run.matches['F-01']}")
    assert view["guardian_id"] == run.ids["G-01"]
    (proposed,) = journey.world.events("matching.MatchProposed")
    assert proposed["data"]["introduction_due_at"] == "2026-09-17T07:00:00Z"
    assert view["introduction"]["held_at"] == "2026-09-16T11:00:00Z"
    assert view["introduction"]["in_time"] is True
    assert (view["started_on"], view["status"]) == ("2026-09-18", "ended")
    calls = [(call["kind"], call["due_on"], call["status"]) for call in view["follow_ups"]]
    assert calls == [("two_weeks", "2026-10-02", "done"), ("one_month", "2026-10-18", "done")]
    (ended,) = journey.world.events("matching.CareEnded")
    assert ended["data"]["open_need_categories"] == []
    request = run.get("HQ-1", f"/intake/v1/cases/{run.ids['F-01']}")
    assert (request["status"], request["closed_reason"]) == ("closed", "all_needs_met")
    # The organisation has not answered: the family's answer is read after seven days.
    assert run.get("HQ-1", "/notifications/v1/feedback-answers")["items"] == []
    journey.advance(journey.now() + timedelta(days=8))
    (answer,) = run.get("HQ-1", "/notifications/v1/feedback-answers")["items"]
    assert (answer["score"], answer["case_id"]) == (5, run.ids["F-01"])


def _whole(stories: tuple[str, ...], copies: int, seed: int) -> tuple[Any, Any]:
    """What a run leaves: its rows and its messages, under names that chance has no part in."""
    with pytest.MonkeyPatch.context() as patch, journey_world_at(patch) as journey:
        journey.world.copies = copies
        journey.world.shuffle = random.Random(seed) if copies > 1 else None
        play_stories(region.load(journey, cards="first"), stories)
        shown = [f"MESSAGE {without_way_out(message)}" for message in journey.messages()]
        assert set(journey.outbox.carried.values()) == {1}
        everything = normalise([*rows_of(journey.world), *shown])
    messages = sorted(line for line in everything.elements() if line.startswith("MESSAGE"))
    return everything, messages


@pytest.mark.requirement("X-02", "X-03", "X-11")
@pytest.mark.parametrize(
    ("stories", "seed"),
    [
        (("F-01",), 1),
        (("F-01",), 2),
        pytest.param((*FAMILIES, "cards_life", "tills"), 3, marks=pytest.mark.slow),
    ],
)
def test_a_story_tripled_and_shuffled_leaves_the_same_rows_and_messages(
    stories: tuple[str, ...], seed: int
) -> None:
    """See `normalise` for what is normalised and why, and for what is left out."""
    if stories not in PLAIN:
        PLAIN[stories] = _whole(stories, 1, seed)
    plain, told = PLAIN[stories]
    stormy, told_again = _whole(stories, 3, seed)

    assert told_again == told
    assert sorted((stormy - plain).elements()) == sorted((plain - stormy).elements()) == []
