"""What a volunteer is after each step, and that who has left takes none."""

from collections.abc import Callable

import pytest

from services.matching.guardians.values import Slot
from services.matching.volunteers.domain import Volunteer
from services.matching.volunteers.values import Sector
from shared.errors import IllegalStep
from tests.matching.builders import START

APPLIED = Volunteer(
    volunteer_id="vol_1",
    region="ZR",
    district="D01",
    kind="family_member",
    sector=Sector.CITIZENS,
    skills=("legal",),
    applied_at=START,
    contact_index="contact",
    person_index="person",
)
SATURDAY = Slot(day="sat", part="morning")


def test_each_step_keeps_what_was_said() -> None:
    approved = APPLIED.approve("V-1")
    assert (approved.status, approved.account) == ("approved", "V-1")
    assert approved.change_account(None).account is None
    corrected = APPLIED.correct("professional", Sector.NGO, large_family=True)
    assert (corrected.kind, corrected.sector) == ("professional", "ngo")
    assert corrected.large_family
    moved = APPLIED.change_availability("D02", ("other",), (SATURDAY,))
    assert (moved.district, moved.skills, moved.availability) == ("D02", ("other",), (SATURDAY,))
    elsewhere = APPLIED.change_contact("new", "known as")
    assert (elsewhere.contact_index, elsewhere.person_index) == ("new", "known as")


def test_who_has_a_task_is_active_and_settles_it_before_leaving() -> None:
    asked = APPLIED.approve(None).offer_task().offer_task().settle_task()
    assert (asked.status, asked.open_tasks) == ("approved", 1)
    active = asked.take_up_task()
    assert active.status == "active"

    with pytest.raises(IllegalStep, match="volunteer_has_tasks") as refused:
        active.leave("moved")
    assert refused.value.facts["tasks"] == 1
    left = active.settle_task().leave("moved")
    assert (left.status, left.leaving_reason) == ("left", "moved")
    assert (left.account, left.contact_index, left.person_index) == (None, None, None)


def test_who_has_left_takes_no_step_and_an_applicant_no_task() -> None:
    left = APPLIED.leave("moved")
    steps: list[Callable[[], object]] = [
        lambda: left.approve(None),
        lambda: left.change_account("V-1"),
        lambda: left.correct("professional", Sector.NGO, large_family=False),
        lambda: left.change_availability("D02", (), ()),
        lambda: left.change_contact("new", "known as"),
        left.offer_task,
        left.take_up_task,
        left.settle_task,
        lambda: left.leave("moved"),
    ]
    for step in steps:
        with pytest.raises(IllegalStep, match="volunteer_is_left"):
            step()
    for step in (APPLIED.offer_task, APPLIED.take_up_task, APPLIED.settle_task):
        with pytest.raises(IllegalStep, match="volunteer_is_applied"):
            step()
