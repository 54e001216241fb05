"""News that no longer holds is not told, in whatever order the events come."""

from collections.abc import Mapping
from typing import Any

import pytest

from services.notifications.messages.domain import Message
from services.notifications.sendings.outdating import endings_by, find_endings, outdated_of
from services.notifications.templates.domain import Template
from services.notifications.templates.outdating import Outdating
from services.notifications.work_subjects.domain import Ending, WorkSubject
from shared.events import matching
from shared.events.base import Event, Received
from tests.notifications.fakes import OF_MATCH, NotificationsHarness
from tests.notifications.messages.test_bounds import largest
from tests.notifications.sendings.night import (
    ISSUED,
    PLACEMENT_ENDS,
    PLACEMENT_GOES_ON,
    REVOKED,
    TEMPLATES,
    at_night,
    queued,
    received,
    to_holders,
    told,
)
from tests.notifications.work_items.inbox import proposed
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


def test_what_ends_a_thing_outdates_what_was_said_of_it() -> None:
    ends: dict[str, list[set[str]]] = {
        "card_id": [{"cards.CardReplaced", "cards.CardRevoked", "cards.CardErased"}],
        "case_id": [{"intake.CaseClosed"}],
        "partner_id": [{"cards.PartnerEnded"}],
        "guardian_id": [{"matching.GuardianRejected", "matching.GuardianWithdrawn"}],
        # before a meeting it ends in one way, after it in another
        "match_id": [{"matching.MatchDeclined", "matching.MatchCancelled"}, {"matching.CareEnded"}],
    }
    # They are the end itself, until somebody thinks better, or tell how it came.
    said_of_it = {
        ("guardian_rejected_guardian", "guardian_id"), ("case_closed_family", "case_id"),
        ("card_replaced_holder", "card_id"), ("card_revoked_holder", "card_id"),
    }  # fmt: skip
    lacking = {
        (template.name, about)
        for template in TO_PEOPLE
        for about in {line.about for line in template.outdated_by} & set(ends)
        if not any(each <= {line.event for line in template.outdated_by} for each in ends[about])
    }

    assert lacking == said_of_it
    assert all(
        "cards.CardErased" in {line.event for line in template.outdated_by}
        for template in TO_PEOPLE
        if template.name in ("card_replaced_holder", "card_revoked_holder")
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cards.PartnerActivated", "cards.PartnerPaused"),
        ("cards.PartnerWithdrawalNoticed", "cards.PartnerNoticeWithdrawn"),
        ("cards.PlacementEndReported", "cards.PlacementEndDismissed"),
        ("cards.CardActivated", "cards.CardBlocked"),
        ("intake.CareRequired", "intake.CareRequirementLifted"),
        ("matching.TerminationNotified", "matching.NoticeWithdrawn"),
        ("matching.GuardianReady", "matching.GuardianSuspended"),
        ("matching.GuardianApproved", "matching.GuardianRejected"),
        ("matching.CheckFailed", "matching.RequirementRenewed"),
        ("matching.RequirementExpiring", "matching.RequirementRenewed"),
    ],
)
def test_of_two_opposites_each_makes_the_other_untrue(one: str, other: str) -> None:
    for said, later in ((one, other), (other, one)):
        to_people = [each for each in TEMPLATES.by_event[said] if each.audience.owner]
        assert to_people
        assert all(later in {line.event for line in each.outdated_by} for each in to_people), said


def test_news_of_a_search_is_untrue_once_headquarters_have_stopped_it() -> None:
    stopped = {
        template.name for template, line in PAIRS if line.event == "intake.CareRequirementLifted"
    }
    assert stopped == {
        "care_required_family", "match_proposed_family", "match_declined_family",
        "match_cancelled_family",
    }  # fmt: skip


def test_a_call_that_has_reached_nobody_leaves_the_question() -> None:
    question = TEMPLATES.by_name["follow_up_due_family"]
    (line,) = (each for each in question.outdated_by if each.event == "matching.FollowUpDone")
    asking, called = fitting(question, line)
    message = queued(received(asking, 10), question)

    for final in (True, False):
        heard = called.model_copy(update={"final": final})
        assert is_outdated(message, question, received(heard, 20)) is final


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


TAKEN_BACK = matching.MatchCancelled(
    **OF_MATCH, reason="other", introduction_due_at=at("2026-09-17 10:00")
)


@pytest.mark.parametrize("backwards", [False, True])
def test_what_the_night_has_outdated_is_not_told_in_the_morning(
    harness: NotificationsHarness, backwards: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    bodies = at_night(harness, proposed(), TAKEN_BACK, ISSUED, REVOKED)

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
    assert '"message_outdated":[' in capsys.readouterr().out


def test_nobody_is_promised_a_day_that_has_passed(harness: NotificationsHarness) -> None:
    """A proposal that was kept back until its introduction was late is not told with that day."""
    harness.world.set_time(at("2026-09-17 23:10"))
    late = matching.IntroductionOverdue(**OF_MATCH, due_at=at("2026-09-17 10:00"))
    harness.deliver(harness.body(proposed()), harness.body(late))
    harness.world.advance(at("2026-09-18 09:05"))

    assert told(harness) == []
    withheld = [one for one in harness.docs("MESSAGE") if one["status"] == "withheld"]
    assert {(one["template"], one["reason"]) for one in withheld} == {
        ("match_proposed_family", "outdated"), ("match_proposed_guardian", "outdated"),
    }  # fmt: skip


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
