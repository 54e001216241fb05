"""Every event reaches every audience once, whatever the gateway, the queue and the owners do."""

import itertools
import json
import random
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.notifications import app
from services.notifications.messages.domain import LONGEST_WAIT
from services.notifications.messages.gateway import Letter, Report
from shared.events import cards, intake, matching
from tests.notifications.fakes import CARD, CASE, GUARDIAN, OF_MATCH, House
from tests.support.world import at

RECEIVED = intake.RequestReceived(region="ZR", case_id=CASE, channel="hotline", district_id="D01")
REQUIRED = intake.CareRequired(
    region="ZR", case_id=CASE, district_id="D01", needs=(), flagged_at=at("2026-09-14 10:50")
)


def later(house: House, moment: datetime) -> None:
    house.world.advance(moment)


def test_a_request_is_acknowledged_at_once_and_lands_in_the_inbox_of_headquarters(
    house: House,
) -> None:
    house.tell(RECEIVED)

    (family,) = house.gateway.to("family")
    assert family.text.startswith("Здравствуйте, Анна!")
    assert "4824" in family.text
    (hq,) = house.gateway.to("hq")
    assert (hq.channel, hq.to) == ("inbox", "regional_hq@ZR")
    assert "Центральный район" in hq.text
    assert len(house.docs("WORK_ITEM")) == 1


@pytest.mark.requirement("X-02", "X-03")
def test_an_event_delivered_many_times_in_any_order_gives_one_message_each(house: House) -> None:
    bodies = [house.body(RECEIVED), house.body(REQUIRED)]
    house.world.shuffle = random.Random(7)

    house.deliver(*bodies * 5)
    house.deliver(*reversed(bodies))

    assert len(house.gateway.letters) == len(house.docs("MESSAGE")) == 4
    assert len(house.gateway.puts) == 4


def test_a_gateway_that_took_the_message_and_fell_silent_is_asked_not_told_again(
    house: House,
) -> None:
    house.gateway.faults = ["taken_then_silent"]
    house.tell(REQUIRED)
    assert house.docs("MESSAGE")[0]["status"] in ("unknown", "sent")

    later(house, at("2026-09-14 10:10"))

    assert {one["status"] for one in house.docs("MESSAGE")} == {"sent"}
    assert len(house.gateway.puts) == 2  # one for the family, one for headquarters
    assert len(house.gateway.asks) == 1


def test_a_message_that_the_gateway_never_got_is_sent_again(house: House) -> None:
    house.gateway.faults = ["silent"]
    house.tell(card_event())

    later(house, at("2026-09-14 10:10"))

    assert house.message()["status"] == "sent"
    assert len(house.gateway.puts) == 2
    assert len(house.gateway.asks) == 1


def card_event() -> cards.CardRevoked:
    return cards.CardRevoked.model_validate(
        {
            "region": "ZR",
            "card_id": CARD,
            "holder_ref": "hol_1",
            "reason": "other",
            "district_id": "D01",
            "issued_month": "2026-09",
        }
    )


def test_nothing_is_resent_while_nobody_knows(house: House) -> None:
    house.gateway.faults = ["silent"]
    house.gateway.deaf = True
    house.tell(card_event())

    for minutes in range(1, 60):
        later(house, at("2026-09-14 10:00") + timedelta(minutes=minutes))

    assert house.message()["status"] == "unknown"
    assert len(house.gateway.puts) == 1
    assert len(house.gateway.asks) > 5
    house.gateway.deaf = False
    later(house, at("2026-09-14 11:00") + LONGEST_WAIT)
    assert house.message()["status"] == "sent"
    assert len(house.gateway.letters) == 1


def test_a_gateway_that_is_down_gets_the_message_later(house: House) -> None:
    house.gateway.faults = ["down", "down", "down"]
    house.tell(card_event())

    for minutes in range(1, 8):
        later(house, at("2026-09-14 10:00") + timedelta(minutes=minutes))

    assert house.message()["status"] == "sent"
    assert house.message()["attempts"] == 4
    assert house.gateway.asks == []


