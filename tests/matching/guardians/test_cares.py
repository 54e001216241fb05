"""A guardian's places and its cares: while it works, rests, moves or leaves."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from services.matching.evidence.values import Meeting
from services.matching.exports.tables import guardian_line
from services.matching.guardians.events import ready_events
from services.matching.guardians.values import Assignment, GuardianStatus, Invitee, Terms
from services.matching.guardians.views import guardian_view
from shared.errors import IllegalStep
from shared.events.matching import GuardianSuspended
from tests.matching import builders
from tests.matching.builders import START, TODAY, holding, offers

PASSED = Meeting(held_on=date(2026, 9, 2), by="HQ-1")
FAILED = Meeting(held_on=date(2026, 9, 2), by="HQ-1", result="failed")


def test_the_last_place_is_given_once() -> None:
    full = builders.checked(capacity_families=1).take_place("mat_1", ("food_aid",))

    with pytest.raises(IllegalStep, match="no_free_capacity"):
        full.take_place("mat_2", ())
    assert full.change_possibilities(offers("food_aid"), (), 2, Terms()).free_capacity == 1


@pytest.mark.parametrize(
    "status", sorted(set(GuardianStatus) - {GuardianStatus.READY, GuardianStatus.CARING})
)
def test_only_a_guardian_at_work_gets_a_family(status: GuardianStatus) -> None:
    with pytest.raises(IllegalStep):
        builders.checked(status=status, capacity_families=3).take_place("mat_1", ())


def test_a_guardian_cares_from_the_first_help_to_the_last_end() -> None:
    bound = builders.checked(capacity_families=2).take_place("mat_1", ()).take_place("mat_2", ())
    assert bound.status is GuardianStatus.READY

    caring = bound.activate_place("mat_1", START)

    assert caring.status is GuardianStatus.CARING
    assert caring.release_place("mat_2", START).status is GuardianStatus.CARING
    assert caring.release_place("mat_1", START).status is GuardianStatus.READY


def test_families_must_be_ended_or_kept_explicitly_before_a_pause() -> None:
    caring = builders.checked(status=GuardianStatus.CARING, places=holding("mat_1"))

    with pytest.raises(IllegalStep, match="families_not_settled"):
        caring.pause("holidays", False, START)
    paused = caring.pause("holidays", True, START)
    assert paused.resume(TODAY, START).status is GuardianStatus.CARING
    assert paused.release_place("mat_1", START).status is GuardianStatus.PAUSED


def test_a_paused_guardian_begins_no_family_and_a_resumed_one_must_be_proved() -> None:
    bound = builders.checked(capacity_families=2).take_place("mat_1", ())
    paused = bound.pause("holidays", True, START)

    with pytest.raises(IllegalStep, match="guardian_is_paused"):
        paused.activate_place("mat_1", START)
    with pytest.raises(IllegalStep, match="checks_missing"):
        paused.resume(date(2029, 1, 1), START)
    assert paused.resume(TODAY, START).activate_place("mat_1", START).places[0].active
    assert paused.training is not None
    former = paused.training.model_copy(update={"completed_on": date(2020, 1, 1)})
    with pytest.raises(IllegalStep, match="training_outdated"):
        paused.model_copy(update={"training": former}).resume(TODAY, START)


def test_help_that_families_have_been_promised_stays() -> None:
    able = builders.checked(capabilities=offers("food_aid", "animal_care"), capacity_families=3)
    caring = able.take_place("mat_1", ("food_aid",)).take_place("mat_2", ("food_aid",))

    for offered in (offers("animal_care"), offers("food_aid", max_families=1)):
        with pytest.raises(IllegalStep, match="help_promised"):
            caring.change_possibilities(offered, (), 3, Terms())
    with pytest.raises(IllegalStep, match="help_promised"):
        caring.release_place("mat_2", START).change_possibilities(
            offers("animal_care"), (), 3, Terms()
        )
    fewer = caring.change_possibilities(offers("food_aid", max_families=2), (), 2, Terms())
    assert (fewer.promised, fewer.free_capacity) == ({"food_aid": 2}, 0)


def test_a_guardian_at_work_moves_with_its_cares_and_without_the_old_districts() -> None:
    able = builders.checked(
        capacity_families=2, capabilities=offers("food_aid", district_ids=("D02",))
    )
    bound = able.take_place("mat_1", ("food_aid",))
    with pytest.raises(IllegalStep, match="proposals_not_settled"):
        bound.assign("YY", (), "FH-1", START)
    near = bound.assign("ZR", ("D03",), "FH-1", START)
    assert (near.status, near.district_ids) == (GuardianStatus.READY, ("D03",))

    moved = bound.activate_place("mat_1", START).assign("YY", (), "FH-1", START)

    assert (moved.status, moved.region) == (GuardianStatus.ASSIGNED, "YY")
    assert (moved.district_ids, moved.capabilities[0].district_ids) == ((), ())
    assert moved.places[0].active
    with pytest.raises(IllegalStep, match="families_not_settled"):
        moved.hold_interview(FAILED, "not_suited", START)
    there = moved.hold_interview(PASSED, None, START).hold_briefing(PASSED, START)
    assert there.status is GuardianStatus.CARING


@pytest.mark.parametrize("asked", [False, True])
def test_a_moved_guardian_out_of_strength_rests_once_it_is_prepared(asked: bool) -> None:
    moved = builders.checked(
        status=GuardianStatus.ASSIGNED, interview=None, places=holding("mat_1")
    )
    if asked:  # in a talk it says so as well
        talking = moved.open_clarification(Invitee.HEAD, START).report_exhausted(START)
        tired = talking.close_clarification(START.date(), "clear", START)
    else:
        tired = moved.report_exhausted(START)
    assert tired.status is GuardianStatus.ASSIGNED

    rests = tired.hold_interview(PASSED, None, START)

    assert (rests.status, rests.decision_reason) == (
        GuardianStatus.PAUSED,
        "guardian_resources_exhausted",
    )
    (event,) = ready_events(tired, rests)
    assert isinstance(event, GuardianSuspended)
    assert (event.reason, event.has_families) == ("guardian_resources_exhausted", True)
    assert ready_events(rests, rests) == []
    assert rests.resume(TODAY, START).status is GuardianStatus.CARING
    away = builders.checked().pause("holidays", keep_families=False, at=START)
    assert away.report_exhausted(START) == away


def test_a_paused_guardian_that_moves_rests_in_the_new_region_until_it_goes_on() -> None:
    paused = builders.checked().pause("holidays", keep_families=False, at=START)

    moved = paused.assign("YY", (), "FH-1", START).assign("ZR", (), "FH-1", START)
    assert (moved.status, moved.decision_reason) == (GuardianStatus.ASSIGNED, "holidays")
    asked = moved.hold_interview(PASSED, None, START)
    there = asked.hold_briefing(PASSED, START)

    assert (there.status, there.decision_reason) == (GuardianStatus.PAUSED, "holidays")
    (event,) = ready_events(asked, there)
    assert isinstance(event, GuardianSuspended)
    assert (event.reason, event.has_families) == ("holidays", False)
    resumed = there.resume(TODAY, START)
    assert (resumed.status, resumed.decision_reason) == (GuardianStatus.READY, None)
    at_work = resumed.assign("YY", (), "FH-1", START)
    ready = at_work.hold_interview(PASSED, None, START).hold_briefing(PASSED, START)
    assert ready.status is GuardianStatus.READY


def test_a_region_has_a_guardian_since_it_came_back_and_not_since_its_first_stay() -> None:
    days = [START + timedelta(days=days) for days in (0, 5, 9, 11)]
    regions = ("ZR", "YY", "ZR", "ZR")
    stays = tuple(
        Assignment(region=r, at=at, by="FH-1") for r, at in zip(regions, days, strict=True)
    )

    stayed = builders.guardian(region="ZR", assignments=stays)
    assert stayed.in_region_since == days[2]
    assert guardian_view(stayed).assigned_at == days[2], "the register says so, too"
    assert guardian_line(stayed, "ZR")[-1][:10] == f"{days[2]:%d.%m.%Y}"


@pytest.mark.parametrize("step", ["withdraw", "capacity"])
def test_families_are_not_left_alone(step: str) -> None:
    caring = builders.checked(
        status=GuardianStatus.CARING, capacity_families=2, places=holding("mat_1", "mat_2")
    )
    act: dict[str, Callable[[], Any]] = {
        "withdraw": lambda: caring.withdraw("moved", START),
        "capacity": lambda: caring.change_possibilities(caring.capabilities, (), 1, Terms()),
    }

    with pytest.raises(IllegalStep):
        act[step]()
