"""When people may be disturbed: nights, days off, and the clocks of where they live."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from infra.configuration.regions import read_stage
from services.notifications.messages.domain import Message
from services.notifications.pacing.daytime import daytime_of
from shared.clock import parse
from shared.events.intake import CaseReopened
from shared.events.intake_rights import DisclosedToOffice
from shared.events.matching_volunteers import VolunteerTaskOffered, VolunteerTaskUnanswered
from tests.notifications.fakes import (
    COORDINATOR,
    FAMILY,
    FAMILY_SIGNED_IN,
    OF_CASE,
    NotificationsHarness,
)
from tests.notifications.news import ENDED, RECEIVED
from tests.support.reference import reference_data
from tests.support.world import at

ZONES = {"YN": "Europe/Kaliningrad", "ZR": "Europe/Samara", "YY": "Asia/Vladivostok"}
STAGE = read_stage("local")


def of(region: str, audience: str = "family", **more: Any) -> Message:
    return Message.model_construct(region=region, audience=audience, **more)


@pytest.mark.parametrize("region", ZONES)
@pytest.mark.parametrize(
    ("said", "starts"),
    [
        ("2026-09-14T09:00:00", None),
        ("2026-09-14T08:59:59.999999", "2026-09-14T09:00:00"),
        ("2026-09-14T21:59:59.999999", None),
        ("2026-09-14T22:00:00", "2026-09-15T09:00:00"),
        ("2026-09-18T22:00:00", "2026-09-19T10:00:00"),  # into a Saturday
        ("2026-09-20T09:59:59", "2026-09-20T10:00:00"),
        ("2026-09-20T23:00:00", "2026-09-21T09:00:00"),
        ("2026-03-08T22:30:00", "2026-03-09T10:00:00"),  # the day off is moved to the Monday
        ("2026-03-09T22:30:00", "2026-03-10T09:00:00"),
        ("2026-12-31T22:00:00", "2027-01-01T10:00:00"),
        ("2027-01-08T05:00:00", "2027-01-08T10:00:00"),
        ("2027-01-11T09:00:00", None),
        ("2027-02-20T09:00:00", None),  # a Saturday that is worked
    ],
)
def test_people_are_disturbed_by_day_alone_and_on_days_off_from_ten(
    region: str, said: str, starts: str | None
) -> None:
    zone = ZoneInfo(ZONES[region])
    moment, expected = (
        datetime.fromisoformat(each).replace(tzinfo=zone).astimezone(UTC)
        for each in (said, starts or said)
    )
    message = of(region, district_id=None, urgent=False)
    daytime = daytime_of(message.audience, region, None)

    assert daytime.next_moment(moment) == expected
    assert message.in_quiet_hours(moment, daytime) is (starts is not None)
    assert not of(region, urgent=True).in_quiet_hours(moment, daytime)


def test_the_staff_is_at_work_from_nine_on_each_day() -> None:
    night = datetime(2026, 9, 19, 3, tzinfo=ZoneInfo(ZONES["ZR"]))
    daytime = daytime_of("hq", "ZR", None)

    assert daytime.next_moment(night) == night + timedelta(hours=6)


def test_the_clocks_are_those_of_the_district_where_the_person_lives() -> None:
    districts = STAGE["ZR"].districts
    east = districts["D01"].model_copy(update={"zone": ZoneInfo(ZONES["YY"])})
    region = STAGE["ZR"].model_copy(update={"districts": {**districts, "D01": east}})
    with reference_data({"ZR": region}):
        zones = [daytime_of("family", "ZR", each).zone.key for each in ("D01", "D02", None)]
    assert zones == ["Asia/Vladivostok", "Europe/Samara", "Europe/Samara"]


def test_whose_clocks_a_person_lives_by_says_the_owner(harness: NotificationsHarness) -> None:
    """In the east of the region it is night six hours earlier; the event names another place."""
    districts = STAGE["ZR"].districts
    east = districts["D02"].model_copy(update={"zone": ZoneInfo(ZONES["YY"])})
    region = STAGE["ZR"].model_copy(update={"districts": {**districts, "D02": east}})
    harness.owners.district = "D02"
    with reference_data({**STAGE, "ZR": region}):
        harness.world.set_time(at("2026-09-14 17:00"))
        harness.tell(ENDED)
        assert parse(harness.message()["due_at"]) == at("2026-09-15 03:00"), "nine in the east"
        harness.world.advance(at("2026-09-15 08:59"))
        assert harness.message()["status"] == "queued"
        harness.world.advance(at("2026-09-15 09:00"))
        assert harness.message()["status"] == "sent"


def test_one_message_a_day_comes_in_the_morning_of_where_the_person_lives(
    harness: NotificationsHarness,
) -> None:
    districts = STAGE["ZR"].districts
    east = districts["D02"].model_copy(update={"zone": ZoneInfo(ZONES["YY"])})
    region = STAGE["ZR"].model_copy(update={"districts": {**districts, "D02": east}})
    harness.owners.district = "D02"
    with reference_data({**STAGE, "ZR": region}):
        harness.tell(RECEIVED)
        api = harness.world.api("notifications", FAMILY_SIGNED_IN)
        assert api.put("/own-preferences", {"together": True}, if_match=0).status == 200
        harness.tell(CaseReopened(**OF_CASE, reason="other"))
    (waiting,) = [one for one in harness.docs("MESSAGE") if one["gathers"]]
    assert parse(waiting["due_at"]) == at("2026-09-15 03:00"), "nine in the east"


def test_a_time_is_said_by_the_clocks_of_the_place_to_its_volunteer_and_to_who_calls_it(
    harness: NotificationsHarness,
) -> None:
    districts = STAGE["ZR"].districts
    east = districts["D02"].model_copy(update={"zone": ZoneInfo(ZONES["YY"])})
    region = STAGE["ZR"].model_copy(update={"districts": {**districts, "D02": east}})
    of_task = {
        "region": "ZR", "volunteer_id": "vol_1", "task_id": "vtk_1", "category": "food_aid",
        "district_id": "D02", "starts_at": at("2026-09-14 12:00"),
    }  # fmt: skip
    with reference_data({**STAGE, "ZR": region}):
        harness.tell(VolunteerTaskOffered.model_validate(of_task))
        harness.tell(VolunteerTaskUnanswered.model_validate(of_task))
        told = [one.text for one in harness.gateway.messages.values()]
        asked = harness.world.api("notifications", COORDINATOR).get("/inbox").json["items"]

    assert all("14 сентября в 18:00" in each for each in (*told, asked[0]["text"]))


def test_news_that_a_friday_night_held_back_goes_out_at_ten(harness: NotificationsHarness) -> None:
    harness.world.set_time(at("2026-09-18 23:00"))
    harness.tell(ENDED)
    harness.world.advance(at("2026-09-19 09:30"))
    assert harness.message()["status"] == "queued"
    harness.world.advance(at("2026-09-19 10:00"))
    assert harness.message()["status"] == "sent"


def test_clocks_that_the_region_changes_hold_for_what_waits(harness: NotificationsHarness) -> None:
    """The region moves an hour west while its news waits for the morning, and jumps over it."""
    harness.world.set_time(at("2026-09-14 23:00"))
    harness.tell(ENDED)
    moved = STAGE["ZR"].model_copy(update={"zone": ZoneInfo("Europe/Moscow")})
    with reference_data({**STAGE, "ZR": moved}):
        harness.world.advance(at("2026-09-15 09:00"))
        assert (harness.message()["status"], harness.message()["due_at"]) == (
            "queued",
            "2026-09-15T06:00:00Z",
        )
        harness.world.advance(at("2026-09-17 23:30"))  # a day was lost, and it is night again
        assert harness.message()["status"] == "queued"
        harness.world.advance(at("2026-09-18 10:00"))
    assert harness.message()["status"] == "sent"


def test_no_call_and_no_work_of_ours_is_due_on_a_day_off(harness: NotificationsHarness) -> None:
    harness.world.set_time(at("2026-12-30 15:00"))
    harness.owners.change(channel="phone_task", address=None)
    harness.tell(ENDED)
    harness.tell(RECEIVED)
    shown = {"region": "ZR", "family_id": FAMILY, "district_id": "D05", "reason": "required_by_law"}
    harness.tell(DisclosedToOffice(**shown, until="2027-02-01T09:00:00Z"))

    due = {(each["kind"], each["urgent"]): each["due_at"] for each in harness.docs("WORK_ITEM")}

    # The end of the eleventh of January, the first working day of the year.
    assert due["tell_by_phone", False] == due["review_request", False] == "2027-01-11T20:00:00Z"
    # What cannot wait is done on a day off, too.
    assert due["tell_by_phone", True].startswith("2026-12-31T11:")
    assert due["see_family", True] == "2026-12-31T20:00:00Z"
