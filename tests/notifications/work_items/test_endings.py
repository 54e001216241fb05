"""The table of what ends which work, compared with the events and templates there are."""

from collections import defaultdict

import pytest

from services.notifications.app import SUBSCRIPTIONS
from services.notifications.templates.domain import Template
from services.notifications.templates.repository import Templates
from services.notifications.work_items.endings import ENDED_BY, OF_FAMILY, ending_events
from services.notifications.work_items.reactions import end_work
from services.notifications.work_items.values import REACH
from services.notifications.work_subjects.ended_by import EndedBy
from services.notifications.work_subjects.values import WorkKind
from shared.events import cards, matching
from shared.messaging.subscriptions import _each
from shared.reference.code_lists import shipped
from tools.event_catalogue import by_type

TEMPLATES = Templates.connect()
FOR_STAFF = [each for each in TEMPLATES.by_name.values() if each.kind is not None]
# A person without a written channel is called: no template of an event asks for that.
BY_THE_SENDER = {WorkKind.TELL_BY_PHONE}
LINES = [pytest.param(line, id=kind) for kind, lines in ENDED_BY.items() for line in lines]


@pytest.mark.parametrize("line", LINES)
def test_each_ending_names_published_events_and_their_fields(line: EndedBy) -> None:
    for event in line.events:
        assert by_type()[event.detail_type()] is event
        assert {line.about, *line.only, *([line.detail] if line.detail else [])} <= set(
            event.model_fields
        )


def test_an_event_about_nobody_ends_nothing() -> None:
    by_the_holder = cards.HolderContactChanged(
        region="ZR", contact_change_id="con_1", holder_id="hol_1", notifies_former=True
    )

    lines = [each for lines in ENDED_BY.values() for each in lines]
    ending = [each for each in lines if cards.HolderContactChanged in each.events]
    assert ending and not any(each.fits(by_the_holder) for each in ending)


def test_every_kind_of_work_has_a_label_and_what_the_deed_ends_is_asked_for() -> None:
    asked = {each.kind for each in FOR_STAFF} | BY_THE_SENDER

    assert asked <= set(shipped()["work_kind"].codes)
    assert asked >= set(WorkKind) == set(ENDED_BY)


def test_an_event_that_ends_work_is_subscribed_to() -> None:
    ending = {event for event, found in SUBSCRIPTIONS.reactions.items() if end_work in _each(found)}

    assert ending == set(ending_events())


def test_an_event_is_about_two_subjects_at_most_so_that_one_commit_is_enough() -> None:
    about = defaultdict(set)
    for lines in ENDED_BY.values():
        for line in lines:
            for event in line.events:
                about[event].add(line.about)

    assert {event.__name__: found for event, found in about.items() if len(found) > 1} == {
        "HolderContactChanged": {"card_id", "living_card_id"},
        "FamilyContactChanged": {"family_id", "record_id"},
        "FamilyUnreachable": {"family_id", "record_id"},
        "MatchProposed": {"case_id", "guardian_id"},
    }


@pytest.mark.parametrize("template", FOR_STAFF, ids=lambda each: each.name)
def test_work_ends_by_the_subject_it_was_asked_about(template: Template) -> None:
    """The reference of an item is a field by which some event of its kind ends it."""
    assert template.kind is not None
    about = {line.about for line in ENDED_BY.get(template.kind, ())}

    if template.kind in OF_FAMILY and "family_id" in by_type()[template.event_type].model_fields:
        return
    assert not about or set(template.reference_fields) & (about | {"reference"})


@pytest.mark.parametrize("template", FOR_STAFF, ids=lambda each: each.name)
def test_work_names_fields_of_its_event_and_a_role_with_an_inbox(template: Template) -> None:
    fields = set(by_type()[template.event_type].model_fields)
    named = {template.due, *template.urgent_when} - {None}

    assert named <= fields
    assert template.audience.role in REACH


def test_no_event_ends_the_work_that_it_asks_for() -> None:
    """Such work is born done: the people whom it is for never see it."""
    ended_at_once = [
        each.name
        for each in FOR_STAFF
        for line in ENDED_BY.get(str(each.kind), ())
        if by_type()[each.event_type] in line.events
        and line.about in each.reference_fields
        and line.role in (None, each.audience.reader)
        and not any(_excludes(each, field, value) for field, value in line.only.items())
    ]

    # It asks while some need is `uncovered`, and ends when none is `missing`.
    assert ended_at_once == ["care_needs_changed_hq"]


def _excludes(template: Template, field: str, value: str) -> bool:
    if field == template.by:
        return value not in template.texts
    return template.only.get(field, value) != value


def test_work_about_a_guardian_ends_when_it_leaves() -> None:
    """Nobody can do it any more; who is to be called is called all the same."""
    ends = {
        kind: {event for each in lines for event in each.events}
        for kind, lines in ENDED_BY.items()
        if any(each.about == "guardian_id" for each in lines)
    }
    left = {matching.GuardianWithdrawn, matching.GuardianRejected}

    stays = {kind for kind, events in ends.items() if not left <= events}
    assert stays == {WorkKind.CALL_BACK, WorkKind.TELL_BY_PHONE}


def test_what_a_guardian_says_of_itself_ends_no_work_about_its_evidence() -> None:
    ending = {each for line in ENDED_BY[WorkKind.RENEW_EVIDENCE] for each in line.events}
    about_evidence = [each for each in FOR_STAFF if each.kind == WorkKind.RENEW_EVIDENCE]

    assert "matching.MatchGuardianFailedCheck" in {each.event_type for each in about_evidence}
    assert matching.GuardianReported not in ending


def test_what_asks_to_act_at_once_is_little() -> None:
    """An inbox in which all is urgent has nothing that is."""
    assert {each.name for each in FOR_STAFF if each.urgent} == {
        "case_untaken_region_lead",
        "disclosed_to_office_office",
        "follow_up_missed_hq",
        "introduction_at_risk_federal_hq",
        "introduction_due_soon_hq",
        "introduction_due_soon_region_lead",
        "introduction_overdue_hq",
        "introduction_overdue_operations",
        "low_score_received_hq",
        "low_score_received_leader",
        "notice_awaited_hq",
        "termination_notified_hq",
        "volunteer_task_unanswered_volunteer_coordinator",
    }
    assert {each.name for each in FOR_STAFF if each.urgent_when} == {
        "call_back_asked_hotline",
        "call_back_overdue_hq",
        "case_untaken_hq",
        "concern_raised_hq",
        "hand_over_overdue_hq",
        "message_failed_volunteer_coordinator",
        "request_received_hq",
        "request_joined_hq",
        "request_extended_hq",
    }
