"""Whatever the order in which events come, the same work is open and the same is done."""

import itertools
from datetime import timedelta

import pytest

from services.notifications.work_subjects.domain import Ending, OpenItem, Place, WorkSubject
from services.notifications.work_subjects.values import Mark, WorkKind
from tests.support.world import at

NOON = at("2026-09-14 12:00")
CALL = WorkKind.CALL_FAMILY


def mark(minute: int, source: str = "mat_1") -> Mark:
    return Mark(source=source, sequence=minute, at=NOON + timedelta(minutes=minute))


def item(minute: int, kind: WorkKind = CALL, detail: str | None = None) -> OpenItem:
    return OpenItem(
        item_id=f"wrk_{minute}", kind=kind, role="regional_hq", detail=detail, raised=mark(minute)
    )


def ending(minute: int, detail: str | None = None, source: str = "mat_1") -> Ending:
    return Ending(kind=CALL, detail=detail, mark=mark(minute, source), by="matching.FollowUpDone")


def place(minute: int, district: str) -> Place:
    return Place(role="community_leader", district_id=district, mark=mark(minute, "crd_1"))


@pytest.mark.parametrize("source", ["mat_1", "req_1"])
def test_an_event_ends_what_was_asked_before_it(source: str) -> None:
    done = WorkSubject(subject_id="mat_1").noted(ending(2, source=source))

    assert done.ending_of(item(1)) is not None
    assert done.ending_of(item(3)) is None


def test_an_event_ends_what_it_asks_for_itself_and_of_two_sources_a_tie_ends_nothing() -> None:
    same, other = mark(1), mark(1, "req_1")

    assert same.covers(same)
    assert not same.covers(other) and not other.covers(same)


def test_of_one_source_the_sequence_decides_and_not_the_clock() -> None:
    """Two containers' clocks may differ by more than two events of one aggregate do."""
    raised = Mark(source="mat_1", sequence=17, at=NOON + timedelta(milliseconds=4))
    ended = Mark(source="mat_1", sequence=33, at=NOON)

    assert ended.covers(raised)
    assert not raised.covers(ended)


def test_what_people_close_and_take_back_has_no_sequence_and_the_clock_decides() -> None:
    closed, taken_back = (Mark(source="wrk_1", at=NOON + timedelta(hours=n)) for n in range(2))

    assert taken_back.covers(closed)
    assert not closed.covers(taken_back)


def test_a_tie_of_two_sources_leaves_the_work_open() -> None:
    assert not mark(1, "req_1").covers(mark(1, "mat_1"))


def test_work_of_another_kind_or_detail_goes_on() -> None:
    subject = WorkSubject(subject_id="mat_1")
    for each in (item(1, detail="two_weeks"), item(2, detail="one_month")):
        subject = subject.opened(each)
    subject = subject.opened(item(3, WorkKind.ACT_ON_CALL))

    one = subject.noted(ending(9, "two_weeks"))
    every = subject.noted(ending(9))

    assert [each.item_id for each, _ in one.finished] == ["wrk_1"]
    assert {each.item_id for each, _ in every.finished} == {"wrk_1", "wrk_2"}


def test_the_latest_ending_is_remembered() -> None:
    subject = WorkSubject(subject_id="mat_1")

    for minutes in itertools.permutations((1, 5, 3)):
        for minute in minutes:
            subject = subject.noted(ending(minute))
        assert [each.mark for each in subject.endings] == [mark(5)]


def test_asking_again_takes_the_place_of_the_item_that_waits() -> None:
    subject = WorkSubject(subject_id="mat_1").opened(item(1)).opened(item(2))

    assert [each.item_id for each in subject.open] == ["wrk_2"]


def test_what_a_person_closed_is_not_asked_by_what_happened_before() -> None:
    subject = WorkSubject(subject_id="mat_1").opened(item(2))

    closed = subject.closed("wrk_2", ending(2))

    assert closed.open == ()
    assert closed.ending_of(item(1)) is not None
    assert closed.ending_of(item(3)) is None


def test_what_one_role_closed_is_still_asked_of_the_others() -> None:
    """The lead says that it has asked; whose work it is has not done it yet."""
    lead = item(2).model_copy(update={"item_id": "wrk_lead", "role": "region_lead"})
    subject = WorkSubject(subject_id="mat_1").opened(item(2)).opened(lead)

    closed = subject.closed("wrk_lead", ending(2).model_copy(update={"role": "region_lead"}))

    assert [each.item_id for each in closed.open] == ["wrk_2"]
    assert closed.finished == ()
    assert closed.ending_of(lead) is not None


def test_the_order_of_events_leaves_no_trace() -> None:
    items = [item(1, detail=each) for each in ("two_weeks", "one_month", None)]
    lead = ending(1).model_copy(update={"role": "region_lead"})
    ends = [ending(1), ending(1, "two_weeks"), lead]

    subjects = []
    for order in itertools.permutations(range(3)):
        subject = WorkSubject(subject_id="mat_1")
        for each in order:
            subject = subject.opened(items[each]).noted(ends[each])
        subjects.append(subject)
    assert all(each == subjects[0] for each in subjects)


def test_work_of_a_role_goes_to_the_district_that_its_subject_moved_to_last() -> None:
    leads = [
        item(minute, kind).model_copy(update={"role": "community_leader"})
        for minute, kind in ((1, CALL), (9, WorkKind.ACT_ON_CALL))
    ]
    subject = WorkSubject(subject_id="crd_1").opened(item(1))
    assert subject.place_of(leads[0]) is None
    for each in leads:
        subject = subject.opened(each)

    moved = subject.moved(place(3, "D02"))

    assert moved.misplaced == ("wrk_1",)
    assert [moved.place_of(each) for each in (*leads, item(1))] == [moved.place, None, None]
    assert moved.moved(place(2, "D01")) == moved, "heard of late"
    assert moved.moved(place(12, "D03")).misplaced == ("wrk_9", "wrk_1")
    assert moved.placed(["wrk_1"]).misplaced == moved.closed("wrk_1").misplaced == ()


def test_what_has_arrived_ends_the_check_of_its_contact_alone() -> None:
    arrived = ending(1, "msg_1").model_copy(update={"kind": "check_contact"})
    subject = WorkSubject(subject_id="fam_1").noted(ending(1, "msg_2")).noted(arrived)

    assert subject.arrival_of("check_contact", ["msg_1", "msg_2"]) == arrived
    assert subject.arrival_of("check_contact", ["msg_2"]) is None
