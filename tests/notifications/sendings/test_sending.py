"""What happens is told at once, or as soon as it may be: by day, in its time, to who may know."""

from datetime import timedelta

import pytest

from services.notifications.channels.port import OnDoubt
from services.notifications.channels.registry import Channels
from services.notifications.messages.rendering import Envelopes
from services.notifications.pacing.repository import Paces
from services.notifications.preferences.repository import PreferencesRepository
from services.notifications.sendings.ledger import SendLedger
from services.notifications.sendings.use_cases import deliver
from shared import clock
from shared.events import cards, intake, matching
from shared.events.intake_rights import DisclosedToOffice
from shared.principal import system
from shared.storage.command_context import CommandContext
from tests.notifications.fakes import FAMILY, GUARDIAN, OF_CASE, OF_MATCH, NotificationsHarness
from tests.notifications.news import CALL_DUE, ENDED, RECEIVED, REQUIRED
from tests.support.world import at


def test_a_request_is_acknowledged_at_once_and_lands_in_the_inbox_of_headquarters(
    harness: NotificationsHarness,
) -> None:
    harness.tell(RECEIVED)

    (family,) = harness.gateway.to("family")
    assert family.text.startswith("Здравствуйте, Анна!")
    assert "4824" in family.text
    (hq,) = harness.gateway.to("hq")
    assert (hq.channel, hq.to) == ("inbox", "regional_hq@ZR")
    assert "Рябиновский район" in hq.text
    assert len(harness.docs("WORK_ITEM")) == 1


def test_what_cannot_wait_says_so_to_the_staff_and_frightens_no_family(
    harness: NotificationsHarness,
) -> None:
    shown = {"region": "ZR", "family_id": FAMILY, "district_id": "D05", "reason": "required_by_law"}
    harness.tell(DisclosedToOffice(**shown, until="2026-10-04T09:00:00Z"))
    harness.tell(RECEIVED)

    assert harness.gateway.to("office")[0].text.startswith("Срочно! Семья попросила")
    assert [one.text.startswith("Пришла новая") for one in harness.gateway.to("hq")] == [True]
    assert not any("Срочно" in one.text for one in harness.gateway.to("family"))


def test_a_gateway_that_is_down_gets_the_message_later(harness: NotificationsHarness) -> None:
    harness.gateway.faults = ["down", "down", "down"]
    harness.tell(ENDED)

    for minutes in range(1, 8):
        harness.world.advance(at("2026-09-14 10:00") + timedelta(minutes=minutes))

    assert harness.message()["status"] == "sent"
    assert harness.message()["attempts"] == 4
    assert harness.gateway.asks == []


def test_a_provider_that_has_no_room_gets_the_message_later(
    harness: NotificationsHarness,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with monkeypatch.context() as full:
        full.setattr(harness.gateway, "has_room", lambda name, urgent: False)
        harness.tell(ENDED)
    assert (harness.message()["status"], harness.message()["attempts"]) == ("queued", 0)
    assert harness.gateway.sends == []

    harness.world.advance(at("2026-09-14 10:05"))
    assert harness.message()["status"] == "sent"
    assert '"provider_full":[' in capsys.readouterr().out


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
    harness.tell(CALL_DUE)
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
    harness: NotificationsHarness, capsys: pytest.CaptureFixture[str]
) -> None:
    harness.world.environment = {}
    harness.tell(CALL_DUE)
    assert harness.gateway.to("family") == []

    harness.world.environment = {"API_URL": "https://ryadom.test"}
    harness.world.advance(at("2026-09-14 10:05"))

    assert "https://ryadom.test/notifications/v1/forms/" in harness.gateway.to("family")[0].text
    assert '"feedback_page_missing":[' in capsys.readouterr().out


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


def test_a_moment_that_is_heard_of_too_early_moves_no_message(
    harness: NotificationsHarness,
) -> None:
    harness.gateway.faults = ["down"]
    harness.tell(RECEIVED)
    (before,) = (one for one in harness.docs("MESSAGE") if one["audience"] == "family")
    assert before["status"] == "queued"
    with harness.world.service("notifications"):
        deliver(
            before["message_id"],
            CommandContext(system("notifications"), "deliver", "cor_1"),
            SendLedger.connect(),
            Envelopes.connect(),
            Channels.connect(),
            PreferencesRepository.connect(),
            Paces.connect(),
        )
    (after,) = (one for one in harness.docs("MESSAGE") if one["audience"] == "family")
    assert after == before
