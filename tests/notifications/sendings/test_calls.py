"""A caller tells what holds, and a person counts as told of what was said."""

from typing import Any

import pytest

from shared.events import cards
from tests.notifications.fakes import (
    ADDRESS,
    CARD,
    HOLDER_SIGNED_IN,
    LEADER,
    OF_CARD,
    NotificationsHarness,
    rewritten,
)
from tests.notifications.pacing.bursts import news, revoked
from tests.notifications.sendings.night import (
    ISSUED,
    PLACEMENT_ENDS,
    PLACEMENT_GOES_ON,
    REVOKED,
    to_holders,
)
from tests.notifications.work_items.inbox import calls, heard
from tests.support.world import at

# A correction that waits for the end of a call is looked at each hour.
LATER = at("2026-09-14 13:01")


@pytest.fixture(autouse=True)
def told_by_phone(harness: NotificationsHarness) -> None:
    """Let the holder be one who is called."""
    harness.owners.change(channel="phone_task", address=None)


def test_what_a_person_wants_no_more_is_not_read_out_in_a_call(
    harness: NotificationsHarness,
) -> None:
    """The call was asked for before: only the other news is left to tell."""
    harness.tell(news(1))
    harness.tell(revoked(card_id=CARD))
    api = harness.world.api("notifications", LEADER)
    (call,) = api.get("/inbox").json["items"]
    holder, path = api.as_(HOLDER_SIGNED_IN), f"/inbox/{call['item_id']}"
    both = [one["text"] for one in api.get(f"{path}/call").json["news"]]
    assert [text.startswith("Здравствуйте") for text in both] == [True, False]
    assert holder.put("/own-preferences", {"unwanted": ["partner_news"]}, if_match=0).status == 200

    left = api.get(f"{path}/call").json
    assert [one["title"] for one in left["news"]] == ["Ваша карта больше не действует"]
    assert left["news"][0]["text"].startswith("Здравствуйте")
    assert (left["refused"], left["phone"]) == ("unwanted", ADDRESS)
    assert api.post(f"{path}/done", heard(api, path), key="1").status == 200
    harness.world.settle()

    ended = {(one["status"], one.get("reason")) for one in harness.docs("MESSAGE")[:2]}
    assert ended == {("withheld", "unwanted"), ("delivered", None)}


def test_a_caller_says_nothing_that_no_longer_holds(harness: NotificationsHarness) -> None:
    harness.tell(ISSUED)
    api = harness.world.api("notifications", LEADER)
    (call,) = calls(harness)
    path = f"/inbox/{call['item_id']}"
    assert len(api.get(f"{path}/call").json["news"]) == 1
    harness.tell(cards.CardActivated(**OF_CARD, via="web"))
    harness.tell(REVOKED)
    said = [one["title"] for one in api.get(f"{path}/call").json["news"]]
    assert said == ["Ваша карта больше не действует"]
    assert api.post(f"{path}/done", heard(api, path), key="1").status == 200
    harness.world.settle()
    # Nobody counts as told what was not said.
    assert [(one["template"], one["status"], one.get("reason")) for one in to_holders(harness)] == [
        ("card_issued_holder", "withheld", "outdated"),
        ("card_activated_holder", "withheld", "not_needed"),
        ("card_revoked_holder", "delivered", None),
    ]


def test_a_call_about_nothing_that_holds_is_not_made(harness: NotificationsHarness) -> None:
    harness.tell(ISSUED)
    harness.owners.refusals = {CARD: "erased"}
    harness.tell(REVOKED)
    (call,) = calls(harness)
    opened = harness.world.api("notifications", LEADER).get(f"/inbox/{call['item_id']}/call").json
    assert (opened["refused"], opened["news"], opened["phone"]) == ("outdated", [], None)