def test_a_worker_that_dies_after_the_claim_loses_nothing_and_repeats_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = house.gateway.put

    def dies_after(letter: object) -> object:
        whole(letter)  # type: ignore[arg-type]
        raise RuntimeError("the container is gone")

    monkeypatch.setattr(house.gateway, "put", dies_after)
    house.tell(card_event())
    assert house.message()["status"] == "claimed"
    monkeypatch.setattr(house.gateway, "put", whole)

    later(house, at("2026-09-14 10:02"))

    assert house.message()["status"] == "sent"
    assert len(house.gateway.puts) == 1


def test_when_the_owner_of_a_contact_is_down_the_message_waits(house: House) -> None:
    house.owners.down = {"cards"}
    house.tell(card_event())
    assert house.message()["status"] == "queued"
    assert house.gateway.puts == []

    house.owners.down = set()
    later(house, at("2026-09-14 10:05"))

    assert house.message()["status"] == "sent"
    assert len(house.gateway.puts) == 1


def test_a_channel_that_refuses_is_left_for_the_next_one(house: House) -> None:
    house.gateway.faults = ["refuse:blocked_by_user"]

    house.tell(card_event())

    message = house.message()
    assert message["refused_channels"] == ["bot"]
    assert (message["status"], message["channel"]) == ("sent", "sms")
    assert len(house.gateway.letters) == 1


