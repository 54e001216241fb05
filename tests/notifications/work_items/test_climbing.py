"""Work that nobody touches climbs: those above see to it, and it stays whose it was."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.notifications.work_items.reactions import act_in_time
from services.notifications.work_items.repository import WorkItems
from services.notifications.work_items.values import ABOVE, REACH
from services.notifications.work_subjects.repository import WorkSubjects
from shared.principal import Principal, system
from shared.storage.command_context import CommandContext
from tests.notifications.fakes import FEDERAL, HQ, OPERATIONS, NotificationsHarness
from tests.notifications.work_items.places import HOTLINE, NOW, references, stored

LEAD = replace(HQ, id="HQ-1")
LEFT = ("leader D05", "hotline", "hq")


@pytest.mark.parametrize("urgent", [False, True])
@pytest.mark.parametrize(
    ("role", "region", "above"),
    [
        ("district_office", "ZR", ("regional_hq", "region_lead", "federal_hq")),
        ("community_leader", "ZR", ("regional_hq", "region_lead", "federal_hq")),
        ("volunteer_coordinator", "ZR", ("regional_hq", "region_lead", "federal_hq")),
        ("hotline_operator", "YN", ("regional_hq", "federal_hq")),
        ("case_manager", "ZR", ("regional_hq", "region_lead", "federal_hq")),
        ("colleague", "ZR", ("regional_hq", "region_lead", "federal_hq")),
        ("regional_hq", "ZR", ("region_lead", "federal_hq")),
        ("regional_hq", "YN", ("federal_hq",)),
        ("region_lead", "ZR", ("federal_hq",)),
        ("federal_hq", "ZR", ("operations",)),
        ("operations", "ALL", ("federal_hq",)),
    ],
)
def test_work_that_nobody_touches_climbs(
    harness: NotificationsHarness,
    urgent: bool,
    role: str,
    region: str,
    above: tuple[str, ...],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Three days after its day the next above is told, or after one if it is urgent."""
    stored(harness, "hq", role=role, region=region, urgent=urgent)
    for number in range(len(above) + 2):
        harness.world.advance(NOW + number * timedelta(days=1 if urgent else 3, minutes=1))
        (item,) = harness.docs("WORK_ITEM")
        assert item.get("climbed_to") == (None, *above)[: number + 1][-1]
    assert '"work_climbed":[' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("days", "climbed_to", "left"),
    [
        (1, None, (None, "new")),
        (3, None, ("region_lead", "new")),
        (1, "federal_hq", ("federal_hq", "new")),
        (9, "federal_hq", ("federal_hq", "done")),
    ],
)
def test_a_deadline_that_is_heard_of_too_early_changes_nothing(
    harness: NotificationsHarness, days: int, climbed_to: str | None, left: tuple[str | None, str]
) -> None:
    """Work that was put off after its deadline was queued, and work that climbs before its end."""
    stored(harness, "hq", climbed_to=climbed_to, expires_at=NOW + timedelta(days=9))
    harness.world.set_time(NOW + timedelta(days=days))
    with harness.world.service("notifications"):
        items, context = WorkItems.connect(), CommandContext(system("test"), "test", "cor_1")
        act_in_time(items.get(f"wrk_{0:026d}"), context, items, WorkSubjects.connect())
    (item,) = harness.docs("WORK_ITEM")
    assert (item.get("climbed_to"), item["status"]) == left


@pytest.mark.parametrize(
    ("days", "caller", "query", "seen"),
    [
        (2, HQ, "", []),
        (3, HQ, "", ["leader D05", "hotline"]),
        (3, LEAD, "&lead=true", ["hq"]),
        (6, HQ, "", []),
        (6, LEAD, "&lead=true", ["leader D05", "hotline"]),
        (6, FEDERAL, "", ["hq"]),
        (9, FEDERAL, "", [*LEFT]),
        (90, FEDERAL, "", [*LEFT]),
        (90, OPERATIONS, "", []),
    ],
)
def test_those_above_list_what_is_left_undone_and_see_to_it(
    harness: NotificationsHarness, days: int, caller: Principal, query: str, seen: list[str]
) -> None:
    for name in (*LEFT, "leader D06"):
        stored(harness, name, due_at=NOW + timedelta(days=name == "leader D06") * 999)
    for day in range(days + 1):
        harness.world.advance(NOW + day * timedelta(days=1, minutes=1))
    api = harness.world.api("notifications", caller)

    found = api.get(f"/inbox?climbed=true{query}")

    assert {*references(found)} == {*seen}
    assert api.get(f"/inbox/counts?climbed=true{query}").json["open"] == len(seen)
    for item in found.json["items"]:
        assert item["text"].startswith("Эту работу не сделали в срок. Кому её поручили: ")
        done = api.post(f"/inbox/{item['item_id']}/done", {"reason": "done"}, key=item["item_id"])
        assert done.status == 200
    assert references(api.get(f"/inbox?climbed=true{query}")) == []


def test_what_climbed_stays_with_those_who_were_asked(harness: NotificationsHarness) -> None:
    stored(harness, "hotline", template="call_back_asked_hotline", urgent=True)
    api = harness.world.api("notifications", HOTLINE)
    assert api.get("/inbox").json["items"][0]["climbed_to"] is None

    harness.world.advance(NOW + timedelta(days=1))

    (own,) = api.get("/inbox").json["items"]
    (climbed,) = api.as_(HQ).get("/inbox?climbed=true").json["items"]

    assert own["item_id"] == climbed["item_id"]
    assert (own["asked"], own["climbed_to"]) == ("hotline", "hq")
    assert climbed["text"].startswith(
        "Срочно! Эту работу не сделали в срок. Кому её поручили: Опер"
    )
    assert own["text"] in climbed["text"].replace("поручено: ", "поручено: Срочно! ")
    assert api.as_(HQ).get("/inbox?climbed=true&done=true").code == "climbed_is_open"
    # To read it is of those who were asked, and no refusal offers it to those above.
    path = f"/inbox/{climbed['item_id']}"
    assert api.as_(HQ).post(f"{path}/read", key="1").status == 403
    undone = api.as_(HQ).post(f"{path}/reopen", key="2")
    assert (undone.status, undone.code) == (409, "item_not_done")
    assert [each["action"] for each in undone.json["next_steps"]] == ["finish_item"]


@pytest.mark.parametrize("climbed", [False, True])
def test_work_that_is_taken_back_waits_for_those_who_have_taken_it_back(
    harness: NotificationsHarness, climbed: bool
) -> None:
    """It was not left undone while it was done; it climbs on from where it was."""
    stored(harness, "hotline")
    if climbed:
        harness.world.advance(NOW + timedelta(days=3))
    path, api = f"/inbox/wrk_{0:026d}", harness.world.api("notifications", HOTLINE)
    assert api.post(f"{path}/done", {"reason": "done"}, key="1").status == 200
    later = NOW + timedelta(days=20)
    harness.world.advance(later)
    assert api.post(f"{path}/reopen", key="2").status == 200
    above = ["regional_hq", "region_lead"] if climbed else [None, "regional_hq"]

    for days, role in zip((2, 3), above, strict=True):
        harness.world.advance(later + timedelta(days=days, minutes=1))
        assert harness.docs("WORK_ITEM")[0].get("climbed_to") == role


def test_there_is_somebody_above_every_role_with_work() -> None:
    assert ABOVE.keys() == REACH.keys()