@pytest.mark.parametrize(
    "words",
    [
        {"template": "of_an_older_release_holder"},
        {"variant": "of_an_older_release"},
        {"expires_at": at("2026-09-01 09:00")},
    ],
)
def test_what_a_release_has_dropped_or_has_expired_keeps_no_other_news_from_a_call(
    harness: NotificationsHarness, words: dict[str, Any]
) -> None:
    harness.tell(cards.CardReplaced(**OF_CARD, reason="stolen", replaced_by="crd_3"))
    harness.tell(REVOKED)
    first, _ = to_holders(harness)
    rewritten(harness, first["message_id"], **words)
    (call,) = calls(harness)
    api, path = harness.world.api("notifications", LEADER), f"/inbox/{call['item_id']}"

    said = [one["title"] for one in api.get(f"{path}/call").json["news"]]
    assert said == ["Ваша карта больше не действует"]
    assert api.post(f"{path}/done", heard(api, path), key="1").status == 200
    harness.world.settle()

    assert [one["status"] for one in to_holders(harness)] == ["withheld", "delivered"]


def test_of_news_whose_values_an_older_release_has_not_kept_a_caller_says_the_title(
    harness: NotificationsHarness,
) -> None:
    harness.tell(PLACEMENT_ENDS)
    (message,) = to_holders(harness)
    rewritten(harness, message["message_id"], facts={})
    (call,) = calls(harness)
    api, path = harness.world.api("notifications", LEADER), f"/inbox/{call['item_id']}"

    (news,) = api.get(f"{path}/call").json["news"]
    assert news["text"] == news["title"] == "До какого дня работает ваша карта"
    assert api.post(f"{path}/done", heard(api, path), key="1").status == 200
    harness.world.settle()
    assert [one["status"] for one in to_holders(harness)] == ["delivered"]


def test_who_has_taken_consent_back_before_the_call_counts_as_told_of_nothing(
    harness: NotificationsHarness,
) -> None:
    harness.tell(ISSUED)
    harness.owners.refusals = {CARD: "no_consent"}
    (call,) = calls(harness)
    api, path = harness.world.api("notifications", LEADER), f"/inbox/{call['item_id']}"
    assert api.get(f"{path}/call").json["refused"] == "no_consent"
    assert api.post(f"{path}/done", heard(api, path), key="1").status == 200
    harness.world.settle()

    (message,) = to_holders(harness)
    assert (message["status"], message["reason"]) == ("withheld", "no_consent")


def test_a_caller_corrects_nothing_that_was_not_said(harness: NotificationsHarness) -> None:
    for event in (ISSUED, PLACEMENT_ENDS, PLACEMENT_GOES_ON):
        harness.tell(event)
    api = harness.world.api("notifications", LEADER)
    (call,) = calls(harness)
    path = f"/inbox/{call['item_id']}"

    said = [one["title"] for one in api.get(f"{path}/call").json["news"]]
    assert said == ["Ваша карта приёмного родителя готова"]
    assert api.post(f"{path}/done", heard(api, path), key="1").status == 200
    harness.world.advance(LATER)

    assert [(one["template"], one["status"]) for one in to_holders(harness)] == [
        ("card_issued_holder", "delivered"),
        ("placement_end_reported_holder", "withheld"),
        ("placement_end_dismissed_holder", "withheld"),
    ]
    # the next time the same is said, and taken back after the call
    harness.tell(PLACEMENT_ENDS)
    item = calls(harness)[-1]
    path = f"/inbox/{item['item_id']}"
    assert api.post(f"{path}/done", heard(api, path), key="2").status == 200
    harness.world.settle()
    harness.tell(PLACEMENT_GOES_ON)
    assert [one["status"] for one in to_holders(harness)[3:]] == ["delivered", "handed_over"]