@pytest.mark.requirement("X-07")
def test_a_holder_whom_nothing_reaches_becomes_a_task_for_the_leader(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    house.gateway.faults = ["refuse:blocked_by_user", "refuse:no_such_number"]

    house.tell(card_event())

    (task,) = house.docs("WORK_ITEM")
    assert (task["role"], task["template"]) == ("community_leader", "message_failed_leader")
    assert '"message_failed":[1.0]' in capsys.readouterr().out


def test_another_worker_in_the_middle_of_a_sending_sends_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = house.gateway.put

    def while_sending(letter: Letter) -> Report:
        report = whole(letter)
        work_again(house)
        return report

    monkeypatch.setattr(house.gateway, "put", while_sending)
    house.tell(card_event())

    assert house.message()["status"] == "sent"
    assert len(house.gateway.puts) == 1


def test_of_two_workers_that_took_the_same_message_one_sends(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, other = house.owners.invoke, [True]

    def while_asking(**request: Any) -> dict[str, Any]:
        answer = whole(**request)
        if other and other.pop():
            work_again(house)
        return answer

    monkeypatch.setattr(house.owners, "invoke", while_asking)
    house.tell(card_event())

    assert house.message()["status"] == "sent"
    assert len(house.gateway.puts) == 1
    assert len(house.world.events("notifications.MessageSent")) == 1


def work_again(house: House) -> None:
    """A second worker gets the id of the same message."""
    due = json.dumps({"due": [f"MESSAGE#{house.message()['message_id']}", "MESSAGE"]})
    batch = {"Records": [{"messageId": "1", "body": due}]}
    assert house.world.call("notifications", "on_messages", batch) == {"batchItemFailures": []}


@pytest.mark.requirement("X-07")
def test_a_person_whom_no_channel_reaches_becomes_a_task_for_headquarters(house: House) -> None:
    house.owners.ways = ["bot"]
    house.gateway.faults = ["refuse:blocked_by_user"]
    event = intake.CareRequirementLifted(region="ZR", case_id=CASE, reason="other")

    house.tell(event)

    (failed,) = house.world.events("notifications.MessageFailed")
    assert failed["data"]["reason"] == "blocked_by_user"
    (task,) = house.docs("WORK_ITEM")
    assert task["template"] == "message_failed_hq"
    assert len(house.gateway.to("hq")) == 1


@pytest.mark.parametrize("code", ["opted_out", "no_consent", "erased", "no_channel"])
def test_who_does_not_want_or_cannot_get_messages_gets_none_and_nobody_is_alarmed(
    house: House, code: str
) -> None:
    house.owners.refusals = {CARD: code}

    house.tell(card_event())

    assert (house.message()["status"], house.message()["reason"]) == ("withheld", code)
    assert house.gateway.puts == []
    assert house.world.events("notifications.MessageFailed") == []


def test_at_night_a_family_sleeps_and_headquarters_is_told_at_once(house: House) -> None:
    house.world.set_time(at("2026-09-14 23:10"))
    house.tell(REQUIRED)
    assert [letter.recipient_role for letter in house.gateway.letters.values()] == ["regional_hq"]

    later(house, at("2026-09-15 08:59"))
    assert house.gateway.to("family") == []
    later(house, at("2026-09-15 09:00"))

    assert len(house.gateway.to("family")) == 1


def test_a_message_that_was_held_up_into_the_night_waits_for_the_morning(house: House) -> None:
    house.world.set_time(at("2026-09-14 21:59"))
    house.gateway.faults = ["down"]
    house.tell(card_event())

    later(house, at("2026-09-14 22:30"))
    assert house.gateway.letters == {}
    later(house, at("2026-09-15 09:00"))

    assert len(house.gateway.letters) == 1


def test_a_family_without_a_name_is_greeted_too(house: House) -> None:
    house.owners.name = ""

    house.tell(RECEIVED)

    assert house.gateway.to("family")[0].text.startswith("Здравствуйте!\n")


@pytest.mark.requirement("X-08")
def test_neither_words_nor_contact_nor_link_is_ever_stored(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    house.tell(RECEIVED)
    house.tell(
        matching.FollowUpDue(**OF_MATCH, kind="two_weeks", due_on=datetime(2026, 9, 14).date())
    )

    stored = str([house.world.rows(f"notifications-{t}") for t in ("data", "outbox", "audit")])
    logged = capsys.readouterr().out
    link = house.gateway.to("family")[-1].text.rpartition("/feedback/")[2].split()[0]
    for secret in ("+79161234567", "Анна", "Здравствуйте", link):
        assert secret not in stored
        assert secret not in logged


def test_a_feedback_message_waits_until_there_is_a_page_to_lead_to(house: House) -> None:
    house.world.environment = {}
    house.tell(
        matching.FollowUpDue(**OF_MATCH, kind="two_weeks", due_on=datetime(2026, 9, 14).date())
    )
    assert house.gateway.to("family") == []

    house.world.environment = {"PUBLIC_URL": "https://ryadom.test"}
    app.desk.cache_clear()
    later(house, at("2026-09-14 10:05"))

    assert "https://ryadom.test/notifications/v1/feedback/" in house.gateway.to("family")[0].text


@pytest.mark.requirement("X-07")
def test_a_failed_message_raises_the_metric(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    house.owners.refusals = {CARD: "not_found"}

    house.tell(card_event())

    assert '"message_failed":[1.0]' in capsys.readouterr().out


def test_every_sending_is_told_once(house: House) -> None:
    house.tell(RECEIVED)

    sent = house.world.events("notifications.MessageSent")
    assert sorted(one["data"]["template"] for one in sent) == [
        "request_received_family",
        "request_received_hq",
    ]


def test_a_decision_that_has_its_own_message_elsewhere_is_not_told_twice(house: House) -> None:
    house.tell(intake.RequestTriaged(region="ZR", case_id=CASE, decision="care", district_id="D01"))

    assert house.docs("MESSAGE") == []


@pytest.mark.requirement("X-02")
@pytest.mark.parametrize("seed", range(40))
def test_under_any_faults_a_message_is_carried_exactly_once(house: House, seed: int) -> None:
    dice = random.Random(seed)
    kinds = ["", "taken_then_silent", "silent", "down"]
    house.gateway.faults = [dice.choice(kinds) for _ in range(6)]
    bodies = [house.body(card_event()), house.body(RECEIVED), house.body(REQUIRED)]

    house.world.shuffle = dice
    house.deliver(*bodies * 3)
    for minutes in itertools.count(1):
        later(house, at("2026-09-14 10:00") + timedelta(minutes=minutes))
        if {one["status"] for one in house.docs("MESSAGE")} == {"sent"}:
            break
        assert minutes < 90

    assert len(house.gateway.letters) == len(house.docs("MESSAGE")) == 5
    assert set(house.gateway.carried.values()) == {1}


def test_the_guardian_in_question_is_asked_of_matching(house: House) -> None:
    house.tell(matching.GuardianReady(region="ZR", guardian_id=GUARDIAN))

    (ask,) = house.owners.asked
    assert (ask.reference, ask.template) == (GUARDIAN, "guardian_ready_guardian")
