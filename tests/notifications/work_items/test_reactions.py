"""Work is asked for once, and ends with the deed, in whatever order the events come."""

import itertools
import json
import random
from dataclasses import replace
from typing import Any

import pytest

from services.notifications.work_items import reactions
from services.notifications.work_subjects.repository import WorkSubjects
from shared.events import intake, matching
from shared.events.intake_families import FamilyCasesEnded
from shared.events.intake_rights import FamilyContactChanged
from shared.events.matching_progress import MatchNeedsSettled
from tests.notifications.fakes import (
    ASKED,
    CASE,
    FAMILY,
    HQ,
    OF_CASE,
    OF_MATCH,
    NotificationsHarness,
)
from tests.notifications.news import CALL_DUE, RECEIVED, required
from tests.notifications.work_items.inbox import (
    CALL,
    CLOSED,
    DUE,
    FAILED,
    TRIAGED,
    calls,
    happened,
    items,
    proposed,
    waiting,
)
from tests.support.api import Api
from tests.support.world import at


def test_work_that_is_asked_for_anew_is_open_in_every_order(harness: NotificationsHarness) -> None:
    bodies = happened(harness, required(), proposed(), required(again=True))

    for number, order in enumerate(itertools.permutations(bodies)):
        case = f"{CASE[:-1]}{number}"
        for body in order:
            body = body.replace(CASE, case).replace('"evt_', f'"evt_{number}')
            harness.deliver(body)

        (still,) = (one for one in items(harness, reference=case) if one["status"] != "done")
        assert (still["kind"], still["variant"]) == ("find_guardian", "true"), order


@pytest.mark.parametrize("backwards", [False, True])
def test_what_was_ever_urgent_is_urgent_in_every_order(
    harness: NotificationsHarness, backwards: bool
) -> None:
    urgent = RECEIVED.model_copy(update={"urgent": True})
    bodies = happened(harness, urgent, RECEIVED)
    for body in reversed(bodies) if backwards else bodies:
        harness.deliver(body)
    (item,) = items(harness, kind="review_request")
    assert item["urgent"] is True


def test_of_two_workers_at_once_neither_loses_its_news_of_a_call(
    harness: NotificationsHarness,
) -> None:
    """One has read the clock before the other, and comes second."""
    harness.owners.change(channel="phone_task", address=None)
    for moment, event in (
        ("11:05", required()),
        ("11:04", intake.CaseReopened(**OF_CASE, reason="other")),
    ):
        harness.world.set_time(at(f"2026-09-14 {moment}"))
        harness.tell(event)
    (call,) = calls(harness)
    handed = [one for one in harness.docs("MESSAGE") if one["status"] == "handed_over"]
    assert set(call["calls"]) == {one["message_id"] for one in handed}
    assert len(call["calls"]) == len(call["news"]) == 2


@pytest.mark.parametrize("seed", range(10))
def test_a_shuffled_story_ends_like_the_story(harness: NotificationsHarness, seed: int) -> None:
    bodies = happened(
        harness,
        RECEIVED,
        TRIAGED,
        required(),
        proposed(),
        CALL_DUE,
        matching.FollowUpMissed(**OF_MATCH, **CALL),
        matching.FollowUpDone(**OF_MATCH, **CALL, result="needs_changed"),
        matching.FollowUpDue(**OF_MATCH, kind="one_month", due_on=DUE),
    )
    harness.world.shuffle = random.Random(seed)

    harness.deliver(*bodies * 2)

    assert waiting(harness) == [("act_on_call", "regional_hq"), ("call_family", "regional_hq")]
    assert [one["detail"] for one in items(harness, kind="call_family", status="new")] == [
        "one_month"
    ]