@pytest.mark.parametrize("channel", ["bot", "phone_task"])
@pytest.mark.parametrize("told", [False, True], ids=["not told", "told"])
def test_a_correction_of_what_waits_in_a_call_waits_for_the_end_of_the_call(
    harness: NotificationsHarness, channel: str, told: bool
) -> None:
    """Who has the words on the screen may be telling them while they become untrue."""
    harness.tell(PLACEMENT_ENDS)
    (call,) = calls(harness)
    api, path = harness.world.api("notifications", LEADER), f"/inbox/{call['item_id']}"
    before, sent = heard(api, path), {"bot": "sent", "phone_task": "handed_over"}[channel]
    harness.owners.change(channel=channel, address=ADDRESS)
    harness.tell(PLACEMENT_GOES_ON)
    assert [one["status"] for one in to_holders(harness)] == ["handed_over", "queued"]
    opened = api.get(f"{path}/call").json
    assert (opened["refused"], opened["news"]) == ("outdated", [])

    assert api.post(f"{path}/done", before if told else heard(api, path), key="1").status == 200
    harness.world.advance(LATER)

    outcomes = ["delivered", sent] if told else ["withheld", "withheld"]
    assert [one["status"] for one in to_holders(harness)] == outcomes
    assert len(calls(harness)) == 1 + (told and channel == "phone_task")


def test_a_correction_that_waits_holds_up_no_other_news(harness: NotificationsHarness) -> None:
    harness.tell(PLACEMENT_ENDS)
    harness.owners.change(channel="bot", address=ADDRESS)
    harness.tell(PLACEMENT_GOES_ON)
    harness.tell(cards.CardBlocked(**OF_CARD, reason="lost"))
    assert [one["status"] for one in to_holders(harness)] == ["handed_over", "queued", "sent"]


def test_a_correction_that_waits_goes_along_with_no_other_news(
    harness: NotificationsHarness,
) -> None:
    harness.tell(PLACEMENT_ENDS.model_copy(update={"holder_id": "hol_1"}))
    harness.owners.change(channel="bot", address=ADDRESS)
    harness.tell(PLACEMENT_GOES_ON.model_copy(update={"holder_id": "hol_1"}))
    harness.world.set_time(at("2026-09-14 10:55"))
    harness.tell(news(1))
    assert [one["status"] for one in to_holders(harness)] == ["handed_over", "queued", "sent"]


def test_news_that_came_while_the_caller_was_speaking_is_told_in_another_call(
    harness: NotificationsHarness,
) -> None:
    harness.tell(ISSUED)
    (call,) = calls(harness)
    api, path = harness.world.api("notifications", LEADER), f"/inbox/{call['item_id']}"
    on_screen = heard(api, path)
    for event in (PLACEMENT_ENDS, cards.CardActivated(**OF_CARD, via="web")):
        harness.tell(event)

    assert api.post(f"{path}/done", on_screen, key="1").status == 200
    harness.world.settle()

    first, second = calls(harness)
    assert first["unsettled"] == []
    assert [(one["template"], one["status"]) for one in to_holders(harness)] == [
        # It was true when it was read out; by now the card is in use.
        ("card_issued_holder", "delivered"),
        ("placement_end_reported_holder", "handed_over"),
        ("card_activated_holder", "withheld"),
    ]
    path = f"/inbox/{second['item_id']}"
    assert len(heard(api, path)["heard"]) == 1
    assert api.post(f"{path}/done", heard(api, path), key="2").status == 200
    harness.world.settle()
    assert {one["status"] for one in to_holders(harness)} == {"delivered", "withheld"}
    assert [one["status"] for one in calls(harness)] == ["done", "done"]


@pytest.mark.parametrize("taken_back", [False, True])
def test_a_call_is_done_only_with_what_was_told(
    harness: NotificationsHarness, taken_back: bool
) -> None:
    harness.tell(ISSUED)
    (call,) = calls(harness)
    api, path = harness.world.api("notifications", LEADER), f"/inbox/{call['item_id']}/done"
    if taken_back:
        assert api.post(path, {"reason": "other"}, key="0").status == 200
        assert api.post(path.replace("done", "reopen"), key="r").status == 200

    unsaid = api.post(path, {"reason": "done"}, key="1").json
    assert unsaid["code"] == "heard_missing"
    assert [(each["in"], each["pointer"]) for each in unsaid["errors"]] == [("body", "/heard")]
    nobody = {"reason": "unreachable", "heard": []}
    assert api.post(path, nobody, key="2").json["code"] == "heard_not_asked"
    # Nothing was read out: there is still a call to make, and it is not made of the call itself.
    assert api.post(path, {"reason": "done", "heard": []}, key="3").status == 200
    harness.world.settle()
    assert [one["status"] for one in calls(harness)] == ["done", "new"]
    assert [one["status"] for one in to_holders(harness)] == ["handed_over"]


