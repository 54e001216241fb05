"""What reaches a person on no channel is work of the staff, unless the person wants none of it."""

import pytest

from shared.events import cards_partners, intake
from shared.events.base import Event
from tests.notifications.fakes import CARD, OF_CASE, NotificationsHarness
from tests.notifications.news import ENDED


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


OF_PARTNER = {"region": "ZR", "partner_id": "par_1", "district_ids": ("D05",), "category": "food"}


@pytest.mark.parametrize(
    "ends",
    [
        cards_partners.PartnerEnded(**OF_PARTNER, reason="closed", announced=True),
        cards_partners.PartnerContactChanged(**OF_PARTNER),
    ],
)
def test_a_partner_whom_nothing_reaches_becomes_a_task_for_the_leader_of_its_district(
    harness: NotificationsHarness, ends: Event
) -> None:
    harness.gateway.faults = ["refuse:blocked_by_user", "refuse:no_such_number"]

    harness.tell(cards_partners.PartnerPaused(**OF_PARTNER, own=False, reachable=True))

    (task,) = harness.docs("WORK_ITEM")
    assert (task["role"], task["district_id"]) == ("community_leader", "D05")
    assert (task["kind"], task["variant"]) == ("check_contact", "partner")
    harness.tell(ends)
    assert harness.docs("WORK_ITEM")[0]["status"] == "done"


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
    harness: NotificationsHarness, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    harness.owners.refusals = {CARD: code}

    harness.tell(ENDED)

    assert (harness.message()["status"], harness.message()["reason"]) == ("withheld", code)
    assert harness.gateway.sends == []
    assert harness.world.events("notifications.MessageFailed") == []
    assert '"message_withheld":[' in capsys.readouterr().out
