"""Whose work it is: a role sees what is asked of it in its place, and nothing else."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.notifications.policy import POLICY
from services.notifications.templates.domain import Template
from services.notifications.templates.values import Audience
from services.notifications.work_items.policy import resource
from services.notifications.work_items.repository import WorkItems
from services.notifications.work_items.values import WorkItemStatus
from services.notifications.work_items.views import InboxCounts
from shared.events.matching_volunteers import (
    VolunteerApproved,
    VolunteerLeft,
    VolunteerTaskCancelled,
    VolunteerTaskOffered,
)
from shared.principal import Principal
from tests.notifications.fakes import (
    ADDRESS,
    HQ,
    LEADER,
    NotificationsHarness,
)
from tests.notifications.work_items.places import (
    CASE_MANAGER,
    COLLEAGUE,
    HOTLINE,
    LEADER_OF_D05,
    LEADER_OF_TWO,
    NOW,
    OFFICE,
    PLACES,
    person,
    references,
    stored,
)
from tests.support.api import Api
from tests.support.world import at


@pytest.fixture
def api(harness: NotificationsHarness) -> Api:
    for name in PLACES:
        stored(harness, name)
    return harness.world.api("notifications", HQ)


@pytest.mark.parametrize(
    ("caller", "query", "seen"),
    [
        (HQ, "", ["hq"]),
        (HOTLINE, "", ["hotline"]),
        (person("hotline_operator", region="YY"), "", ["hotline elsewhere"]),
        (CASE_MANAGER, "", ["unit 1"]),
        (OFFICE, "", ["office D05"]),
        (OFFICE, "?district_id=D05", ["office D05"]),
        (LEADER, "", ["leader D05", "leader D06", "leader of all"]),
        (LEADER, "?district_id=D06", ["leader D06"]),
        (LEADER_OF_D05, "", ["leader D05"]),
        (LEADER_OF_TWO, "?district_id=D06", ["leader D06"]),
        (COLLEAGUE, "", ["unit 1"]),
        (COLLEAGUE, "?own=true", ["colleague"]),
        (replace(HQ, id="CM-2"), "?own=true", ["colleague"]),
        (CASE_MANAGER, "?own=true", []),
    ],
)
def test_a_role_sees_what_is_asked_of_it_in_its_place(
    harness: NotificationsHarness, api: Api, caller: Principal, query: str, seen: list[str]
) -> None:
    found = api.as_(caller).get(f"/inbox{query}")

    assert references(found) == seen
    items = WorkItems(harness.world.stores["notifications"])
    for each in found.json["items"]:
        assert POLICY.allows(caller, "view", resource(items.get(each["item_id"])))
    assert api.as_(caller).get(f"/inbox/counts{query}").json["open"] == len(seen)


@pytest.mark.parametrize(
    ("caller", "query", "status"),
    [
        (person("district_office"), "", 403),
        (person("district_office"), "?district_id=D05", 403),
        (replace(CASE_MANAGER, org=None), "", 403),
        (OFFICE, "?district_id=D06", 404),
        (LEADER_OF_D05, "?district_id=D06", 404),
        (LEADER_OF_D05, "?region=YY", 404),
        (LEADER_OF_TWO, "", 422),
        (HQ, "?district_id=D05", 422),
        (COLLEAGUE, "?own=true&region=ZR", 422),
        (COLLEAGUE, "?own=true&district_id=D05", 422),
        (COLLEAGUE, "?own=true&lead=true", 422),
        (COLLEAGUE, "?own=true&climbed=true", 422),
        (LEADER, "?climbed=true", 403),
        (HQ, "?lead=true&climbed=true", 403),
        (replace(HOTLINE, id="CM-2"), "?own=true", 403),
        (person("specialist"), "", 403),
        (person("guardian_rep", org="unit_1"), "", 403),
    ],
)
def test_no_place_but_ones_own_is_listed(
    api: Api, caller: Principal, query: str, status: int
) -> None:
    for path in ("/inbox", "/inbox/counts"):
        assert api.as_(caller).get(f"{path}{query}").status == status


def test_another_place_is_not_acted_on(harness: NotificationsHarness, api: Api) -> None:
    names = {one["reference"]: one["item_id"] for one in harness.docs("WORK_ITEM")}
    foreign = {
        "office D06": OFFICE,
        "leader D06": LEADER_OF_D05,
        "leader of all": LEADER_OF_D05,
        "unit 2": CASE_MANAGER,
        "colleague": CASE_MANAGER,
        "hotline elsewhere": HOTLINE,
        "hq": HOTLINE,
    }

    for name, caller in foreign.items():
        assert (
            api.as_(caller).post(f"/inbox/{names[name]}/read", key=name.replace(" ", "_")).status
            == 404
        )
    own = {
        "office D05": OFFICE,
        "unit 1": CASE_MANAGER,
        "hotline": HOTLINE,
        "colleague": COLLEAGUE,
    }
    for name, caller in own.items():
        assert (
            api.as_(caller).post(f"/inbox/{names[name]}/read", key=name.replace(" ", "_")).status
            == 200
        )


def test_what_is_done_leaves_the_list_of_its_place(harness: NotificationsHarness, api: Api) -> None:
    leader = api.as_(LEADER_OF_D05)
    item = leader.get("/inbox").json["items"][0]["item_id"]

    assert leader.post(f"/inbox/{item}/done", {"reason": "done"}, key="1").status == 200

    assert references(leader.get("/inbox")) == []
    assert references(leader.get("/inbox?done=true")) == ["leader D05"]
    assert references(api.as_(LEADER).get("/inbox?done=true")) == ["leader D05"]
    (row,) = (r for r in harness.world.rows("notifications-data") if item in r["pk"]["S"])
    assert row["region_pk"]["S"] == row["owner_pk"]["S"] == "REGION#ZR#done"


def test_the_inbox_is_counted(harness: NotificationsHarness) -> None:
    soon = NOW + timedelta(days=1)
    stored(harness, "hq", due_at=NOW - timedelta(hours=1), urgent=True)
    stored(harness, "hq", due_at=soon, status=WorkItemStatus.READ)
    stored(harness, "hq", due_at=soon)
    stored(harness, "hq", status=WorkItemStatus.DONE, done_at=NOW)

    counts = harness.world.api("notifications", HQ).get("/inbox/counts").json

    assert counts == {"open": 3, "unread": 2, "urgent": 1, "overdue": 1, "more": False}


def test_a_count_ends_somewhere(
    harness: NotificationsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.notifications.work_items.queries.MOST_COUNTED", 2)
    api = harness.world.api("notifications", HQ)
    for more in (False, True):
        for _ in range(1 if more else 2):
            stored(harness, "hq")
        counts = api.get("/inbox/counts").json
        assert (counts["open"], counts["more"]) == (2, more)


def test_work_is_overdue_with_the_moment_at_which_it_was_due(harness: NotificationsHarness) -> None:
    stored(harness, "hq", due_at=NOW)
    items = WorkItems(harness.world.stores["notifications"]).list_all(
        "by_region", "REGION#ZR", prefix="regional_hq#open#", most=2
    )

    def overdue(at_moment: datetime) -> int:
        return InboxCounts.of_items(items, at_moment, more=False).overdue

    assert [overdue(NOW - timedelta(seconds=1)), overdue(NOW)] == [0, 1]


def volunteer(number: int) -> dict[str, str]:
    """What every event of a volunteer says."""
    of = {"region": "ZR", "volunteer_id": f"vol_{number:026d}", "district_id": "D05"}
    return of | {"kind": "person", "sector": "citizens"}


def test_volunteers_who_are_not_reached_are_work_of_their_coordinator(
    harness: NotificationsHarness,
) -> None:
    """It calls who has a telephone alone, and learns at once who may set out in vain."""
    called, lost = volunteer(1), volunteer(2)
    harness.owners.change(channel="phone_task", address=None)
    harness.tell(VolunteerApproved(**called))
    harness.owners.refusals = {lost["volunteer_id"]: "not_found"}
    of_task = {"task_id": "vtk_1", "category": "food_aid", "reason": "ill", "starts_at": NOW}
    soon = of_task | {"task_id": "vtk_2", "starts_at": NOW + timedelta(hours=1)}
    cancelled = {name: lost[name] for name in ("region", "volunteer_id", "district_id")}
    harness.tell(VolunteerTaskCancelled.model_validate(cancelled | of_task))
    assert harness.docs("MESSAGE")[-1]["reason"] == "expired", "nobody sets out after its start"
    harness.tell(VolunteerTaskCancelled.model_validate(cancelled | soon))
    api = harness.world.api("notifications", person("volunteer_coordinator"))
    failed, call = api.get("/inbox").json["items"]
    assert (failed["kind"], failed["urgent"]) == ("check_contact", True)
    assert (call["kind"], call["reference"]) == ("tell_by_phone", called["volunteer_id"])
    assert api.get(f"/inbox/{call['item_id']}/call").json["phone"] == ADDRESS
    for each in (called, lost):
        harness.tell(VolunteerLeft(**each, reason="own_wish"))
    assert api.get("/inbox").json["items"] == []


def test_a_task_is_offered_before_it_starts_however_its_volunteer_is_written_to(
    harness: NotificationsHarness,
) -> None:
    of = volunteer(1)
    harness.tell(VolunteerApproved(**of))
    coordinator = harness.world.api("notifications", person("volunteer_coordinator"))
    once_a_day = {"together": True, "evidence": "spoken_by_phone"}
    wishes = f"/people/{of['volunteer_id']}/preferences"
    assert coordinator.put(wishes, once_a_day, if_match=0).status == 200
    offered = {name: of[name] for name in ("region", "volunteer_id", "district_id")}
    offered |= {"task_id": "vtk_1", "category": "food_aid"}
    today = VolunteerTaskOffered.model_validate(offered | {"starts_at": at("2026-09-14 15:00")})

    harness.tell(today)
    harness.owners.change(channel="phone_task", address=None)
    harness.tell(today.model_copy(update={"task_id": "vtk_2"}))

    told = [one for one in harness.docs("MESSAGE") if "offered" in one["template"]]
    assert [one["status"] for one in told] == ["sent", "handed_over"]
    (call,) = coordinator.get("/inbox").json["items"]
    assert call["due_at"] == "2026-09-14T11:00:00Z", "a call after the task is in vain"
    path = f"/inbox/{call['item_id']}/call"
    assert coordinator.get(path).json["phone"] == ADDRESS
    harness.world.set_time(at("2026-09-14 15:00"))
    assert coordinator.get(path).json["refused"] == "outdated"
    # Who has just told it may still say so; then there is nothing left to call about.
    harness.world.advance(at("2026-09-14 15:59"))
    assert [one["item_id"] for one in coordinator.get("/inbox").json["items"]] == [call["item_id"]]
    for minute in (1, 2):
        harness.world.advance(at(f"2026-09-14 16:0{minute}"))
    assert coordinator.get("/inbox").json["items"] == []

    def last_told() -> tuple[str, str | None]:
        offer = [one for one in harness.docs("MESSAGE") if "offered" in one["template"]][-1]
        return offer["status"], offer.get("reason")

    assert last_told() == ("withheld", "outdated")
    # Who heard it in time and is noted late has heard it all the same.
    path = path.removesuffix("/call")
    assert coordinator.post(f"{path}/reopen", key="1").status == 200
    harness.world.advance(at("2026-09-14 16:05"))
    said = {"reason": "done", "heard": [call["message_id"] for call in _calls(harness)]}
    assert coordinator.post(f"{path}/done", said, key="2").status == 200
    harness.world.advance(at("2026-09-14 16:06"))
    assert last_told() == ("delivered", None)


def _calls(harness: NotificationsHarness) -> list[dict[str, Any]]:
    return [one for one in harness.docs("MESSAGE") if one.get("channel") == "phone_task"]


@pytest.mark.parametrize(
    ("audience", "event", "asked"),
    [
        (Audience.HOTLINE, {}, True),
        (Audience.LEADER, {}, True),
        (Audience.OFFICE, {}, False),
        (Audience.OFFICE, {"district_id": "D05"}, True),
        (Audience.CASE_MANAGER, {"district_id": "D05"}, False),
        (Audience.CASE_MANAGER, {"org": "unit_1"}, True),
        (Audience.COLLEAGUE, {"org": "unit_1"}, False),
        (Audience.COLLEAGUE, {"taken_by": "CM-2"}, True),
    ],
)
def test_a_role_without_a_place_in_the_event_is_asked_nothing(
    audience: Audience, event: dict[str, str], asked: bool
) -> None:
    template = Template.model_validate(
        {
            "event_type": "intake.RequestReceived",
            "audience": audience,
            "reference": "case_id",
            "subject": "Новая заявка",
            "text": "Что сделать: откройте её.",
            "kind": "review_request",
            "within_days": 1,
        }
    )

    assert (template.variant(event) is not None) is asked


@pytest.mark.parametrize(
    "words",
    [
        {"template": "of_an_older_release_hq"},
        {"variant": "of_an_older_release"},
        {"template": "case_taken_hq", "variant": "other"},  # its number is not kept
    ],
)
def test_work_whose_words_a_release_has_dropped_is_shown_by_its_kind(
    harness: NotificationsHarness, words: dict[str, str]
) -> None:
    stored(harness, "hq", **words)

    (item,) = harness.world.api("notifications", HQ).get("/inbox").json["items"]

    assert item["title"] == item["text"] == "Рассмотреть заявку"


def test_a_text_for_the_staff_says_what_work_it_is_and_until_when() -> None:
    whole = {
        "event_type": "intake.RequestReceived", "reference": "case_id", "subject": "Новая заявка",
        "text": "Что сделать: откройте её.", "kind": "review_request", "within_days": 1,
    }  # fmt: skip
    for audience, lacks in (("hq", "kind"), ("hq", "within_days"), ("family", None)):
        given = {name: value for name, value in whole.items() if name != lacks}
        with pytest.raises(ValueError, match="for the staff alone"):
            Template.model_validate(given | {"audience": audience})


@pytest.mark.parametrize(
    ("fields", "due"),
    [
        ({"within_days": 0}, "2026-09-15 00:00"),
        ({"within_days": 2}, "2026-09-17 00:00"),
        ({"due": "on"}, "2026-10-01 00:00"),
        ({"due": "at"}, "2026-09-16 12:30"),
    ],
)
def test_work_is_due_at_the_end_of_the_regions_day(fields: dict[str, object], due: str) -> None:
    from shared.reference.regions import zone

    template = Template.model_validate(
        {
            "event_type": "intake.RequestReceived", "audience": "hq", "reference": "case_id",
            "subject": "Новая заявка", "text": "Что сделать: откройте её.",
            "kind": "review_request",
        } | fields
    )  # fmt: skip

    # 22:30 UTC is the next day in the region.
    late = at("2026-09-14 23:30")
    said = {"on": "2026-09-30", "at": "2026-09-16T08:30:00Z"}
    found = template.due_at(said, late, zone("ZR"), lambda day: day)
    assert found == at(due)


def test_what_a_person_of_two_roles_may_list_follows_the_active_one(
    harness: NotificationsHarness, capsys: pytest.CaptureFixture[str]
) -> None:
    stored(harness, "leader of all")
    roles = ("foster_parent", "community_leader")
    both = Principal("usr_9", "person", "foster_parent", roles, ("ZR",))
    api = harness.world.api("notifications", both)
    capsys.readouterr()

    as_parent = api.with_(Ryadom_Role="foster_parent").get("/inbox")
    as_leader = api.with_(Ryadom_Role="community_leader").get("/inbox")

    assert (as_parent.status, as_leader.status) == (403, 200)
    assert [item["reference"] for item in as_leader.json["items"]] == ["leader of all"]
    logged = capsys.readouterr().out
    assert logged.count('"caller":"foster_parent"') == 1
    assert logged.count('"caller":"community_leader"') == 1
