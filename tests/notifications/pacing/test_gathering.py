"""News that can wait comes together, as one message to each reader."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.notifications.channels.port import DeliveryReport, DeliveryStatus, OnDoubt
from services.notifications.messages.recipients import Destination
from services.notifications.messages.rendering import Envelopes
from services.notifications.messages.repository import Messages
from services.notifications.pacing.domain import GATHERED_FOR
from services.notifications.preferences.domain import Preferences
from services.notifications.preferences.values import SetBy
from services.notifications.sendings import digests
from services.notifications.sendings.digests import MOST_JOINED, Assembly
from services.notifications.sendings.ledger import SendLedger
from shared import clock
from shared.events import cards, matching, matching_stories, matching_volunteers
from shared.principal import system
from shared.storage.command_context import CommandContext
from tests.notifications.fakes import (
    CARD,
    GUARDIAN,
    HOLDER_SIGNED_IN,
    MATCH,
    OF_CASE,
    OF_HOLDER,
    OF_MATCH,
    OPERATIONS,
    NotificationsHarness,
    rewritten,
)
from tests.notifications.pacing.bursts import (
    MORNING,
    bursted,
    news,
    offer,
    statuses,
    to_holder,
    to_volunteer,
)
from tests.notifications.wordings.drafts import COLLEAGUE, drafted


def test_small_news_within_minutes_becomes_one_message_in_order(
    harness: NotificationsHarness,
) -> None:
    bursted(harness)
    harness.world.advance(MORNING + timedelta(minutes=9))
    assert len(to_holder(harness)) == 1

    harness.world.advance(MORNING + timedelta(minutes=11))

    _, digest = to_holder(harness)
    assert digest.count("Здравствуйте, Анна!") == digest.count("Что дальше") == 1
    places = [digest.index(f"{day} октября") for day in (2, 3, 4)]
    assert places == sorted(places)
    assert statuses(harness) == ["sent"] * 4
    told = harness.world.events("notifications.MessageSent")
    assert len({each["data"]["message_id"] for each in told}) == len(told) == 4
    own = harness.world.api("notifications", HOLDER_SIGNED_IN).get("/own-messages").json["items"]
    assert [one["status"] for one in own] == ["sent"] * 4


def test_the_owner_is_asked_once_about_each_news_of_a_digest_and_says_where_its_reader_lives(
    harness: NotificationsHarness,
) -> None:
    """Each question is a line of a person's access log, and two answers may differ."""
    bursted(harness)
    harness.owners.asked.clear()
    harness.owners.district = "D05"
    harness.world.advance(MORNING + timedelta(minutes=11))

    together = [one for one in harness.docs("MESSAGE") if one["gathers"]]
    assert sorted(len(one["joined"]) for one in together) == [0, 0, 2]
    asked = [each.event_id for each in harness.owners.asked]
    assert sorted(asked) == sorted(one["event_id"] for one in together)
    assert {one["district_id"] for one in together} == {"D05"}


