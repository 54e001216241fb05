"""Calls to people: asked for, missed, late or recorded wrongly, until nobody is left to call."""

import pytest

from shared.events import cards, cards_partners, intake, matching
from shared.events.intake_calls import CallBackAsked, CallBackOverdue
from shared.events.matching_guardians import GuardianContactErased
from shared.events.matching_progress import FollowUpCorrected, FollowUpPutOff
from shared.events.notifications import LowScoreReceived
from tests.notifications.fakes import (
    CARD,
    GUARDIAN,
    MATCH,
    OF_CARD,
    OF_CASE,
    OF_MATCH,
    NotificationsHarness,
)
from tests.notifications.news import CALL_DUE, required
from tests.notifications.work_items.inbox import (
    CALL,
    CLOSED,
    DUE,
    FAILED,
    FORGOTTEN,
    NO_CASE_LEFT,
    TRIAGED,
    calls,
    happened,
    items,
    waiting,
)
from tests.support.api import Api
from tests.support.world import at


@pytest.mark.parametrize("forgotten", [False, True])
def test_calls_with_news_end_with_a_family_s_last_case_and_one_it_asked_for_does_not(
    harness: NotificationsHarness, forgotten: bool
) -> None:
    answer = {"form_id": "fbk_1", "form": "care", "score": 2, "match_id": MATCH}
    harness.owners.change(channel="phone_task", address=None)
    for event in (
        LowScoreReceived(**OF_CASE, **answer, guardian_id=GUARDIAN),
        TRIAGED.model_copy(update={"decision": "one_time"}),
    ):
        harness.tell(event)
    assert {"call_back", "tell_by_phone"} <= {kind for kind, _ in waiting(harness)}

    harness.world.set_time(at("2026-09-14 12:30"))
    if forgotten:
        harness.tell(CLOSED.model_copy(update={"reason": "erased"}))
        harness.tell(FORGOTTEN)
    else:
        harness.tell(NO_CASE_LEFT)
        harness.tell(CLOSED)

    left = {one["kind"]: one["news"] for one in items(harness, status="new")}
    told = {"tell_by_phone": ["case_closed_family"], "call_back": []}
    assert left == ({} if forgotten else told)


def test_nobody_is_called_about_a_code_or_by_a_contact_of_before(
    harness: NotificationsHarness,
) -> None:
    for template in ("sign_in_requested_family", "family_contact_changed_family"):
        harness.tell(FAILED.model_copy(update={"template": template}))
    assert waiting(harness) == []

    harness.tell(FAILED)

    assert waiting(harness) == [("check_contact", "regional_hq")]


def test_a_missed_call_is_the_same_call_and_urgent(harness: NotificationsHarness) -> None:
    harness.tell(CALL_DUE)
    (before,) = items(harness, kind="call_family")
    harness.tell(matching.FollowUpMissed(**OF_MATCH, **CALL))

    (after,) = items(harness, kind="call_family")
    assert (before["item_id"], before["urgent"]) == (after["item_id"], False)
    assert (after["urgent"], after["template"]) == (True, "follow_up_missed_hq")


def test_headquarters_sees_to_a_call_that_is_late_until_an_operator_has_called(
    harness: NotificationsHarness,
) -> None:
    about = {"region": "ZR", "call_back_id": "cbk_1"}
    due = CallBackAsked(**about, due_at=at("2026-09-14 11:00"))
    overdue, again = CallBackOverdue(**about), due.model_copy(update={"urgent": True})
    in_vain = due.model_copy(update={"attempts": 1, "tried": True})
    asked, late, rings, called = happened(harness, due, overdue, again, in_vain)
    both = [("return_call", "hotline_operator"), ("return_call", "regional_hq")]

    harness.deliver(asked, late, rings)
    assert waiting(harness) == both
    harness.deliver(called)

    assert waiting(harness) == both[:1]


def test_one_call_tells_all_that_is_new(harness: NotificationsHarness, api: Api) -> None:
    harness.owners.change(channel="phone_task", address=None)

    harness.tell(required())
    harness.tell(intake.CareRequirementLifted(**OF_CASE, reason="other"))

    (call,) = [one for one in api.get("/inbox").json["items"] if one["kind"] == "tell_by_phone"]
    assert "«Ищем организацию, которая вам поможет»" in call["text"]
    assert "«Мы уточняем, какая помощь вам нужна»" in call["text"]


