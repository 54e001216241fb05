"""What the records of one family have each said, when one speaks for all."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.notifications.preferences.domain import ANSWERED_FOR, Preferences
from services.notifications.preferences.values import SetBy
from services.notifications.templates.values import OptionalNews

MERGED = datetime(2026, 9, 14, 9, tzinfo=UTC)
BEFORE, LATER = MERGED - timedelta(days=1), MERGED + timedelta(days=1)
NEWS = tuple(OptionalNews)


def said(name: str, at: datetime | None = None, **wishes: Any) -> Preferences:
    """What a record's person prefers, said at a moment by its token."""
    by = SetBy.TOKEN if at else None
    return Preferences(person_id=name, set_at=at, set_by=by, **wishes)


ONE = said("one", BEFORE, channels=("sms",), unwanted=NEWS[:1])
OTHER = said("other", BEFORE, channels=("bot",), unwanted=NEWS[1:2], together=True)


@pytest.mark.parametrize(
    ("whole", "channels", "unwanted", "together", "set_at"),
    [
        (ONE, ("sms",), NEWS[:2], True, BEFORE),
        (said("one"), ("bot",), NEWS[1:2], True, BEFORE),
        (said("one", LATER, channels=("sms",)), ("sms",), (), False, LATER),
        (said("one", MERGED, channels=("sms",)), ("sms",), (), False, MERGED),
    ],
)
def test_each_records_wishes_hold_until_the_family_says_it_all_anew(
    whole: Preferences,
    channels: tuple[str, ...],
    unwanted: tuple[OptionalNews, ...],
    together: bool,
    set_at: datetime,
) -> None:
    joined = whole.with_record(OTHER, MERGED, merged=True).joined_with([OTHER])

    assert (joined.channels, joined.together) == (channels, together)
    assert set(joined.unwanted) == set(unwanted)
    assert (joined.set_at, joined.set_by) == (set_at, SetBy.TOKEN)
    assert whole.joined_with([OTHER]) == whole, "no record of this family"


@pytest.mark.parametrize("order", [1, -1])
def test_what_a_third_record_said_before_it_was_merged_takes_back_nothing_of_the_second(
    order: int,
) -> None:
    third = said("third", LATER, unwanted=NEWS[:1])
    whole = said("one").with_record(OTHER, MERGED, merged=True)
    whole = whole.with_record(third, LATER + timedelta(days=1), merged=True)
    joined = whole.joined_with([OTHER, third][::order])
    assert ({*joined.unwanted}, joined.together) == ({*NEWS[:2]}, True)


def test_a_record_that_was_taken_over_again_since_stays() -> None:
    whole = ONE.with_record(OTHER, LATER, merged=True)
    assert [whole.spoke_for(OTHER, each) for each in (MERGED, LATER)] == [False, True]
    assert not ONE.spoke_for(OTHER, LATER)


def test_who_starts_again_gets_what_no_record_has_declined_by_itself() -> None:
    stopped = OTHER.stop(SetBy.WORD, BEFORE).stop(SetBy.LINK, BEFORE)
    joined = ONE.with_record(stopped, MERGED, merged=True).joined_with([stopped])

    for whole, declined in ((stopped, NEWS[1:2]), (joined, NEWS[:2])):
        assert set(whole.unwanted) == set(NEWS)
        again = whole.heed(SetBy.START_WORD, LATER)
        assert (set(again.unwanted), again.set_by) == (set(declined), SetBy.START_WORD)
        assert again.heed(SetBy.START_WORD, LATER) is again
    chosen = stopped.change((), NEWS, together=False, by=SetBy.TOKEN, now=LATER)
    assert not chosen.heed(SetBy.START_WORD, LATER).unwanted, "all was declined, and is asked for"


def test_what_one_can_do_without_is_told_apart_from_what_one_needs() -> None:
    stopped = ONE.stop(SetBy.WORD, LATER)

    assert [stopped.wants(None), stopped.wants(NEWS[0])] == [True, False]
    again = [LATER + ANSWERED_FOR - timedelta(seconds=1), LATER + ANSWERED_FOR]
    assert [stopped.heed(SetBy.WORD, each) is stopped for each in again] == [True, False]
    for other in (ONE, ONE.stop(SetBy.LINK, LATER)):
        assert other.heed(SetBy.WORD, LATER).set_by is SetBy.WORD
    assert [ONE.wants(each) for each in NEWS[:2]] == [False, True]


def test_only_news_of_a_later_event_makes_a_forgotten_person_known_again() -> None:
    forgotten = ONE.forget(MERGED)
    assert [forgotten.was_forgotten_after(each) for each in (BEFORE, MERGED, LATER)] == [
        True, True, False,
    ]  # fmt: skip
    assert not ONE.was_forgotten_after(BEFORE)
