"""What is counted in which month of the region, and as what."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.matching.figures.domain import Counts, Period, counts
from services.matching.follow_ups.values import FollowUpKind
from services.matching.matches.domain import Match
from services.matching.matches.values import Party
from services.matching.stories.domain import Story
from services.matching.stories.values import StoryStatus
from services.matching.volunteers.domain import Volunteer
from tests.matching import builders
from tests.matching.builders import ZONE
from tests.support.world import at

# 72 hours later is the last minute of September in the region, or the first one of October.
LAST, FIRST = at("2026-09-27 23:59"), at("2026-09-28 00:00")
LIMIT, SECOND = timedelta(hours=72), timedelta(seconds=1)
LATER = at("2026-11-20 12:00")


def counted(month: str, *matches: Match, now: datetime = LATER) -> Counts:
    return counts(ZONE, Period(first=month, last=month), now, [*matches], [], [], [])


def introductions(month: str, *matches: Match, now: datetime = LATER) -> tuple[int, ...]:
    return tuple(counted(month, *matches, now=now).people["introductions"].values())


@pytest.mark.parametrize(
    ("proposed", "september", "october"),
    [(LAST, (0, 0, 1), (0, 0, 0)), (FIRST, (0,) * 3, (0, 0, 1))],
)
def test_an_introduction_that_was_never_held_belongs_to_the_month_of_its_limit(
    proposed: datetime, september: tuple[int, ...], october: tuple[int, ...]
) -> None:
    match = builders.match(proposed)

    assert introductions("2026-09", match) == september
    assert introductions("2026-10", match) == october


def test_a_limit_that_has_not_passed_or_that_the_proposal_did_not_reach_is_none() -> None:
    match = builders.match(FIRST)
    for passed, never in ((LIMIT, 0), (LIMIT + SECOND / 2, 0), (LIMIT + SECOND, 1)):
        assert introductions("2026-10", match, now=FIRST + passed) == (0, 0, never)
        over = match.decline(Party.FAMILY, "other", FIRST + passed)
        assert introductions("2026-10", over) == (0, 0, never)


def test_a_meeting_counts_by_its_day_in_time_or_late() -> None:
    in_time = builders.introduced(builders.match(LAST), LAST + LIMIT)
    late = builders.introduced(builders.match(FIRST), FIRST + LIMIT + SECOND)
    on = in_time.model_copy(update={"continued_by": "mat_2"})

    assert introductions("2026-09", in_time, late) == (1, 0, 0)
    assert introductions("2026-10", in_time, late) == (0, 1, 0)
    assert introductions("2026-09", on) == (0, 0, 0), "it is counted as the match that goes on"
    assert counted("2026-09", in_time, late, on).people["proposals"] == {"made": 2}


def test_a_call_counts_by_the_day_that_was_promised_as_what_became_of_it() -> None:
    care = builders.active(at("2026-09-16 10:00"), at("2026-09-16 12:00"))  # due on the 30th, 16th
    kind = FollowUpKind.TWO_WEEKS

    def calls(match: Match, month: str = "2026-09") -> dict[str, int]:
        people = counted(month, match).people
        of_kind = [people[name] for name in people if name.startswith("two_weeks_")]
        return {name: number for parts in of_kind for name, number in parts.items() if number}

    def called(day: str) -> Match:
        return care.record_call(kind, "fine", "HQ-1", at(day), ZONE)[0]

    assert calls(care) == {"open": 1}
    assert calls(care, "2026-10") == {}
    assert calls(called("2026-10-02 12:00")) == {"on_time": 1}
    assert calls(called("2026-10-03 12:00")) == {"late": 1}
    assert calls(care.advance(at("2026-10-03 00:00"), ZONE)[0]) == {"missed": 1}


def test_a_family_counts_once_and_has_been_heard_of_for_thirty_days() -> None:
    care = builders.active(at("2026-09-16 10:00"), at("2026-09-16 12:00"))
    for ago, found in ((30, (1, 0)), (30 + 1 / 86400, (0, 1))):
        told = care.report(LATER - timedelta(days=ago))
        assert tuple(counted("2026-11", told, told).people["care"].values()) == found
    assert tuple(counted("2026-11", care).people["care"].values()) == (0, 1)


def test_stories_count_by_the_day_they_were_sent_and_volunteers_by_their_sector() -> None:
    sent: list[dict[str, Any]] = [
        {"submitted_at": at(day), "status": StoryStatus(status)}
        for day, status in (
            ("2026-09-01 00:00", "cleared"),
            ("2026-09-30 23:59", "submitted"),
            ("2026-09-30 12:00", "taken_down"),
            ("2026-10-01 00:00", "cleared"),
        )
    ]
    sectors = ("ngo", "ngo", "business", "citizens", "citizens")
    known: list[dict[str, Any]] = [
        {"sector": sector, "large_family": place == 0} for place, sector in enumerate(sectors)
    ]
    stories = [Story.model_construct(**each) for each in sent]
    volunteers = [Volunteer.model_construct(**each) for each in known]

    found = counts(
        ZONE, Period(first="2026-09", last="2026-09"), LATER, [], stories, [], volunteers
    )

    assert found.people["stories"] == {"cleared": 1, "not_cleared": 2}
    assert found.people["volunteers"] == {"of_large_families": 1}
    assert found.volunteering == {"ngo": 2, "business": 1}
