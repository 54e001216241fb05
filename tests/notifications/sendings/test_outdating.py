"""News that no longer holds is not told, in whatever order the events come."""

from collections.abc import Mapping
from typing import Any

import pytest

from services.notifications.messages.domain import Message
from services.notifications.sendings.outdating import endings_by, find_endings, outdated_of
from services.notifications.templates.domain import Template
from services.notifications.templates.outdating import Outdating
from services.notifications.work_subjects.domain import Ending, WorkSubject
from shared.events import cards, cards_partners, matching
from shared.events.base import Event, Received
from tests.notifications.fakes import (
    ADDRESS,
    CARD,
    LEADER,
    OF_CARD,
    OF_MATCH,
    NotificationsHarness,
    rewritten,
)
from tests.notifications.messages.test_bounds import largest
from tests.notifications.sendings.night import (
    ISSUED,
    PLACEMENT_ENDS,
    REVOKED,
    TEMPLATES,
    at_night,
    queued,
    received,
    to_holders,
    told,
)
from tests.notifications.work_items.inbox import heard
from tests.support.world import at
from tools.event_catalogue import by_type

TO_PEOPLE = [each for each in TEMPLATES.by_name.values() if each.audience.owner]
# What stays true, each for its reason.
STAYS_TRUE = {
    # a code is worth nothing after ten minutes, which `expires` says
    "sign_in_requested_family", "sign_in_requested_guardian", "sign_in_requested_holder",
    "sign_in_requested_volunteer",
    # what was done with a person's data, contact or words is told, whatever has happened since
    "family_contact_changed_family", "holder_contact_changed_holder",
    "guardian_renamed_guardian", "guardian_contact_changed_guardian",
    "volunteer_contact_changed_volunteer",
    "disclosed_to_office_family", "person_answered_family", "story_consent_withdrawn_guardian",
    "story_taken_down_guardian",
    # thanks and farewells, and a form that is answered at any time
    "guardian_withdrawn_guardian", "gift_offered_family", "volunteer_approved_volunteer",
    "care_ended_family", "care_ended_guardian", "consultation_held_family",
    "engagement_ended_family", "engagement_ended_holder",
    # who has seen a task in the app must know that it is off
    "volunteer_task_cancelled_volunteer",
    # the call was not answered; the shop's news names its day
    "call_back_ended_family", "partner_news_due_holder",
}  # fmt: skip
PAIRS = [(template, line) for template in TO_PEOPLE for line in template.outdated_by]


class Subjects:
    """Subjects in memory."""

    def __init__(self, endings: Mapping[str, list[Ending]]) -> None:
        self.known = {about: WorkSubject(subject_id=about) for about in endings}
        for about, found in endings.items():
            for ending in found:
                self.known[about] = self.known[about].noted(ending)

    def get_many(self, about: list[str]) -> list[WorkSubject]:
        return [self.known[each] for each in about if each in self.known]


def event_of(kind: str, /, **values: Any) -> Event:
    """The event with these values, and all else that makes messages."""
    made = largest(by_type()[kind]).model_dump()
    return by_type()[kind].model_validate({**made, **values})


def fitting(template: Template, line: Outdating) -> tuple[Event, Event]:
    """The event of a message, and the one that outdates it."""
    same = {line.about: "cas_01J8000000000000000000000A"}
    same |= {line.same: "two_weeks"} if line.same else {}
    values = {key: {"true": True, "false": False}.get(value, value)
              for key, value in template.only.items() if value != "none"}  # fmt: skip
    absent = {key: None for key, value in template.only.items() if value == "none"}
    variant = next(iter(template.texts)) if template.by else None
    chosen = {"true": True, "false": False}.get(str(variant), variant)
    picked = {} if template.by is None or chosen == "other" else {template.by: chosen}
    asking = event_of(template.event_type, **{**values, **absent, **picked, **same})
    return asking, event_of(line.event, **{**same, **line.only})


