"""A reader gets so many messages a day, or one: the rest waits for the morning."""

from datetime import UTC, datetime, timedelta
from typing import Any

from services.notifications.pacing.daytime import daytime_of
from services.notifications.pacing.domain import MOST_A_DAY, Pace
from services.notifications.templates.values import Audience
from shared.events import cards, intake, matching_volunteers
from tests.notifications.fakes import (
    COORDINATOR,
    FAMILY_SIGNED_IN,
    OF_CASE,
    OF_HOLDER,
    NotificationsHarness,
)
from tests.notifications.news import RECEIVED
from tests.notifications.pacing.bursts import (
    MORNING,
    VOLUNTEER,
    offer,
    revoked,
    statuses,
    to_holder,
    to_volunteer,
)
from tests.support.world import at


def test_who_wants_one_message_a_day_hears_of_a_task_with_a_day_left_to_answer(
    harness: NotificationsHarness,
) -> None:
    approved = VOLUNTEER | {"kind": "person", "sector": "citizens"}
    harness.tell(matching_volunteers.VolunteerApproved.model_validate(approved))
    once = {"together": True, "evidence": "spoken_by_phone"}
    api = harness.world.api("notifications", COORDINATOR)
    assert api.put("/people/vol_1/preferences", once, if_match=0).status == 200
    before = len(to_volunteer(harness))

    harness.tell(offer(1, hours=46))
    assert len(to_volunteer(harness)) == before + 1, "tomorrow at nine a day is not left"
    harness.tell(offer(2, hours=48))
    assert len(to_volunteer(harness)) == before + 1
    harness.world.advance(at("2026-09-15 09:00"))
    assert "16 сентября в 10:02" in to_volunteer(harness)[-1]


def test_a_person_gets_so_many_messages_a_day_and_the_rest_in_the_morning_as_one(
    harness: NotificationsHarness,
) -> None:
    most = MOST_A_DAY[Audience.HOLDER]
    for each in range(most + 3):
        harness.world.set_time(MORNING + timedelta(minutes=20 * each))
        harness.tell(revoked(each))
    assert len(to_holder(harness)) == most
    harness.world.advance(at("2026-09-14 21:59"))
    assert len(to_holder(harness)) == most

    harness.tell(cards.CardBlocked(**OF_HOLDER, reason="lost"))
    assert len(to_holder(harness)) == most + 1  # urgent

    harness.world.advance(at("2026-09-15 09:00"))
    assert len(to_holder(harness)) == most + 2
    assert to_holder(harness)[-1].count("Ваша карта больше не действует") == 1, "all read the same"
    assert {*statuses(harness)} == {"sent"}


def test_who_was_written_to_weeks_ago_is_written_to_again(harness: NotificationsHarness) -> None:
    harness.tell(revoked(1))
    harness.world.advance(at("2026-10-20 10:00"))
    harness.tell(revoked(2))
    assert len(to_holder(harness)) == 2
    paces = [row for row in harness.world.rows("notifications-data") if "PACE#" in row["pk"]["S"]]
    assert {row["pk"]["S"].rpartition(".")[2] for row in paces} == {"2026-09-14", "2026-10-20"}
    assert all("expires_at" in row for row in paces)


def test_who_wants_one_message_a_day_gets_it_in_the_morning(harness: NotificationsHarness) -> None:
    harness.tell(RECEIVED)
    api = harness.world.api("notifications", FAMILY_SIGNED_IN)
    assert api.put("/own-preferences", {"together": True}, if_match=0).status == 200
    harness.tell(intake.CaseReopened(**OF_CASE, reason="other"))
    harness.tell(intake.CareRequirementLifted(**OF_CASE, reason="other"))
    assert len(harness.gateway.to("family")) == 1

    # The clock jumps over the night and the morning.
    harness.world.advance(at("2026-09-15 12:00"))

    assert len(harness.gateway.to("family")) == 2
    assert harness.gateway.to("family")[1].title == "Новости для вас"


def test_a_pace_is_one_of_the_readers_days() -> None:
    daytime = daytime_of("family", "ZR", None)
    pace = Pace(pace_id="fam_1.2026-09-14")
    evening = datetime(2026, 9, 14, 17, 30, tzinfo=UTC)  # 21:30 there
    for _ in range(MOST_A_DAY[Audience.FAMILY]):
        pace = pace.count(evening, small=False)

    def next_moment(now: datetime, **how: bool) -> datetime:
        said = {"small": False, "together": False} | how
        return pace.next_moment(Audience.FAMILY, now, now, daytime, **said)

    assert (pace.last_small_at, next_moment(evening)) == (None, at("2026-09-15 09:00"))
    assert pace.count(evening, small=True).last_small_at == evening
    # Who wants one message a day has had it, also of news that waited since yesterday.
    now, next_day = at("2026-09-15 10:00"), Pace(pace_id="fam_1.2026-09-15")
    how: dict[str, Any] = {"daytime": daytime, "small": False, "together": True}
    later = next_day.count(at("2026-09-15 09:30"), small=False)
    assert later.next_moment(Audience.FAMILY, evening, now, **how) == at("2026-09-16 09:00")
    assert next_day.next_moment(Audience.FAMILY, evening, now, **how) == now
    # What did not fit into yesterday's waits no longer, or it would wait for ever.
    before = evening - timedelta(days=1)
    assert later.next_moment(Audience.FAMILY, before, now, **how) == now