def test_raising_and_ending_at_once_leaves_nothing_open(
    harness: NotificationsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second worker ends the work between what the first one reads and what it writes."""
    received, closed = happened(harness, RECEIVED, CLOSED)
    whole, other = WorkSubjects.of, [closed]

    def while_reading(self: WorkSubjects, subject_id: str) -> Any:
        found = whole(self, subject_id)
        if other:
            batch = {"Records": [{"messageId": "1", "body": other.pop()}]}
            assert harness.world.call("notifications", "on_messages", batch) == {
                "batchItemFailures": []
            }
        return found

    monkeypatch.setattr(WorkSubjects, "of", while_reading)
    harness.deliver(received)

    assert other == []
    assert waiting(harness) == []
    assert len(items(harness)) == 1


def test_more_work_than_a_commit_holds_is_ended_step_by_step(
    harness: NotificationsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes, changed = [], []
    whole = harness.world.dynamodb.transact_write_items

    def counting(**request: Any) -> Any:
        sizes.append(len(request["TransactItems"]))
        rows = [step["Put"]["Item"] for step in request["TransactItems"] if "Put" in step]
        docs = [json.loads(row["doc"]["S"]) for row in rows if "doc" in row]
        changed.append(sum(doc.get("status") == "done" for doc in docs))
        return whole(**request)

    for event in (
        RECEIVED,
        intake.NeedsChanged(**OF_CASE, categories=(), needs=(), by_family=True),
        FAILED,
    ):
        harness.tell(event)
    harness.owners.change(channel="phone_task", address=None)
    harness.tell(required())
    harness.tell(intake.RequestTriaged(**OF_CASE, decision="one_time", district_id="D05"))
    harness.tell(intake.CaseReopened(**OF_CASE, reason="new_request"))
    assert len(waiting(harness)) == 6
    monkeypatch.setattr(harness.world.dynamodb, "transact_write_items", counting)
    monkeypatch.setattr(reactions, "ENDED_AT_ONCE", 2)

    harness.tell(CLOSED)

    calls = {"tell_by_phone", "check_contact"}
    assert {kind for kind, _ in waiting(harness)} == calls, "the family has another open case"
    harness.tell(intake.NeedsChanged(**OF_CASE, categories=(), needs=(), by_family=True))
    harness.world.set_time(at("2026-09-14 12:30"))
    harness.tell(CLOSED)
    harness.tell(FamilyCasesEnded(region="ZR", family_id=FAMILY, record_id=FAMILY))
    assert max(changed) == 2
    assert waiting(harness) == []

    # Both subjects of one event have something to end: together they have room for one.
    for family in (FAMILY, "fam_2"):
        harness.tell(FAILED.model_copy(update={"family_id": family, "message_id": family}))
    monkeypatch.setattr(reactions, "ENDED_AT_ONCE", 1)
    changed.clear()
    merged = {"family_id": "fam_2", "record_id": FAMILY, "reference": f"cnt_1.{FAMILY}"}
    harness.world.set_time(at("2026-09-14 13:30"))
    assert len(waiting(harness)) == 2
    harness.tell(FamilyContactChanged(region="ZR", **merged))
    assert max(changed) == 1
    assert waiting(harness) == []
    assert max(sizes) <= 16
    assert harness.docs("WORK_SUBJECT")[0].get("due_at") is None


def test_a_person_closes_work_with_a_reason(harness: NotificationsHarness, api: Api) -> None:
    harness.tell(RECEIVED)
    path = f"/inbox/{api.get('/inbox').json['items'][0]['item_id']}/done"

    assert "unknown_code" in api.post(path, {"reason": "because"}, key="1").text
    assert api.post(path, {}, key="2").status == 422
    assert api.post(path, {"reason": "duplicate"}, key="3").status == 200

    (done,) = api.get("/inbox?done=true").json["items"]
    assert (done["done_by"], done["done_reason"], done["ended_by"]) == ("usr_1", "duplicate", None)
    reasons = [row["reason"]["S"] for row in harness.world.rows("notifications-audit")
               if row["action"]["S"] == "finish_item"]  # fmt: skip
    assert set(reasons) == {"duplicate"}


def test_a_family_that_asks_again_each_day_is_called_no_later_than_one_that_asks_once(
    harness: NotificationsHarness, api: Api
) -> None:
    more = intake.RequestExtended(**ASKED, district_id="D05")
    harness.tell(RECEIVED)
    first = api.get("/inbox").json["items"]
    for day in (15, 16):
        harness.world.set_time(at(f"2026-09-{day} 10:00"))
        harness.tell(more)

    (work,) = api.get("/inbox").json["items"]

    assert (work["due_at"], work["title"]) == (first[0]["due_at"], "Семья рассказала больше")


def test_what_the_lead_closed_is_still_the_work_of_the_headquarters(
    harness: NotificationsHarness, api: Api
) -> None:
    lead = api.as_(replace(HQ, id="HQ-1"))
    harness.tell(matching.IntroductionDueSoon(**OF_MATCH, due_at=at("2026-09-16 12:00")))
    (asked,) = lead.get("/inbox", query={"lead": "true"}).json["items"]
    lead.post(f"/inbox/{asked['item_id']}/done", {"reason": "done"}, key="1")

    harness.tell(MatchNeedsSettled(**OF_MATCH, settled=False))  # ends other work of the match

    assert waiting(harness) == [("hold_introduction", "regional_hq")]


def test_what_happened_before_a_person_closed_the_work_opens_no_more(
    harness: NotificationsHarness, api: Api
) -> None:
    due, other, missed = happened(
        harness,
        CALL_DUE,
        CALL_DUE.model_copy(update={"kind": "one_month"}),
        matching.FollowUpMissed(**OF_MATCH, **CALL),
    )
    harness.deliver(missed)
    item = api.get("/inbox").json["items"][0]["item_id"]
    api.post(f"/inbox/{item}/done", {"reason": "done"}, key="1")

    harness.deliver(due)

    assert api.get("/inbox").json["items"] == []
    harness.deliver(other)
    assert len(api.get("/inbox").json["items"]) == 1, "another call is other work"


def test_reopened_work_ends_by_what_comes_after(harness: NotificationsHarness, api: Api) -> None:
    harness.tell(RECEIVED)
    item = api.get("/inbox").json["items"][0]["item_id"]
    harness.tell(TRIAGED)
    assert [one["item_id"] for one in api.get("/inbox?done=true").json["items"]] == [item]

    assert api.post(f"/inbox/{item}/reopen", key="1").json["status"] == "read"
    harness.tell(proposed())  # ends other work of the same case
    assert item in [one["item_id"] for one in api.get("/inbox").json["items"]]
    harness.tell(CLOSED)

    assert api.get("/inbox").json["items"] == []


def test_work_that_is_asked_for_anew_is_not_reopened_beside_it(
    harness: NotificationsHarness, api: Api
) -> None:
    harness.tell(required())
    old = api.get("/inbox").json["items"][0]["item_id"]
    harness.tell(proposed())
    harness.tell(required(again=True))

    # Nor does who still sees it on her screen hear to take it back.
    for step, said in (("reopen", None), ("done", {"reason": "done"}), ("read", None)):
        refused = api.post(f"/inbox/{old}/{step}", said, key=step)
        assert (refused.status, refused.code) == (409, "item_asked_anew"), step
    assert len(api.get("/inbox").json["items"]) == 1