def is_outdated(message: Message, template: Template, *events: Received[Any]) -> bool:
    endings: dict[str, list[Ending]] = {}
    for each in events:
        for about, found in endings_by(each, TEMPLATES).items():
            endings.setdefault(about, []).extend(found)
    return bool(find_endings(message, template, Subjects(endings)))  # type: ignore[arg-type]


def test_every_message_to_a_person_is_outdated_by_some_event_or_stays_true() -> None:
    assert {each.name for each in TO_PEOPLE if not each.outdated_by} == STAYS_TRUE
    for template, line in PAIRS:
        fields = {line.about} | ({line.same} if line.same else set())
        assert fields <= set(by_type()[template.event_type].model_fields), template.name
        assert fields | {*line.only, *line.unless} <= set(by_type()[line.event].model_fields)


def test_a_card_that_was_found_is_not_off_whether_it_was_in_use_or_not() -> None:
    found = {line.event for template, line in PAIRS if template.name == "card_blocked_holder"}
    assert found >= {"cards.CardIssued", "cards.CardActivated"}


def test_each_pair_outdates_what_was_said_before_and_nothing_else() -> None:
    assert len(PAIRS) > 100
    for template, line in PAIRS:
        asking, later = fitting(template, line)
        message = queued(received(asking, 10), template)
        name = f"{template.name} by {line.event}"

        assert not is_outdated(message, template, received(asking, 10)), name
        assert is_outdated(message, template, received(later, 20)), name
        assert not is_outdated(message, template, received(later, 5)), name
        other = later.model_copy(update={line.about: "cas_01J8000000000000000000000B"})
        assert not is_outdated(message, template, received(other, 20)), name
        if line.same:
            other = later.model_copy(update={line.same: "one_month"})
            assert not is_outdated(message, template, received(other, 20)), name
        for field, value in line.unless.items():
            other = later.model_copy(update={field: value})
            assert not is_outdated(message, template, received(other, 20)), name


# through the night ------------------------------------------------------------------------------

PROPOSED = matching.MatchProposed(
    **OF_MATCH, introduction_due_at=at("2026-09-17 10:00"), categories=("food_aid",)
)
TAKEN_BACK = matching.MatchCancelled(
    **OF_MATCH, reason="other", introduction_due_at=at("2026-09-17 10:00")
)
HOLDER_ID = "hld_01J8000000000000000000000A"
# A correction that waits for the end of a call is looked at each hour.
LATER = at("2026-09-14 13:01")
PLACEMENT_GOES_ON = cards.PlacementEndDismissed(**OF_CARD)


@pytest.mark.parametrize("backwards", [False, True])
def test_what_the_night_has_outdated_is_not_told_in_the_morning(
    harness: NotificationsHarness, backwards: bool
) -> None:
    bodies = at_night(harness, PROPOSED, TAKEN_BACK, ISSUED, REVOKED)

    harness.deliver(*(reversed(bodies) if backwards else bodies))
    harness.world.advance(at("2026-09-15 09:00"))
    harness.world.advance(at("2026-09-15 09:05"))

    # Who was not told of a proposal is not told that it was taken back.
    assert told(harness) == ["card_revoked_holder"]
    withheld = [one for one in harness.docs("MESSAGE") if one["status"] == "withheld"]
    assert {one["reason"] for one in withheld} == {"outdated"}
    assert {one["template"] for one in withheld} == {
        "match_proposed_family", "match_proposed_guardian", "card_issued_holder",
        "match_cancelled_family", "match_cancelled_guardian",
    }  # fmt: skip


def test_a_caller_says_nothing_that_no_longer_holds(harness: NotificationsHarness) -> None:
    harness.owners.change(channel="phone_task", address=None)
    harness.tell(ISSUED)
    api = harness.world.api("notifications", LEADER)
    (call,) = [one for one in harness.docs("WORK_ITEM") if one["kind"] == "tell_by_phone"]
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
        ("card_activated_holder", "withheld", "outdated"),
        ("card_revoked_holder", "delivered", None),
    ]