def test_a_digest_of_the_most_news_stays_within_sixteen_items_at_each_step(
    harness: NotificationsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    whole = harness.world.dynamodb.transact_write_items

    def counting(**request: Any) -> Any:
        sizes.append(len(request["TransactItems"]))
        return whole(**request)

    bursted(harness, 1 + 1 + MOST_JOINED + 1)
    monkeypatch.setattr(harness.world.dynamodb, "transact_write_items", counting)
    harness.world.advance(MORNING + timedelta(minutes=11))
    harness.world.advance(MORNING + timedelta(minutes=22))

    assert statuses(harness) == ["sent"] * (MOST_JOINED + 3)
    assert len(to_holder(harness)) == 3
    assert 10 < max(sizes) <= 16


@pytest.mark.parametrize("times", [1, 5])
def test_the_same_event_five_times_is_in_a_digest_once(
    harness: NotificationsHarness, times: int
) -> None:
    bursted(harness, 1)
    bodies = [harness.body(news(each)) for each in (1, 2)]
    harness.deliver(*bodies * times)
    harness.world.advance(MORNING + timedelta(minutes=11))

    assert len(to_holder(harness)) == 2
    assert to_holder(harness)[1].count("3 октября") == 1
    assert set(harness.gateway.carried.values()) == {1}


def test_what_is_urgent_waits_for_nothing_and_takes_nothing_along(
    harness: NotificationsHarness,
) -> None:
    bursted(harness)
    harness.tell(cards.CardBlocked(**OF_HOLDER, reason="lost"))
    assert "Новости для вас" not in [one.title for one in harness.gateway.messages.values()]
    assert statuses(harness).count("queued") == 3
    assert len(to_holder(harness)) == 2


def test_what_has_a_form_takes_nothing_along(harness: NotificationsHarness) -> None:
    for number in range(2):
        offered = {"gift_id": f"gft_{number}", "family_id": OF_CASE["family_id"]}
        harness.tell(matching_volunteers.GiftOffered(region="ZR", **offered))
    due = {"kind": "two_weeks", "due_on": MORNING.date()}
    harness.tell(matching.FollowUpDue.model_validate({**OF_MATCH, **due}))

    asked = harness.gateway.to("family")[-1].text
    assert "/forms/" in asked and "поделиться" not in asked


@pytest.mark.parametrize("fault", ["refuse:blocked_by_user", "down", "silent"])
def test_a_digest_that_is_not_taken_is_told_all_the_same_and_never_twice(
    harness: NotificationsHarness, fault: str
) -> None:
    bursted(harness)
    harness.gateway.faults = [fault]
    for minute in (11, 12, 13, 14, 15, 25, 40):
        harness.world.advance(MORNING + timedelta(minutes=minute))

    assert statuses(harness) == ["sent"] * 4
    said = "\n".join(to_holder(harness))
    assert [said.count(f"{day} октября") for day in (1, 2, 3, 4)] == [1] * 4


def test_a_worker_that_dies_with_a_digest_loses_nothing_and_repeats_nothing(
    harness: NotificationsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    bursted(harness)
    whole = harness.gateway.send

    def dies_after(name: str, message: Any) -> object:
        whole(name, message)
        raise RuntimeError("the container is gone")

    monkeypatch.setattr(harness.gateway, "send", dies_after)
    harness.world.advance(MORNING + timedelta(minutes=11))
    assert sorted(statuses(harness)) == ["claimed", "joined", "joined", "sent"]
    monkeypatch.setattr(harness.gateway, "send", whole)
    harness.world.advance(MORNING + timedelta(minutes=13))

    assert statuses(harness) == ["sent"] * 4
    assert len(to_holder(harness)) == 2
    assert len(harness.gateway.sends) == 2


def test_a_volunteer_of_many_tasks_is_not_written_to_about_each(
    harness: NotificationsHarness,
) -> None:
    """A coordinator offers ten in as many minutes; nothing that begins soon waits."""
    for number in range(10):
        harness.world.set_time(MORNING + timedelta(seconds=30 * number))
        harness.tell(offer(number, hours=72))
    harness.tell(offer(10, hours=23))
    first, soon = to_volunteer(harness)
    assert ("17 сентября в 10:00" in first, "15 сентября в 09:10" in soon) == (True, True)

    for minute in (12, 24, 36):
        harness.world.advance(MORNING + timedelta(minutes=minute))

    _, _, *later = to_volunteer(harness)
    assert len(later) == 2
    offered = [f"17 сентября в 10:{number:02d}" for number in range(1, 10)]
    assert [sum(when in text for text in later) for when in offered] == [1] * 9
    assert {one["status"] for one in harness.docs("MESSAGE")} <= {"sent", "joined"}


def hear_of_digest(harness: NotificationsHarness, status: DeliveryStatus) -> None:
    """What a provider says of the digest that it has taken."""
    with harness.world.service("notifications"):
        ledger = SendLedger.connect()
        digest = next(one for one in harness.docs("MESSAGE") if one["joined"])
        message = ledger.messages.get(digest["message_id"])
        context = CommandContext(system("notifications"), "hear_delivery", "cor_1")
        report = DeliveryReport(status, "expired")
        ledger.hear(message, "gateway", report, context, awaits=False)
    harness.world.settle()


def test_a_digest_that_a_mail_server_gives_back_is_told_another_way_with_all_its_news(
    harness: NotificationsHarness,
) -> None:
    harness.owners.change(channel="email", address="a@example.org")
    bursted(harness)
    harness.world.advance(MORNING + timedelta(minutes=11))
    hear_of_digest(harness, DeliveryStatus.DELIVERED)
    assert statuses(harness) == ["sent", *["delivered"] * 3]

    hear_of_digest(harness, DeliveryStatus.REFUSED)

    again = [one for one in harness.docs("MESSAGE") if one["refused_channels"]]
    assert [(one["status"], one["channel"], one.get("delivered_at")) for one in again] == [
        ("sent", "sms", None)
    ] * 3


def test_what_a_call_back_says_of_a_digest_holds_for_all_its_news(
    harness: NotificationsHarness,
) -> None:
    bursted(harness)
    harness.world.advance(MORNING + timedelta(minutes=11))

    hear_of_digest(harness, DeliveryStatus.REFUSED)
    # Each goes on by the next channel.
    assert statuses(harness) == ["sent"] * 4
    again = [one for one in harness.docs("MESSAGE") if one["refused_channels"]]
    assert [(one["channel"], one["joined"]) for one in again] == [("sms", [])] * 3


def test_news_that_is_outdated_while_it_is_gathered_is_not_in_the_digest(
    harness: NotificationsHarness,
) -> None:
    def of(story: str) -> dict[str, str]:
        return {"region": "ZR", "story_id": story, "match_id": MATCH, "guardian_id": GUARDIAN}

    for each in ("sto_0", "sto_1", "sto_2", "sto_3"):
        harness.tell(matching_stories.StoryCleared.model_validate(of(each)))
    taken_back = of("sto_2") | {"hidden": False}
    harness.tell(matching_stories.StoryConsentWithdrawn.model_validate(taken_back))
    for minute in (11, 12):
        harness.world.advance(MORNING + timedelta(minutes=minute))

    found = [
        (one["topics"]["story_id"], one["status"])
        for one in harness.docs("MESSAGE")
        if one["template"] == "story_cleared_guardian"
    ]
    assert sorted(found) == [
        ("sto_0", "sent"), ("sto_1", "sent"), ("sto_2", "withheld"), ("sto_3", "sent"),
    ]  # fmt: skip
    thanks = [one.text for one in harness.gateway.to("guardian") if "историю" in one.text]
    assert [each.count("Семья согласна") for each in thanks] == [1, 1], "the same is read once"
    assert thanks[1].count("Вашу историю прочтут другие") == 1


def test_all_news_of_a_digest_has_the_words_in_force(harness: NotificationsHarness) -> None:
    story = {"region": "ZR", "story_id": "sto_0", "match_id": MATCH, "guardian_id": GUARDIAN}
    harness.tell(matching_stories.StoryCleared.model_validate(story))
    harness.tell(matching_stories.StoryCleared.model_validate(story | {"story_id": "sto_1"}))
    harness.tell(matching.CareStarted(**OF_MATCH, started_on="2026-09-14"))
    api = harness.world.api("notifications", OPERATIONS)
    titles = {"story_cleared_guardian": "Рассказ выйдет", "care_started_guardian": "Вы начали"}
    written = set()
    for name, title in titles.items():
        words = {"subject": title, "texts": {"text": f"{title} сегодня.\nЧто дальше: подождите."}}
        wording = drafted(api.as_(OPERATIONS), words, name, key=name)
        written.add((name, wording))
        published = api.as_(COLLEAGUE).post(f"/wordings/{wording}/publish", {}, key=name)
        assert published.status == 200, published.json

    harness.world.advance(MORNING + timedelta(minutes=11))

    *_, digest = [one.text for one in harness.gateway.to("guardian")]
    assert all(f"{title}. {title} сегодня." in digest for title in titles.values())
    kept = {(one["template"], one.get("wording_id")) for one in harness.docs("MESSAGE")}
    assert written < kept


@pytest.mark.parametrize("words", [{"template": "of_an_older_release_holder"}, {"facts": {}}])
def test_news_whose_words_a_release_has_dropped_holds_up_no_other(
    harness: NotificationsHarness, words: dict[str, Any]
) -> None:
    bursted(harness, 3)
    older = next(one for one in harness.docs("MESSAGE") if one["status"] == "queued")
    rewritten(harness, older["message_id"], **words)

    harness.world.advance(MORNING + timedelta(minutes=11))

    assert sorted(statuses(harness)) == ["queued", "sent", "sent"]


@pytest.mark.parametrize("refusal", ["no_consent", "erased"])
def test_who_takes_consent_back_or_is_erased_meanwhile_gets_nothing_more(
    harness: NotificationsHarness, refusal: str
) -> None:
    bursted(harness)
    harness.owners.refusals = {f"ann_{each}.{CARD}": refusal for each in range(4)}
    harness.world.advance(MORNING + timedelta(minutes=11))

    assert len(to_holder(harness)) == 1
    assert statuses(harness) == ["sent", "withheld", "withheld", "withheld"]


def test_a_digest_that_cannot_be_said_whole_any_more_is_not_repeated(
    harness: NotificationsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else what was left out would count as told."""
    monkeypatch.setattr(harness.gateway, "on_doubt", lambda name: OnDoubt.REPEAT)
    bursted(harness)
    harness.gateway.faults = ["silent"]
    harness.world.advance(MORNING + timedelta(minutes=11))
    inside = next(one for one in harness.docs("MESSAGE") if one["status"] == "joined")
    harness.owners.refusals = {inside["reference"]: "no_consent"}

    harness.world.advance(MORNING + timedelta(minutes=13))

    assert sorted(statuses(harness)) == ["handed_over", "handed_over", "sent", "withheld"]


def test_only_what_goes_the_same_way_and_is_wanted_is_in_a_digest(
    harness: NotificationsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    bursted(harness)
    waiting = [one["message_id"] for one in harness.docs("MESSAGE") if one["gathers"]]
    with harness.world.service("notifications"):
        ledger, envelopes = SendLedger.connect(), Envelopes.connect()
        first, *others = ledger.messages.get_many(waiting)
        template = envelopes.worded(first)
        destination = envelopes.destination(first, template)
        assert isinstance(destination, Destination)
        wishes = Preferences(person_id="hol_1")
        stops, then = wishes.stop(SetBy.WORD, clock.now()), clock.now() + timedelta(minutes=11)

        def joined(
            found: Destination = destination, said: Preferences = wishes, **more: Any
        ) -> int:
            changed = [each.model_copy(update=more) for each in (first, *others)]
            monkeypatch.setattr(Messages, "latest_to", lambda *_: changed)
            assembly = Assembly(first, template, found, said, envelopes, ledger)
            return len(assembly.gathered(then).joined)

        assert joined() == 2
        assert joined(said=stops) == 0
        assert joined(attempts=1) == 0, "it was tried before"
        assert joined(urgent=True) == 0, "it takes another way sooner than a digest"
        soon = then + GATHERED_FOR
        assert joined(gathers=False, due_at=soon) == 2
        assert joined(gathers=False, due_at=soon + timedelta(seconds=1)) == 0, "it is for later"
        assert joined(gathers=True, due_at=soon + timedelta(days=1)) == 2
        assert joined(region="YY") == 0
        assert joined(audience="guardian") == 0
        assert joined(status="sent") == 0
        goes_on: dict[str, Any] = {"template": "placement_end_dismissed_holder", "variant": "text"}
        assert joined(**goes_on) == 2, "it corrects what no caller is telling just now"
        assert joined(replace(destination, address="+79160000000")) == 0, "another phone"
        assert joined(replace(destination, channel="email")) == 0
        monkeypatch.setitem(digests.LONGEST, "sms", 1)
        monkeypatch.setattr(digests, "LONGEST_ELSEWHERE", 1)
        assert joined() == 0, "longer than a person reads at once"
