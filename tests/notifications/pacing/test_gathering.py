"""News that can wait disturbs a person rarely: gathered, counted by the day, or once a day."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.notifications.channels.port import DeliveryReport, DeliveryStatus
from services.notifications.messages.recipients import Destination
from services.notifications.messages.rendering import Envelopes
from services.notifications.messages.repository import Messages
from services.notifications.pacing.daytime import daytime_of
from services.notifications.pacing.domain import GATHERED_FOR, MOST_A_DAY, Pace
from services.notifications.preferences.domain import Preferences
from services.notifications.preferences.values import SetBy
from services.notifications.sendings import digests
from services.notifications.sendings.digests import MOST_JOINED, Assembly
from services.notifications.sendings.ledger import SendLedger
from services.notifications.templates.values import Audience
from shared import clock
from shared.events import (
    cards,
    cards_partners,
    intake,
    matching,
    matching_stories,
    matching_volunteers,
)
from shared.events.base import Event
from shared.principal import Principal, system
from shared.storage.command_context import CommandContext
from tests.notifications.fakes import (
    ADDRESS,
    CARD,
    FAMILY_SIGNED_IN,
    GUARDIAN,
    HOLDER_SIGNED_IN,
    LEADER,
    MATCH,
    OF_CASE,
    OF_HOLDER,
    OF_MATCH,
    NotificationsHarness,
    rewritten,
)
from tests.notifications.news import RECEIVED
from tests.notifications.work_items.inbox import heard
from tests.support.world import at

MORNING = at("2026-09-14 10:00")


def news(number: int, partner: str = "leaving") -> Event:
    """Small news for the holder of a card."""
    return cards_partners.PartnerNewsDue(
        region="ZR", announcement_id=f"ann_{number}", reference=f"ann_{number}.{CARD}",
        holder_id="hol_1", news=partner, day=f"2026-10-0{number + 1}",
    )  # fmt: skip


def revoked(number: int = 0, **more: Any) -> Event:
    of = OF_HOLDER | {"card_id": f"{CARD[:-1]}{number}"}
    return cards.CardRevoked.model_validate(of | {"reason": "other"} | more)


def statuses(harness: NotificationsHarness) -> list[str]:
    return [one["status"] for one in harness.docs("MESSAGE") if one["audience"] == "holder"]


def to_holder(harness: NotificationsHarness) -> list[str]:
    sent = harness.gateway.messages.values()
    return [one.text for one in sent if one.recipient_role == "foster_parent"]


def bursted(harness: NotificationsHarness, number: int = 4) -> None:
    """The first at once; the others come while it is fresh, and are due together."""
    for each in range(number):
        harness.world.set_time(MORNING + timedelta(seconds=20 * each))
        harness.tell(news(each))
    assert statuses(harness).count("sent") == 1


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


VOLUNTEER = {"region": "ZR", "volunteer_id": "vol_1", "district_id": "D05"}


def offer(number: int, hours: float) -> Event:
    """A task for a volunteer that begins so many hours after the morning."""
    starts_at = MORNING + timedelta(hours=hours, minutes=number)
    of_task = {"task_id": f"vtk_{number}", "category": "food_aid", "starts_at": starts_at}
    return matching_volunteers.VolunteerTaskOffered.model_validate(VOLUNTEER | of_task)


def to_volunteer(harness: NotificationsHarness) -> list[str]:
    sent = harness.gateway.messages.values()
    return [one.text for one in sent if one.recipient_role == "volunteer"]


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


def test_who_wants_one_message_a_day_hears_of_a_task_with_a_day_left_to_answer(
    harness: NotificationsHarness,
) -> None:
    approved = VOLUNTEER | {"kind": "person", "sector": "citizens"}
    harness.tell(matching_volunteers.VolunteerApproved.model_validate(approved))
    role = "volunteer_coordinator"
    coordinator = Principal("usr_9", "person", role, (role,), ("ZR",))
    once = {"together": True, "evidence": "spoken_by_phone"}
    api = harness.world.api("notifications", coordinator)
    assert api.put("/people/vol_1/preferences", once, if_match=0).status == 200
    before = len(to_volunteer(harness))

    harness.tell(offer(1, hours=46))
    assert len(to_volunteer(harness)) == before + 1, "tomorrow at nine a day is not left"
    harness.tell(offer(2, hours=48))
    assert len(to_volunteer(harness)) == before + 1
    harness.world.advance(at("2026-09-15 09:00"))
    assert "16 сентября в 10:02" in to_volunteer(harness)[-1]


def hear_of_digest(harness: NotificationsHarness, status: DeliveryStatus) -> None:
    """What a provider says of the digest that it has taken."""
    with harness.world.service("notifications"):
        ledger = SendLedger.connect()
        digest = next(one for one in harness.docs("MESSAGE") if one["joined"])
        message = ledger.messages.get(digest["message_id"])
        context = CommandContext(system("notifications"), "hear_delivery", "cor_1")
        ledger.hear(message, "gateway", DeliveryReport(status, "expired"), context)
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


def test_what_a_person_wants_no_more_is_not_read_out_in_a_call(
    harness: NotificationsHarness,
) -> None:
    """The call was asked for before: only the other news is left to tell."""
    harness.owners.change(channel="phone_task", address=None)
    harness.tell(news(1))
    harness.tell(revoked(card_id=CARD))
    api = harness.world.api("notifications", LEADER)
    (call,) = api.get("/inbox").json["items"]
    holder, path = api.as_(HOLDER_SIGNED_IN), f"/inbox/{call['item_id']}"
    assert len(api.get(f"{path}/call").json["news"]) == 2
    assert holder.put("/own-preferences", {"unwanted": ["partner_news"]}, if_match=0).status == 200

    left = api.get(f"{path}/call").json
    assert [one["title"] for one in left["news"]] == ["Ваша карта больше не действует"]
    assert (left["refused"], left["phone"]) == ("unwanted", ADDRESS)
    assert api.post(f"{path}/done", heard(api, path), key="1").status == 200
    harness.world.settle()

    ended = {(one["status"], one.get("reason")) for one in harness.docs("MESSAGE")[:2]}
    assert ended == {("withheld", "unwanted"), ("delivered", None)}


def test_a_person_gets_so_many_messages_a_day_and_the_rest_in_the_morning_as_one(
    harness: NotificationsHarness,
) -> None:
    most = MOST_A_DAY[Audience.HOLDER]
    for each in range(most + 3):
        harness.world.set_time(MORNING + timedelta(minutes=20 * each))
        harness.tell(revoked(each))
    assert len(to_holder(harness)) == most
    harness.world.advance(at("2026-09-14 21:59"))
    assert len(to_holder(harness)) == most

    harness.tell(cards.CardBlocked(**OF_HOLDER, reason="lost"))
    assert len(to_holder(harness)) == most + 1  # urgent

    harness.world.advance(at("2026-09-15 09:00"))
    assert len(to_holder(harness)) == most + 2
    assert to_holder(harness)[-1].count("Ваша карта больше не действует") == 1, "all read the same"
    assert {*statuses(harness)} == {"sent"}


def test_who_was_written_to_weeks_ago_is_written_to_again(harness: NotificationsHarness) -> None:
    harness.tell(revoked(1))
    harness.world.advance(at("2026-10-20 10:00"))
    harness.tell(revoked(2))
    assert len(to_holder(harness)) == 2
    paces = [row for row in harness.world.rows("notifications-data") if "PACE#" in row["pk"]["S"]]
    assert {row["pk"]["S"].rpartition(".")[2] for row in paces} == {"2026-09-14", "2026-10-20"}
    assert all("expires_at" in row for row in paces)


def test_who_wants_one_message_a_day_gets_it_in_the_morning(harness: NotificationsHarness) -> None:
    harness.tell(RECEIVED)
    api = harness.world.api("notifications", FAMILY_SIGNED_IN)
    assert api.put("/own-preferences", {"together": True}, if_match=0).status == 200
    harness.tell(intake.CaseReopened(**OF_CASE, reason="other"))
    harness.tell(intake.CareRequirementLifted(**OF_CASE, reason="other"))
    assert len(harness.gateway.to("family")) == 1

    # The clock jumps over the night and the morning.
    harness.world.advance(at("2026-09-15 12:00"))

    assert len(harness.gateway.to("family")) == 2
    assert harness.gateway.to("family")[1].title == "Новости для вас"


def test_a_pace_is_one_of_the_readers_days() -> None:
    daytime = daytime_of("family", "ZR", None)
    pace = Pace(pace_id="fam_1.2026-09-14")
    evening = datetime(2026, 9, 14, 17, 30, tzinfo=UTC)  # 21:30 there
    for _ in range(MOST_A_DAY[Audience.FAMILY]):
        pace = pace.count(evening, small=False)

    def next_moment(now: datetime, **how: bool) -> datetime:
        said = {"small": False, "together": False} | how
        return pace.next_moment(Audience.FAMILY, now, now, daytime, **said)

    assert next_moment(evening) == at("2026-09-15 09:00")
    assert pace.count(evening, small=True).last_small_at == evening
    # Who wants one message a day has had it, also of news that waited since yesterday.
    now, next_day = at("2026-09-15 10:00"), Pace(pace_id="fam_1.2026-09-15")
    how: dict[str, Any] = {"daytime": daytime, "small": False, "together": True}
    later = next_day.count(at("2026-09-15 09:30"), small=False)
    assert later.next_moment(Audience.FAMILY, evening, now, **how) == at("2026-09-16 09:00")
    assert next_day.next_moment(Audience.FAMILY, evening, now, **how) == now
    # What did not fit into yesterday's waits no longer, or it would wait for ever.
    before = evening - timedelta(days=1)
    assert later.next_moment(Audience.FAMILY, before, now, **how) == now


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
        assert joined(replace(destination, address="+79160000000")) == 0, "another phone"
        assert joined(replace(destination, channel="email")) == 0
        monkeypatch.setitem(digests.LONGEST, "sms", 1)
        monkeypatch.setattr(digests, "LONGEST_ELSEWHERE", 1)
        assert joined() == 0, "longer than a person reads at once"
