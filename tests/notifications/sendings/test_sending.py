"""Every event reaches every audience once, whatever the gateway, the queue and the owners do."""

import itertools
import json
import random
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.notifications.channels.port import DeliveryReport, OnDoubt, OutgoingMessage
from services.notifications.messages import rendering
from services.notifications.messages.recipients import find_destination
from services.notifications.messages.values import LONGEST_WAIT
from shared import clock
from shared.events import cards, cards_partners, intake, matching
from tests.notifications.fakes import (
    ASKED,
    CARD,
    GUARDIAN,
    OF_CARD,
    OF_CASE,
    OF_HOLDER,
    OF_MATCH,
    NotificationsHarness,
)
from tests.notifications.sendings.night import to_holders
from tests.support.world import at

RECEIVED = intake.RequestReceived(**ASKED, district_id="D01")
REQUIRED = intake.CareRequired(
    **OF_CASE,
    district_id="D01",
    needs=(),
    size_band="one_or_two",
    number="1",
    flagged_at=at("2026-09-14 10:50"),
)
ENDED = cards.CardRevoked(**OF_HOLDER, reason="other")


def test_a_request_is_acknowledged_at_once_and_lands_in_the_inbox_of_headquarters(
    harness: NotificationsHarness,
) -> None:
    harness.tell(RECEIVED)

    (family,) = harness.gateway.to("family")
    assert family.text.startswith("Здравствуйте, Анна!")
    assert "4824" in family.text
    (hq,) = harness.gateway.to("hq")
    assert (hq.channel, hq.to) == ("inbox", "regional_hq@ZR")
    assert "Центральный район" in hq.text
    assert len(harness.docs("WORK_ITEM")) == 1


@pytest.mark.requirement("X-02")
def test_an_event_delivered_many_times_in_any_order_gives_one_message_each(
    harness: NotificationsHarness,
) -> None:
    bodies = [harness.body(RECEIVED), harness.body(REQUIRED)]
    harness.world.shuffle = random.Random(7)

    harness.deliver(*bodies * 5)
    harness.deliver(*reversed(bodies))

    assert len(harness.gateway.messages) == len(harness.docs("MESSAGE")) == 4
    assert len(harness.gateway.sends) == 4


def test_a_gateway_that_took_the_message_and_fell_silent_is_asked_not_told_again(
    harness: NotificationsHarness,
) -> None:
    harness.gateway.faults = ["taken_then_silent"]
    harness.tell(REQUIRED)
    assert harness.docs("MESSAGE")[0]["status"] == "unknown"

    harness.world.advance(at("2026-09-14 10:10"))

    assert {one["status"] for one in harness.docs("MESSAGE")} == {"sent"}
    assert len(harness.gateway.sends) == 2  # one for the family, one for headquarters
    assert len(harness.gateway.asks) == 1