def test_a_call_about_nothing_that_holds_is_not_made(harness: NotificationsHarness) -> None:
    harness.owners.change(channel="phone_task", address=None)
    harness.tell(ISSUED)
    harness.owners.refusals = {CARD: "erased"}
    harness.tell(REVOKED)
    (call,) = [one for one in harness.docs("WORK_ITEM") if one["kind"] == "tell_by_phone"]
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
    harness.owners.change(channel="phone_task", address=None)
    harness.tell(cards.CardReplaced(**OF_CARD, reason="stolen", replaced_by="crd_3"))
    harness.tell(REVOKED)
    first, _ = to_holders(harness)
    rewritten(harness, first["message_id"], **words)
    (call,) = [one for one in harness.docs("WORK_ITEM") if one["kind"] == "tell_by_phone"]
    api, path = harness.world.api("notifications", LEADER), f"/inbox/{call['item_id']}"

    said = [one["title"] for one in api.get(f"{path}/call").json["news"]]
    assert said == ["Ваша карта больше не действует"]
    assert api.post(f"{path}/done", heard(api, path), key="1").status == 200
    harness.world.settle()

    assert [one["status"] for one in to_holders(harness)] == ["withheld", "delivered"]


def test_of_news_whose_values_an_older_release_has_not_kept_a_caller_says_the_title(
    harness: NotificationsHarness,
) -> None:
    harness.owners.change(channel="phone_task", address=None)
    harness.tell(PLACEMENT_ENDS)
    (message,) = to_holders(harness)
    rewritten(harness, message["message_id"], facts={})
    (call,) = [one for one in harness.docs("WORK_ITEM") if one["kind"] == "tell_by_phone"]
    api, path = harness.world.api("notifications", LEADER), f"/inbox/{call['item_id']}"

    (news,) = api.get(f"{path}/call").json["news"]
    assert news["text"] == news["title"] == "До какого дня работает ваша карта"
    assert api.post(f"{path}/done", heard(api, path), key="1").status == 200
    harness.world.settle()
    assert [one["status"] for one in to_holders(harness)] == ["delivered"]


def test_who_has_taken_consent_back_before_the_call_counts_as_told_of_nothing(
    harness: NotificationsHarness,
) -> None:
    harness.owners.change(channel="phone_task", address=None)
    harness.tell(ISSUED)
    harness.owners.refusals = {CARD: "no_consent"}
    (call,) = [one for one in harness.docs("WORK_ITEM") if one["kind"] == "tell_by_phone"]
    api, path = harness.world.api("notifications", LEADER), f"/inbox/{call['item_id']}"
    assert api.get(f"{path}/call").json["refused"] == "no_consent"
    assert api.post(f"{path}/done", heard(api, path), key="1").status == 200
    harness.world.settle()

    (message,) = to_holders(harness)
    assert (message["status"], message["reason"]) == ("withheld", "no_consent")


def test_a_caller_corrects_nothing_that_was_not_said(harness: NotificationsHarness) -> None:
    harness.owners.change(channel="phone_task", address=None)
    for event in (ISSUED, PLACEMENT_ENDS, PLACEMENT_GOES_ON):
        harness.tell(event)
    api = harness.world.api("notifications", LEADER)
    (call,) = [one for one in harness.docs("WORK_ITEM") if one["kind"] == "tell_by_phone"]
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
    item = [one for one in harness.docs("WORK_ITEM") if one["kind"] == "tell_by_phone"][-1]
    path = f"/inbox/{item['item_id']}"
    assert api.post(f"{path}/done", heard(api, path), key="2").status == 200
    harness.world.settle()
    harness.tell(PLACEMENT_GOES_ON)
    assert [one["status"] for one in to_holders(harness)[3:]] == ["delivered", "handed_over"]


def test_of_two_corrections_only_that_of_what_was_not_said_is_not_said() -> None:
    told: list[Event] = [PLACEMENT_ENDS, PLACEMENT_GOES_ON, PLACEMENT_ENDS, PLACEMENT_GOES_ON]
    names = ["placement_end_reported_holder", "placement_end_dismissed_holder"] * 2
    events = [received(event, minutes) for minutes, event in enumerate(told)]
    ended, first, _, second = (
        queued(event, TEMPLATES.by_name[name]) for event, name in zip(events, names, strict=True)
    )
    # The end was reported again, and told, before it was taken back for the second time.
    subjects: Any = Subjects(endings_by(events[1], TEMPLATES))

    stale, untold = outdated_of([ended, first, second], TEMPLATES, subjects)

    assert stale == {ended.message_id, first.message_id}
    assert [each.kind for found in untold.values() for each in found] == [first.template]


