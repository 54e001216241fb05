"""Each person is told in the order of what happened, and the same no more than once a day."""

import random
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.notifications.messages.repository import MOST_READ, Messages
from services.notifications.messages.values import MessageStatus
from services.notifications.pacing.daytime import daytime_of
from services.notifications.sendings.order import (
    has_waited,
    is_said_later,
    is_said_today,
    waits_for_earlier,
)
from services.notifications.work_subjects.ended_by import mark_of
from shared.events import cards, intake, matching
from shared.events.base import Event
from tests.notifications.fakes import GUARDIAN, OF_CARD, OF_CASE, OF_MATCH, NotificationsHarness
from tests.notifications.sendings.night import (
    ISSUED,
    MONDAY,
    PLACEMENT_ENDS,
    TEMPLATES,
    at_night,
    queued,
    received,
    told,
)
from tests.support.world import at


@pytest.mark.parametrize("seed", range(4))
def test_each_person_is_told_in_the_order_of_what_happened(
    harness: NotificationsHarness, seed: int
) -> None:
    happened: list[Event] = [
        matching.IntroductionHeld(**OF_MATCH, held_at=at("2026-09-14 22:00"), in_time=True),
        matching.CareAgreementSigned(**OF_MATCH),
        matching.TerminationNotified(**OF_MATCH, by="guardian", reason="other", asked="family"),
    ]
    bodies = at_night(harness, *happened, ISSUED, cards.PlacementEndReported(
        **OF_CARD, closes_on="2026-10-01"
    ))  # fmt: skip
    harness.gateway.faults = ["down", "", "down"]
    harness.world.shuffle = random.Random(seed)

    harness.deliver(*random.Random(seed).sample(bodies, len(bodies)))
    for minutes in range(20):
        harness.world.advance(at("2026-09-15 09:00") + timedelta(minutes=minutes))

    carried = [harness.gateway.messages[each] for each in harness.gateway.carried]
    assert [one.template for one in carried if one.recipient_role == "family"] == [
        "introduction_held_family", "care_agreement_signed_family", "termination_notified_family",
    ]  # fmt: skip
    assert [one.template for one in carried if one.recipient_role == "foster_parent"] == [
        "card_issued_holder", "placement_end_reported_holder",
    ]  # fmt: skip


def test_the_order_of_messages_looks_at_the_whole_night_of_an_organisation(
    harness: NotificationsHarness,
) -> None:
    signed = [
        matching.CareAgreementSigned(**OF_MATCH | {"match_id": f"mat_{number}"})
        for number in range(30)
    ]
    harness.deliver(*at_night(harness, *signed))

    with harness.world.service("notifications"):
        about = Messages.connect().latest_about("ZR", GUARDIAN)
    assert [each.topics["match_id"] for each in about] == [f"mat_{n}" for n in range(29, -1, -1)]
    harness.world.advance(at("2026-09-17 12:00"))
    with harness.world.service("notifications"):
        about = Messages.connect().latest_about("ZR", GUARDIAN)
    assert len(about) == MOST_READ, "of what is long over the latest are enough"


def test_nobody_waits_for_a_message_that_is_unknown_failed_or_in_vain(
    harness: NotificationsHarness,
) -> None:
    harness.gateway.faults = ["silent"]
    harness.gateway.deaf = True
    harness.tell(ISSUED)
    harness.tell(cards.PlacementEndReported(**OF_CARD, closes_on="2026-10-01"))

    assert told(harness) == ["placement_end_reported_holder"]


def test_what_waits_for_the_morning_holds_up_nothing_urgent(harness: NotificationsHarness) -> None:
    harness.deliver(*at_night(harness, ISSUED, cards.CardBlocked(**OF_CARD, reason="lost")))

    assert told(harness) == ["card_blocked_holder"]


def test_only_what_is_on_the_way_now_is_waited_for() -> None:
    first = queued(received(ISSUED, 0), TEMPLATES.by_name["card_issued_holder"])
    last = first.model_copy(update={"raised": mark_of(received(ISSUED, 1)), "message_id": "msg_2"})
    there = daytime_of(first.audience, "ZR", None)
    morning = there.next_moment(MONDAY)

    def waits(now: datetime, urgent: bool = False, **changes: Any) -> bool:
        made = now - timedelta(minutes=1) if urgent else last.created_at
        message = last.model_copy(update={"urgent": urgent, "created_at": made})
        about = [first.model_copy(update={"due_at": morning} | changes)]
        return waits_for_earlier(message, now, there, about)

    assert waits(morning)
    assert waits(morning, status="claimed") and waits(morning, status="joined")
    assert not waits(morning, status="sent") and not waits(morning, status="unknown")
    assert not waits(morning, raised=mark_of(received(ISSUED, 2))), "it is later news"
    assert not waits(morning, reference="crd_2"), "it is about another subject"
    assert not waits(morning, gathers=True), "it goes along with this one"
    assert not waits(morning + timedelta(hours=6)), "it has waited for long enough"
    # It waits for the next day, or for the morning that is near.
    assert not waits(morning, due_at=morning + timedelta(hours=20))
    assert waits(morning, due_at=morning + timedelta(hours=20), attempts=1)
    assert not waits(morning - timedelta(minutes=5), urgent=True)