def test_a_call_about_news_ends_with_the_erasure_of_who_is_to_be_called(
    harness: NotificationsHarness,
) -> None:
    harness.owners.change(channel="phone_task", address=None)
    news = {"announcement_id": "ann_1", "news": "leaving", "day": "2026-11-01"}
    harness.owners.district = "D06"
    harness.tell(cards_partners.PartnerNewsDue(region="ZR", reference=f"ann_1.{CARD}", **news))
    (call,) = calls(harness)
    assert call["district_id"] == "D06", "else no leader of a district sees it"
    harness.tell(cards.CardRevoked(**OF_CARD, reason="other"))
    assert waiting(harness) == [("tell_by_phone", "community_leader")]

    harness.tell(cards.CardErased(**OF_CARD, holder_too=True))
    assert waiting(harness) == []


def test_all_that_are_unhappy_are_called_each(harness: NotificationsHarness) -> None:
    answer = {**OF_MATCH, "form_id": "fbk_1", "score": 1}
    for form in ("care_feedback", "guardian_feedback"):
        harness.tell(LowScoreReceived.model_validate(answer | {"form": form}))
    holder = {"form": "involvement", "card_id": CARD, "district_id": "D05"}
    harness.tell(LowScoreReceived.model_validate(answer | holder))
    asked = items(harness, kind="call_back", status="new")
    assert sorted(one["variant"] for one in asked) == ["guardian_feedback", "other", "text"]

    harness.tell(FORGOTTEN)
    assert waiting(harness) == [("call_back", "community_leader"), ("call_back", "regional_hq")]
    harness.tell(GuardianContactErased(region="ZR", guardian_id=GUARDIAN))
    assert waiting(harness) == [("call_back", "community_leader")]
    harness.tell(cards.CardErased(**OF_CARD, holder_too=True))
    assert waiting(harness) == []


def test_nobody_is_called_of_whom_no_contact_is_left(harness: NotificationsHarness) -> None:
    harness.owners.change(channel="phone_task", address=None)
    partner = {"region": "ZR", "partner_id": f"par_{CARD[4:]}", "district_ids": ("D05",)}
    partner |= {"category": "grocery"}
    ending = {"last_day": "2026-11-01", "outlets": 1, "reachable": True}
    harness.tell(cards_partners.PartnerKeysEnding(**partner, **ending))
    harness.tell(matching.GuardianReady(region="ZR", guardian_id=GUARDIAN))
    assert waiting(harness) == [
        ("renew_keys", "community_leader"),
        ("tell_by_phone", "community_leader"),
        ("tell_by_phone", "regional_hq"),
    ]

    harness.tell(cards_partners.PartnerEnded(**partner, reason="other"))
    harness.tell(GuardianContactErased(region="ZR", guardian_id=GUARDIAN))
    assert waiting(harness) == []

    harness.tell(cards_partners.PartnerEnded(**partner, reason="other", announced=False))
    assert waiting(harness) == [("replace_partner", "community_leader")]


def test_a_call_that_is_put_off_is_nobody_s_work_until_its_new_day(
    harness: NotificationsHarness,
) -> None:
    harness.tell(CALL_DUE)
    later = FollowUpPutOff(**OF_MATCH, **CALL | {"due_on": "2026-09-20"})
    harness.tell(later.model_copy(update={"kind": "one_month"}))
    assert waiting(harness) == [("call_family", "regional_hq")]

    harness.tell(later)
    assert waiting(harness) == []
    harness.world.set_time(at("2026-09-20 12:00"))
    harness.tell(CALL_DUE)
    assert waiting(harness) == [("call_family", "regional_hq")]


def test_a_call_that_was_recorded_wrongly_is_asked_for_and_what_it_caused_is_over(
    harness: NotificationsHarness,
) -> None:
    other = {"kind": "one_month", "due_on": DUE}
    wrong = FollowUpCorrected(**OF_MATCH, **CALL, former_result="needs_changed", attempt=1)
    done = matching.FollowUpDone(**OF_MATCH, **CALL, result="needs_changed")
    harness.tell(CALL_DUE)
    harness.tell(done)
    harness.tell(matching.FollowUpDone(**OF_MATCH, **other, result="needs_changed"))
    assert waiting(harness) == [("act_on_call", "regional_hq")] * 2

    # Another result: what the wrong one asked for is over, what the right one asks for is new.
    for body in happened(
        harness,
        wrong.model_copy(update={"result": "unreachable"}),
        done.model_copy(update={"result": "unreachable"}),
    ):
        harness.deliver(body)
    open_items = [one for one in items(harness, detail="two_weeks") if one["status"] != "done"]
    assert [(one["kind"], one["variant"]) for one in open_items] == [("act_on_call", "unreachable")]

    # No call at all: the family is to be called.
    harness.world.set_time(at("2026-09-14 12:00"))
    harness.tell(wrong.model_copy(update={"not_made": True}))
    assert waiting(harness) == [("act_on_call", "regional_hq"), ("call_family", "regional_hq")]
    assert [one["detail"] for one in items(harness, kind="call_family", status="new")] == [
        "two_weeks"
    ]
