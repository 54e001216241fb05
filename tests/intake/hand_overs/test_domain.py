"""A note to the next shift by its rules alone."""

from datetime import timedelta

import pytest

from services.intake.codes.values import Urgency
from services.intake.families.values import Stamp
from services.intake.hand_overs.domain import HandOver
from services.intake.hand_overs.values import HandOverStatus
from shared.domain import NO_CALENDAR
from shared.errors import IllegalStep
from tests.support.world import at

NOW = at("2026-09-14 09:40")
WHO = Stamp(by="OP-1", role="hotline_operator", at=NOW)
LEFT = HandOver(
    hand_over_id="hov_1", request_id="req_1", number="12345678", region="ZR", subject="fam_1",
    urgency=Urgency.NORMAL, left_by="OP-2", left_at=NOW,
)  # fmt: skip


def test_who_has_taken_a_note_takes_it_again_until_it_is_done() -> None:
    taken = LEFT.take(WHO)
    other = Stamp(by="OP-3", role="hotline_operator", at=NOW)
    assert taken.take(WHO) is taken
    assert (taken.taken_by, taken.taken_at) == (WHO.by, WHO.at)
    done = taken.finish(other)
    assert (done.done_by, done.done_at) == (other.by, other.at)

    for one, by in ((taken, other), (taken.finish(WHO), WHO)):
        with pytest.raises(IllegalStep):
            one.take(by)


def test_a_note_that_is_late_is_open_to_all_again_and_late_once() -> None:
    late = LEFT.take(WHO).miss()

    assert (late.status, late.taken_by, late.taken_at) == (HandOverStatus.OPEN, None, None)
    assert late.next_deadline(NO_CALENDAR) is None
    assert LEFT.due_at - NOW == timedelta(hours=24)
    assert LEFT.finish(WHO).next_deadline(NO_CALENDAR) is None