def test_what_was_tried_already_is_not_put_off_as_the_same_news() -> None:
    template = TEMPLATES.by_name["placement_end_reported_holder"]
    first, last = (queued(received(PLACEMENT_ENDS, place), template) for place in (0, 1))
    first = first.model_copy(update={"status": MessageStatus.SENT, "sent_at": MONDAY})
    last = last.model_copy(update={"message_id": "msg_2"})
    there = daytime_of(last.audience, "ZR", None)
    assert is_said_today(last, template, MONDAY, there, [first])
    again = last.model_copy(update={"attempts": 1})
    assert not is_said_today(again, template, MONDAY, there, [first])


@pytest.mark.parametrize(
    ("earlier", "later", "is_said"),
    [
        ({}, {}, True),
        ({}, {"status": MessageStatus.SENT}, True),
        ({}, {"status": MessageStatus.FAILED}, False),
        ({}, {"facts": {"day": "2026-10-02"}}, False),
        ({"urgent": True}, {}, False),
        ({"form_id": "fbk_1"}, {}, False),
        ({"topics": {}}, {"topics": {}}, False),
    ],
)
def test_of_what_waits_and_says_the_same_the_last_alone_is_sent(
    earlier: dict[str, Any], later: dict[str, Any], is_said: bool
) -> None:
    """What cannot wait, or has a form, is not left out for other news."""
    template = TEMPLATES.by_name["placement_end_reported_holder"]
    first, last = (queued(received(PLACEMENT_ENDS, place), template) for place in (0, 1))
    last = last.model_copy(update={"message_id": "msg_2"} | later)

    assert is_said_later(first.model_copy(update=earlier), template, [last]) is is_said
    assert not is_said_later(last, template, [first])
    assert not is_said_later(first, TEMPLATES.by_name["card_issued_holder"], [last]), "a code"


def test_a_message_waits_for_its_turn_no_longer_than_for_an_outcome() -> None:
    asking = received(ISSUED, 0)
    held = queued(asking, TEMPLATES.by_name["card_issued_holder"])
    urgent = held.model_copy(update={"urgent": True})
    there = daytime_of(held.audience, "ZR", None)

    assert not has_waited(held, there.next_moment(MONDAY) + timedelta(hours=5), there)
    assert has_waited(held, there.next_moment(MONDAY) + timedelta(hours=6), there)
    assert not has_waited(urgent, MONDAY + timedelta(minutes=14), there)
    assert has_waited(urgent, MONDAY + timedelta(minutes=15), there)


def test_the_same_news_of_one_subject_is_told_once_a_day_however_often_it_happens(
    harness: NotificationsHarness,
) -> None:
    """A family that changes its list item by item; what has happened in between is told."""
    changed = matching.CareNeedsChanged(**OF_MATCH, categories=("food_aid",))
    lifted = intake.CareRequirementLifted(**OF_CASE, reason="other")
    other = matching.CareNeedsChanged(**OF_MATCH | {"match_id": "mat_2"}, categories=())
    for hour in range(10, 14):
        harness.world.set_time(at(f"2026-09-14 {hour}:00"))
        harness.tell(changed)
        harness.tell(lifted)
    harness.tell(other)
    assert to_people(harness) == [
        "care_needs_changed_guardian", "care_requirement_lifted_family",
        "care_needs_changed_guardian",
    ]  # fmt: skip
    harness.tell(intake.CaseReopened(**OF_CASE, reason="other"))
    harness.tell(lifted)
    assert to_people(harness)[3:] == ["case_reopened_family", "care_requirement_lifted_family"]
    for minutes in range(12):
        harness.world.advance(at("2026-09-15 09:00") + timedelta(minutes=minutes))
    assert to_people(harness)[5:] == ["care_needs_changed_guardian"]
    # A new code of a card is news, though the text is the same.
    harness.tell(ISSUED)
    harness.tell(ISSUED)
    assert to_people(harness)[6:] == ["card_issued_holder", "card_issued_holder"]
    reasons = {one["reason"] for one in harness.docs("MESSAGE") if one["status"] == "withheld"}
    assert reasons <= {"outdated", "repeated"}


def to_people(harness: NotificationsHarness) -> list[str]:
    """The templates of what was sent to people, in order."""
    return [each for each in told(harness) if not each.endswith("_hq")]