@pytest.mark.parametrize(
    ("reason", "status", "counted"),
    [
        ("done", "delivered", "message_sent"),
        ("unreachable", "failed", "message_failed"),
        ("other", "withheld", "message_withheld"),
    ],
)
def test_how_a_call_ended_is_counted_as_of_any_message(
    harness: NotificationsHarness,
    capsys: pytest.CaptureFixture[str],
    reason: str,
    status: str,
    counted: str,
) -> None:
    harness.tell(ISSUED)
    (call,) = calls(harness)
    api, path = harness.world.api("notifications", LEADER), f"/inbox/{call['item_id']}"
    closed = heard(api, path) if reason == "done" else {"reason": reason}
    capsys.readouterr()
    assert api.post(f"{path}/done", closed, key="1").status == 200
    harness.world.settle()
    assert [one["status"] for one in to_holders(harness)] == [status]
    told = capsys.readouterr().out
    asks_staff = {"message_sent"} if reason == "unreachable" else set[str]()
    counts = ("message_sent", "message_failed", "message_withheld", "message_outdated")
    assert {each for each in counts if f'"{each}":[' in told} == {counted} | asks_staff


def test_who_was_reached_after_all_needs_no_other_contact(
    harness: NotificationsHarness, capsys: pytest.CaptureFixture[str]
) -> None:
    """The caller had marked the call by mistake, and takes it back."""
    harness.tell(ISSUED)
    (call,) = calls(harness)
    api, path = harness.world.api("notifications", LEADER), f"/inbox/{call['item_id']}"
    assert api.post(f"{path}/done", {"reason": "unreachable"}, key="1").status == 200
    harness.world.settle()
    (check,) = (one for one in harness.docs("WORK_ITEM") if one["kind"] == "check_contact")
    assert check["status"] == "new"

    assert api.post(f"{path}/reopen", key="2").status == 200
    capsys.readouterr()
    told = [message["message_id"] for message in to_holders(harness)]
    assert api.post(f"{path}/done", {"reason": "done", "heard": told}, key="3").status == 200
    harness.world.settle()

    assert [one["status"] for one in to_holders(harness)] == ["delivered"]
    (check,) = (one for one in harness.docs("WORK_ITEM") if one["kind"] == "check_contact")
    assert check["status"] == "done"
    assert '"message_sent":[' in capsys.readouterr().out


def test_of_a_call_that_is_taken_back_only_what_was_told_counts_as_heard(
    harness: NotificationsHarness,
) -> None:
    harness.tell(ISSUED)
    harness.tell(PLACEMENT_ENDS)
    (call,) = calls(harness)
    told, untold = call["calls"]
    api, path = harness.world.api("notifications", LEADER), f"/inbox/{call['item_id']}"
    assert api.post(f"{path}/done", {"reason": "unreachable"}, key="1").status == 200
    harness.world.settle()

    assert api.post(f"{path}/reopen", key="2").status == 200
    assert api.post(f"{path}/done", {"reason": "done", "heard": [told]}, key="3").status == 200
    harness.world.settle()

    outcomes = {one["message_id"]: one["status"] for one in to_holders(harness)}
    assert outcomes == {told: "delivered", untold: "failed"}
    (check,) = (one for one in harness.docs("WORK_ITEM") if one["kind"] == "check_contact")
    assert (check["status"], check["undelivered"]) == ("new", [untold])