def test_what_may_have_arrived_is_corrected_though_it_is_untrue_before_the_next_try(
    harness: NotificationsHarness,
) -> None:
    harness.gateway.faults, harness.gateway.deaf = ["taken_then_silent"], True
    harness.tell(PLACEMENT_ENDS)
    harness.world.set_time(at("2026-09-14 22:30"))
    harness.world.advance(at("2026-09-15 03:00"))
    assert [(one["status"], one["doubts"]) for one in to_holders(harness)] == [
        ("queued", ["gateway"])
    ]
    harness.tell(PLACEMENT_GOES_ON)
    for minute in (0, 1):
        harness.world.advance(at(f"2026-09-15 09:0{minute}"))
    assert [(one["template"], one["status"]) for one in to_holders(harness)] == [
        ("placement_end_reported_holder", "withheld"),
        ("placement_end_dismissed_holder", "sent"),
    ]


@pytest.mark.parametrize("channel", ["bot", "phone_task"])
@pytest.mark.parametrize("told", [False, True], ids=["not told", "told"])
def test_a_correction_of_what_waits_in_a_call_waits_for_the_end_of_the_call(
    harness: NotificationsHarness, channel: str, told: bool
) -> None:
    """Who has the words on the screen may be telling them while they become untrue."""
    harness.owners.change(channel="phone_task", address=None)
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
    harness.owners.change(channel="phone_task", address=None)
    harness.tell(PLACEMENT_ENDS)
    harness.owners.change(channel="bot", address=ADDRESS)
    harness.tell(PLACEMENT_GOES_ON)
    harness.tell(cards.CardBlocked(**OF_CARD, reason="lost"))
    assert [one["status"] for one in to_holders(harness)] == ["handed_over", "queued", "sent"]


def test_a_correction_that_waits_goes_along_with_no_other_news(
    harness: NotificationsHarness,
) -> None:
    harness.owners.change(channel="phone_task", address=None)
    harness.tell(PLACEMENT_ENDS.model_copy(update={"holder_id": HOLDER_ID}))
    harness.owners.change(channel="bot", address=ADDRESS)
    harness.tell(PLACEMENT_GOES_ON.model_copy(update={"holder_id": HOLDER_ID}))
    harness.world.set_time(at("2026-09-14 10:55"))
    of_shop = {"announcement_id": "ann_1", "reference": f"ann_1.{CARD}", "holder_id": HOLDER_ID}
    harness.tell(
        cards_partners.PartnerNewsDue(region="ZR", **of_shop, news="leaving", day="2026-10-31")
    )
    assert [one["status"] for one in to_holders(harness)] == ["handed_over", "queued", "sent"]


def test_news_that_came_while_the_caller_was_speaking_is_told_in_another_call(
    harness: NotificationsHarness,
) -> None:
    harness.owners.change(channel="phone_task", address=None)
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
        ("card_activated_holder", "handed_over"),
    ]
    path = f"/inbox/{second['item_id']}"
    assert len(heard(api, path)["heard"]) == 2
    assert api.post(f"{path}/done", heard(api, path), key="2").status == 200
    harness.world.settle()
    assert {one["status"] for one in to_holders(harness)} == {"delivered"}
    assert [one["status"] for one in calls(harness)] == ["done", "done"]


@pytest.mark.parametrize("taken_back", [False, True])
def test_a_call_is_done_only_with_what_was_told(
    harness: NotificationsHarness, taken_back: bool
) -> None:
    harness.owners.change(channel="phone_task", address=None)
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


def calls(harness: NotificationsHarness) -> list[dict[str, Any]]:
    return [one for one in harness.docs("WORK_ITEM") if one["kind"] == "tell_by_phone"]