def test_a_doubt_is_settled_by_the_channel_of_the_try_whatever_the_person_prefers_now(
    harness: NotificationsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []

    def found(message: Any, template: Any, owners: Any, prefer: Any = ()) -> Any:
        asked.append(tuple(prefer))
        return find_destination(message, template, owners, prefer)

    monkeypatch.setattr(rendering, "find_destination", found)
    monkeypatch.setattr(harness.gateway, "on_doubt", lambda name: OnDoubt.ASK_AT_ADDRESS)
    harness.gateway.faults = ["taken_then_silent"]
    harness.tell(ENDED)

    harness.world.advance(at("2026-09-14 10:10"))

    assert asked == [(), ("bot",)]
    assert harness.message()["status"] == "sent"


def test_a_message_that_the_gateway_never_got_is_sent_again(harness: NotificationsHarness) -> None:
    harness.gateway.faults = ["silent"]
    harness.tell(ENDED)

    harness.world.advance(at("2026-09-14 10:10"))

    assert harness.message()["status"] == "sent"
    assert len(harness.gateway.sends) == 2
    assert len(harness.gateway.asks) == 1


def test_nothing_is_resent_while_nobody_knows(harness: NotificationsHarness) -> None:
    harness.gateway.faults = ["silent"]
    harness.gateway.deaf = True
    harness.tell(ENDED)

    for minutes in range(1, 60):
        harness.world.advance(at("2026-09-14 10:00") + timedelta(minutes=minutes))

    assert harness.message()["status"] == "unknown"
    assert len(harness.gateway.sends) == 1
    assert len(harness.gateway.asks) > 5
    harness.gateway.deaf = False
    harness.world.advance(at("2026-09-14 11:00") + LONGEST_WAIT)
    assert harness.message()["status"] == "sent"
    assert len(harness.gateway.messages) == 1


def test_a_gateway_that_is_down_gets_the_message_later(harness: NotificationsHarness) -> None:
    harness.gateway.faults = ["down", "down", "down"]
    harness.tell(ENDED)

    for minutes in range(1, 8):
        harness.world.advance(at("2026-09-14 10:00") + timedelta(minutes=minutes))

    assert harness.message()["status"] == "sent"
    assert harness.message()["attempts"] == 4
    assert harness.gateway.asks == []


def test_a_provider_that_has_no_room_gets_the_message_later(
    harness: NotificationsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as full:
        full.setattr(harness.gateway, "has_room", lambda name, urgent: False)
        harness.tell(ENDED)
    assert (harness.message()["status"], harness.message()["attempts"]) == ("queued", 0)
    assert harness.gateway.sends == []

    harness.world.advance(at("2026-09-14 10:05"))
    assert harness.message()["status"] == "sent"


def test_that_a_copy_was_not_taken_says_nothing_about_the_first(
    harness: NotificationsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(harness.gateway, "on_doubt", lambda name: OnDoubt.REPEAT)
    harness.gateway.faults = ["silent", "down"]
    harness.tell(ENDED)
    for minutes in range(1, 10):
        if len(harness.gateway.sends) < 2:
            harness.world.advance(at("2026-09-14 10:00") + timedelta(minutes=minutes))

    assert (len(harness.gateway.sends), harness.message()["status"]) == (2, "unknown")


@pytest.mark.parametrize(("urgent", "tries", "way"), [(False, 1, "phone_task"), (True, 2, "bot")])
def test_a_copy_of_what_may_have_arrived_wakes_nobody_at_night(
    harness: NotificationsHarness,
    monkeypatch: pytest.MonkeyPatch,
    urgent: bool,
    tries: int,
    way: str,
) -> None:
    monkeypatch.setattr(harness.gateway, "on_doubt", lambda name: OnDoubt.REPEAT)
    harness.world.set_time(at("2026-09-14 21:59"))
    harness.gateway.faults = ["taken_then_silent"]
    harness.tell(cards.CardBlocked(**OF_CARD, reason="lost") if urgent else ENDED)
    for minutes in (0, 1, 3, 60, 10 * 60):
        harness.world.advance(at("2026-09-14 22:00") + timedelta(minutes=minutes))
    (message,) = to_holders(harness)
    assert harness.gateway.sends.count(message["message_id"]) == tries

    harness.world.advance(at("2026-09-15 09:00"))
    assert harness.row_of(message["message_id"])["channel"] == way


def test_a_worker_that_dies_after_the_claim_loses_nothing_and_repeats_nothing(
    harness: NotificationsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = harness.gateway.send

    def dies_after(name: str, message: OutgoingMessage) -> object:
        whole(name, message)
        raise RuntimeError("the container is gone")

    monkeypatch.setattr(harness.gateway, "send", dies_after)
    harness.tell(ENDED)
    assert harness.message()["status"] == "claimed"
    monkeypatch.setattr(harness.gateway, "send", whole)

    harness.world.advance(at("2026-09-14 10:02"))

    assert harness.message()["status"] == "sent"
    assert len(harness.gateway.sends) == 1


def test_when_the_owner_of_a_contact_is_down_the_message_waits(
    harness: NotificationsHarness,
) -> None:
    harness.owners.down = {"cards"}
    harness.tell(ENDED)
    assert harness.message()["status"] == "queued"
    assert harness.gateway.sends == []

    harness.owners.down = set()
    harness.world.advance(at("2026-09-14 10:05"))

    assert harness.message()["status"] == "sent"
    assert len(harness.gateway.sends) == 1


def test_a_channel_that_refuses_is_left_for_the_next_one(harness: NotificationsHarness) -> None:
    harness.gateway.faults = ["refuse:blocked_by_user"]

    harness.tell(ENDED)

    message = harness.message()
    assert message["refused_channels"] == ["bot"]
    assert (message["status"], message["channel"]) == ("sent", "sms")
    assert len(harness.gateway.messages) == 1


def test_a_holder_whom_nothing_reaches_becomes_a_task_for_the_leader(
    harness: NotificationsHarness, capsys: pytest.CaptureFixture[str]
) -> None:
    harness.gateway.faults = ["refuse:blocked_by_user", "refuse:no_such_number"]

    harness.tell(ENDED)

    (task,) = harness.docs("WORK_ITEM")
    assert (task["role"], task["template"]) == ("community_leader", "message_failed_leader")
    assert '"message_failed":[1.0]' in capsys.readouterr().out


def test_a_partner_whom_nothing_reaches_becomes_a_task_for_the_leader_of_its_district(
    harness: NotificationsHarness,
) -> None:
    harness.gateway.faults = ["refuse:blocked_by_user", "refuse:no_such_number"]
    of = {"region": "ZR", "partner_id": "par_1", "district_ids": ("D05",), "category": "food"}

    harness.tell(cards_partners.PartnerPaused(**of, own=False, reachable=True))

    (task,) = harness.docs("WORK_ITEM")
    assert (task["role"], task["district_id"]) == ("community_leader", "D05")
    assert (task["kind"], task["variant"]) == ("check_contact", "partner")
    harness.tell(cards_partners.PartnerEnded(**of, reason="closed", announced=True))
    assert harness.docs("WORK_ITEM")[0]["status"] == "done"


def test_another_worker_in_the_middle_of_a_sending_sends_nothing(
    harness: NotificationsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = harness.gateway.send

    def while_sending(name: str, message: OutgoingMessage) -> DeliveryReport:
        report = whole(name, message)
        work_again(harness)
        return report

    monkeypatch.setattr(harness.gateway, "send", while_sending)
    harness.tell(ENDED)

    assert harness.message()["status"] == "sent"
    assert len(harness.gateway.sends) == 1


def test_of_two_workers_that_took_the_same_message_one_sends(
    harness: NotificationsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, other = harness.owners.invoke, [True]

    def while_asking(**request: Any) -> dict[str, Any]:
        answer = whole(**request)
        if other and other.pop():
            work_again(harness)
        return answer

    monkeypatch.setattr(harness.owners, "invoke", while_asking)
    harness.tell(ENDED)

    assert harness.message()["status"] == "sent"
    assert len(harness.gateway.sends) == 1
    assert len(harness.world.events("notifications.MessageSent")) == 1


def work_again(harness: NotificationsHarness) -> None:
    """A second worker gets the id of the same message."""
    due = json.dumps({"due": [f"MESSAGE#{harness.message()['message_id']}", "MESSAGE"]})
    batch = {"Records": [{"messageId": "1", "body": due}]}
    assert harness.world.call("notifications", "on_messages", batch) == {"batchItemFailures": []}


def test_a_person_whom_no_channel_reaches_becomes_a_task_for_headquarters(
    harness: NotificationsHarness,
) -> None:
    harness.owners.change(phone=None)
    harness.gateway.faults = ["refuse:blocked_by_user"]
    event = intake.CaseClosed(**OF_CASE, reason="withdrawn")

    harness.tell(event)

    (failed,) = harness.world.events("notifications.MessageFailed")
    assert failed["data"]["reason"] == "blocked_by_user"
    (task,) = harness.docs("WORK_ITEM")
    assert task["template"] == "message_failed_hq"
    assert len(harness.gateway.to("hq")) == 1


@pytest.mark.parametrize("code", ["unwanted", "no_consent", "erased", "no_channel"])
def test_who_does_not_want_or_cannot_get_messages_gets_none_and_nobody_is_alarmed(
    harness: NotificationsHarness, code: str
) -> None:
    harness.owners.refusals = {CARD: code}

    harness.tell(ENDED)

    assert (harness.message()["status"], harness.message()["reason"]) == ("withheld", code)
    assert harness.gateway.sends == []
    assert harness.world.events("notifications.MessageFailed") == []


def test_at_night_only_what_is_urgent_is_told_and_work_is_in_the_inbox_at_once(
    harness: NotificationsHarness,
) -> None:
    harness.world.set_time(at("2026-09-14 23:10"))
    harness.tell(REQUIRED)
    assert harness.gateway.messages == {}
    assert [one["kind"] for one in harness.docs("WORK_ITEM")] == ["find_guardian"]
    harness.tell(matching.IntroductionOverdue(**OF_MATCH, due_at=at("2026-09-14 23:00")))
    assert [one.template for one in harness.gateway.to("hq")] == ["introduction_overdue_hq"]

    harness.world.advance(at("2026-09-15 08:59"))
    assert harness.gateway.to("family") == []
    harness.world.advance(at("2026-09-15 09:00"))

    assert len(harness.gateway.to("family")) == 1
    assert len(harness.gateway.to("hq")) == 2


def test_a_message_that_was_held_up_into_the_night_waits_for_the_morning(
    harness: NotificationsHarness,
) -> None:
    harness.world.set_time(at("2026-09-14 21:59"))
    harness.gateway.faults = ["down"]
    harness.tell(ENDED)

    harness.world.advance(at("2026-09-14 22:30"))
    assert harness.gateway.messages == {}
    harness.world.advance(at("2026-09-15 09:00"))

    assert len(harness.gateway.messages) == 1


def test_a_family_without_a_name_is_greeted_too(harness: NotificationsHarness) -> None:
    harness.owners.change(name="")

    harness.tell(RECEIVED)

    assert harness.gateway.to("family")[0].text.startswith("Здравствуйте!\n")


@pytest.mark.requirement("X-08")
def test_neither_words_nor_contact_nor_link_is_ever_stored(
    harness: NotificationsHarness, capsys: pytest.CaptureFixture[str]
) -> None:
    harness.tell(RECEIVED)
    harness.tell(
        matching.FollowUpDue(**OF_MATCH, kind="two_weeks", due_on=datetime(2026, 9, 14).date())
    )
    harness.owners.change(channel="email", address="anna@example.org")
    harness.tell(REQUIRED)

    stored = str([harness.world.rows(f"notifications-{t}") for t in ("data", "outbox", "audit")])
    logged = capsys.readouterr().out
    called, mailed = harness.gateway.to("family")[-2:]
    link = called.text.rpartition("/forms/")[2].split()[0]
    for secret in ("+79161234567", mailed.to, "Анна", "Здравствуйте", link):
        assert secret not in stored
        assert secret not in logged


def test_a_feedback_message_waits_until_there_is_a_page_to_lead_to(
    harness: NotificationsHarness,
) -> None:
    harness.world.environment = {}
    harness.tell(
        matching.FollowUpDue(**OF_MATCH, kind="two_weeks", due_on=datetime(2026, 9, 14).date())
    )
    assert harness.gateway.to("family") == []

    harness.world.environment = {"API_URL": "https://ryadom.test"}
    harness.world.advance(at("2026-09-14 10:05"))

    assert "https://ryadom.test/notifications/v1/forms/" in harness.gateway.to("family")[0].text


def test_a_failed_message_raises_the_metric(
    harness: NotificationsHarness, capsys: pytest.CaptureFixture[str]
) -> None:
    harness.owners.refusals = {CARD: "not_found"}

    harness.tell(ENDED)

    assert '"message_failed":[1.0]' in capsys.readouterr().out


def test_every_sending_is_told_once(harness: NotificationsHarness) -> None:
    harness.tell(RECEIVED)

    sent = harness.world.events("notifications.MessageSent")
    assert sorted(one["data"]["template"] for one in sent) == [
        "request_received_family",
        "request_received_hq",
    ]


def test_a_decision_that_has_its_own_message_elsewhere_is_not_told_twice(
    harness: NotificationsHarness,
) -> None:
    harness.tell(intake.RequestTriaged(**OF_CASE, decision="care", district_id="D01"))

    assert harness.docs("MESSAGE") == []


@pytest.mark.requirement("X-02")
@pytest.mark.parametrize("seed", range(40))
def test_under_any_faults_a_message_is_carried_exactly_once(
    harness: NotificationsHarness, seed: int
) -> None:
    dice = random.Random(seed)
    kinds = ["", "taken_then_silent", "silent", "down"]
    harness.gateway.faults = [dice.choice(kinds) for _ in range(6)]
    bodies = [harness.body(ENDED), harness.body(RECEIVED), harness.body(REQUIRED)]

    harness.world.shuffle = dice
    harness.deliver(*bodies * 3)
    for minutes in itertools.count(1):
        harness.world.advance(at("2026-09-14 10:00") + timedelta(minutes=minutes))
        if {one["status"] for one in harness.docs("MESSAGE")} == {"sent"}:
            break
        assert minutes < 90

    assert len(harness.gateway.messages) == len(harness.docs("MESSAGE")) == 5
    assert set(harness.gateway.carried.values()) == {1}


def test_the_guardian_in_question_is_asked_of_matching(harness: NotificationsHarness) -> None:
    harness.tell(matching.GuardianReady(region="ZR", guardian_id=GUARDIAN))

    (ask,) = harness.owners.asked
    assert (ask.reference, ask.template) == (GUARDIAN, "guardian_ready_guardian")


def code_event(known: bool = True) -> cards.SignInRequested:
    """The event of a code that is good until 10:10."""
    return cards.SignInRequested(
        region="ZR",
        sign_in_id="sgn_01HC0000000000000000000000",
        known=known,
        use="sign_in",
        expires_at=clock.iso(at("2026-09-14 10:10")),
    )


def test_a_code_goes_out_at_once_and_a_late_one_not_at_all(harness: NotificationsHarness) -> None:
    harness.gateway.faults = ["down"] * 50
    harness.tell(code_event())
    harness.gateway.faults = []
    harness.world.advance(at("2026-09-14 10:10"))

    message = harness.message()
    assert (message["status"], message["reason"]) == ("withheld", "expired")
    assert message["urgent"]
    assert harness.gateway.messages == {}


def test_no_copy_is_sent_of_a_code_that_is_good_no_more(
    harness: NotificationsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(harness.gateway, "on_doubt", lambda name: OnDoubt.REPEAT)
    harness.gateway.faults = ["silent"]
    harness.tell(code_event())
    harness.world.advance(at("2026-09-14 10:10"))

    message = harness.message()
    assert (message["status"], message["reason"]) == ("withheld", "expired")
    assert len(harness.gateway.sends) == 1


def test_nothing_is_sent_for_a_contact_that_nobody_has(harness: NotificationsHarness) -> None:
    harness.tell(code_event(known=False))

    assert harness.docs("MESSAGE") == []
