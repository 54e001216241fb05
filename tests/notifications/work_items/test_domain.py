"""The states of a work item: each step has its own refusal, which names the steps that remain."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from services.notifications.work_items.domain import MOST_NEWS, WorkItem
from services.notifications.work_items.values import WorkItemStatus
from services.notifications.work_subjects.domain import Ending, Place
from services.notifications.work_subjects.values import Mark
from shared.errors import IllegalStep
from tests.support.world import at

NOW = at("2026-09-14 10:00")
MARK = Mark(source="wrk_1", at=NOW)
VERBS: dict[str, Callable[[WorkItem], WorkItem]] = {
    "read_item": lambda item: item.read("usr_1", NOW),
    "finish_item": lambda item: item.finish("usr_1", "done", NOW),
    "reopen_item": lambda item: item.reopen(MARK),
}
REFUSED = {
    (WorkItemStatus.NEW, "reopen_item"): "item_not_done",
    (WorkItemStatus.READ, "read_item"): "item_already_read",
    (WorkItemStatus.READ, "reopen_item"): "item_not_done",
    (WorkItemStatus.DONE, "read_item"): "item_already_done",
    (WorkItemStatus.DONE, "finish_item"): "item_already_done",
}
NEXT_STEPS = {
    WorkItemStatus.NEW: ("read_item", "finish_item"),
    WorkItemStatus.READ: ("finish_item",),
    WorkItemStatus.DONE: ("reopen_item",),
}


def item(status: WorkItemStatus) -> WorkItem:
    return WorkItem(
        kind="review_request",
        raised=Mark(source="cas_1", at=NOW),
        item_id="wrk_1",
        message_id="msg_1",
        role="regional_hq",
        region="ZR",
        template="request_received_hq",
        variant="text",
        reference="req_1",
        urgent=True,
        due_at=NOW,
        status=status,
        created_at=NOW,
    )


@pytest.mark.parametrize("status", list(WorkItemStatus))
@pytest.mark.parametrize("step", list(VERBS))
def test_a_step_is_done_or_refused_with_its_own_code(status: WorkItemStatus, step: str) -> None:
    if (status, step) not in REFUSED:
        assert VERBS[step](item(status)).status == WorkItem.STEPS[status][step]
        return
    with pytest.raises(IllegalStep) as refused:
        VERBS[step](item(status))
    assert refused.value.code == REFUSED[status, step]
    assert refused.value.next_steps == NEXT_STEPS[status]


@pytest.mark.parametrize("step", list(VERBS))
def test_work_whose_time_is_over_is_not_taken_back(step: str) -> None:
    """It would be over again at once; a call may still be heard of."""
    over = item(WorkItemStatus.DONE).model_copy(update={"expires_at": NOW})
    with pytest.raises(IllegalStep) as refused:
        VERBS[step](over)
    assert (refused.value.code, refused.value.next_steps) == ("item_over", ())
    for still in ({"by_phone": True}, {"expires_at": NOW + timedelta(seconds=1)}):
        assert over.model_copy(update=still).reopen(MARK).status is WorkItemStatus.READ


def test_a_newer_request_for_the_same_work_renews_it_and_what_was_urgent_stays_so() -> None:
    later = NOW + timedelta(days=1)
    calm = item(WorkItemStatus.READ).model_copy(update={"urgent": False, "due_at": later})

    renewed = item(WorkItemStatus.READ).renew(calm)
    assert (renewed.urgent, renewed.due_at) == (True, NOW)

    # One call tells the latest of many news, by the time by which the first must be told.
    news = tuple(f"news_{number}" for number in range(MOST_NEWS))
    call = item(WorkItemStatus.NEW).model_copy(
        update={"by_phone": True, "news": news, "calls": ("msg_1",)}
    )
    newer = call.model_copy(update={"news": ("news_new",), "calls": ("msg_2",), "due_at": later})
    renewed = call.renew(newer)
    assert (renewed.due_at, renewed.calls) == (NOW, ("msg_1", "msg_2"))
    assert renewed.news == (*news[1:], "news_new")


@pytest.mark.parametrize(
    ("newer", "due"),
    [
        ({}, NOW),
        ({"due_by_event": True}, NOW + timedelta(days=1)),
        ({"region": "YY"}, NOW + timedelta(days=1)),
    ],
)
def test_who_asks_again_waits_no_longer_unless_the_event_or_another_region_has_its_own_time(
    newer: dict[str, object], due: datetime
) -> None:
    first = item(WorkItemStatus.NEW)
    second = first.model_copy(update={"due_at": NOW + timedelta(days=1)} | newer)

    assert first.renew(second).due_at == second.along_with(first).due_at == due


def test_a_call_is_over_when_all_of_its_news_is_and_any_that_stays_keeps_it() -> None:
    first, second = NOW + timedelta(hours=1), NOW + timedelta(hours=2)

    def call(number: int, expires_at: datetime | None, *, by_phone: bool = True) -> WorkItem:
        news = {"by_phone": by_phone, "calls": (f"msg_{number}",), "expires_at": expires_at}
        return item(WorkItemStatus.NEW).model_copy(update=news)

    for ends, over in {(first, second): second, (second, first): second, (None, first): None,
                       (first, None): None}.items():  # fmt: skip
        one, other = call(1, ends[0]), call(2, ends[1])
        assert one.renew(other).expires_at == one.along_with(other).expires_at == over
        assert call(3, None).without("msg_3", [one, other]).expires_at == over
    # Other work is asked for anew, until when the later event says.
    look = call(1, second, by_phone=False)
    assert look.renew(call(2, first, by_phone=False)).acts_at == first
    assert look.along_with(call(2, first, by_phone=False)).acts_at == second

    taken_back = call(1, first).finish("usr_1", "done", second).reopen(MARK)
    assert taken_back.expires_at is None, "its caller says what was heard, however late"
    assert look.finish("usr_1", "done", second).reopen(MARK).acts_at == second


def test_what_climbed_comes_down_when_it_is_asked_for_anew_with_a_later_day() -> None:
    climbed = item(WorkItemStatus.NEW).climb("region_lead", NOW + timedelta(days=1))
    later = {"due_at": NOW + timedelta(days=1), "due_by_event": True}
    newer = item(WorkItemStatus.NEW).model_copy(update=later)

    assert (climbed.acts_at, newer.acts_at) == (NOW + timedelta(days=2),) * 2
    late = newer.model_copy(update={"created_at": NOW + timedelta(days=5)})
    assert late.acts_at == NOW + timedelta(days=6), "it was asked for after its day"
    assert climbed.renew(item(WorkItemStatus.NEW)).climbed_to == "region_lead"
    assert climbed.along_with(newer).climbed_to == "region_lead"
    assert climbed.renew(newer).climbed_to is None


def test_what_was_heard_is_of_the_call() -> None:
    call = item(WorkItemStatus.NEW).model_copy(update={"calls": ("msg_1", "msg_2")})
    done = call.finish("usr_1", "done", NOW, ["msg_9", "msg_2"])
    assert done.heard == ("msg_2",)
    assert done.reopen(MARK).finish("usr_1", "unreachable", NOW).heard == ()


def test_a_call_that_is_taken_back_settles_no_message() -> None:
    call = item(WorkItemStatus.NEW).model_copy(update={"calls": ("msg_1", "msg_2")})
    done = call.finish("usr_1", "done", NOW)

    assert done.unsettled == call.calls
    assert done.settle(("msg_1",)).unsettled == ("msg_2",)
    assert (done.acts_at, done.settle(call.calls).acts_at) == (NOW, None)
    assert done.reopen(MARK).unsettled == ()


def test_news_that_has_reached_its_person_leaves_the_call() -> None:
    one, two, three = (
        item(WorkItemStatus.NEW).model_copy(update={"message_id": each, "calls": (each,)})
        for each in ("msg_1", "msg_2", "msg_3")
    )
    left = one.renew(two).renew(three).without("msg_2", [one, three])
    assert (left.calls, left.message_id) == (("msg_1", "msg_3"), "msg_3")


@pytest.mark.parametrize("facts", [{"district": "D05"}, {"days": "3"}])
def test_work_that_moves_names_its_new_district_where_it_named_one(facts: dict[str, str]) -> None:
    place = Place(role="community_leader", district_id="D02", mark=MARK)
    moved = item(WorkItemStatus.NEW).model_copy(update={"facts": facts}).at(place)
    assert moved.district_id == "D02"
    assert moved.facts == (facts | {"district": "D02"} if "district" in facts else facts)


def test_work_that_is_taken_back_says_nothing_of_how_it_was_closed() -> None:
    ended = item(WorkItemStatus.READ).end(Ending(kind="x", mark=MARK, by="intake.X"), "usr_1", NOW)
    assert (ended.done_by, ended.done_at, ended.done_reason, ended.ended_by) == (
        "usr_1", NOW, "done", "intake.X",
    )  # fmt: skip
    again = ended.reopen(MARK)
    assert (again.done_by, again.done_at, again.done_reason, again.ended_by) == (None,) * 4


def test_a_call_with_one_piece_of_news_less_is_about_the_latest_that_is_left() -> None:
    first, second = (
        item(WorkItemStatus.NEW).model_copy(
            update={"message_id": f"msg_{n}", "template": f"t{n}", "variant": f"v{n}",
                    "calls": (f"msg_{n}",), "news": (f"t{n}",)}
        )
        for n in (1, 2)
    )  # fmt: skip
    left = first.renew(second).without("msg_2", [first])
    assert (left.message_id, left.template, left.variant, left.calls) == (
        "msg_1", "t1", "v1", ("msg_1",),
    )  # fmt: skip


@pytest.mark.parametrize(("due_in", "climbs_in"), [(-9, 1), (0, 1), (5, 6)])
def test_work_that_is_taken_back_is_left_undone_no_sooner_than_after_its_day(
    due_in: int, climbs_in: int
) -> None:
    due_at = NOW + timedelta(days=due_in)
    made = {"due_at": due_at, "created_at": NOW - timedelta(days=9), "urgent": True}
    done = item(WorkItemStatus.DONE).model_copy(update=made)
    assert done.reopen(MARK).climbs_at == NOW + timedelta(days=climbs_in)
