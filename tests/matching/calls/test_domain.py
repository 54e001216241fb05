"""The note on a call that was not made leaves its match, and no other note does."""

from services.matching.calls.domain import correct_call, note_record, without_note
from services.matching.follow_ups.domain import FollowUp
from services.matching.follow_ups.values import FollowUpKind
from tests.matching import builders
from tests.matching.builders import ZONE
from tests.support.world import at

CARE = builders.active(at("2026-09-21 10:00"), at("2026-09-22 12:00"))
CALLED = at("2026-10-06 12:00")


def _called(kind: FollowUpKind, times: int) -> FollowUp:
    (call,) = (each for each in CARE.follow_ups if each.kind is kind)
    for _ in range(times - 1):
        call = call.call("unreachable", "HQ-1", CALLED, CALLED, ZONE)
    late = at("2026-10-22 12:00")
    return call.call("fine", "HQ-1", late, late, ZONE)


def test_of_all_notes_only_that_on_the_last_call_of_its_kind_goes() -> None:
    first, second = (_called(FollowUpKind.TWO_WEEKS, times) for times in (1, 2))
    other = _called(FollowUpKind.ONE_MONTH, 1)
    records = [
        note_record(CARE, call, f"2026-10-06T12:00:0{place}.000Z")
        for place, call in enumerate((first, second, other))
    ]
    noted = CARE.model_copy(update={"notes": (*records, "hearing#1")})
    assert len(set(records)) == 3

    left, gone = without_note(noted, second)
    assert (list(left.notes), gone) == ([records[0], records[2], "hearing#1"], records[1])
    left, gone = without_note(noted, other)
    assert (list(left.notes), gone) == ([*records[:2], "hearing#1"], records[2])
    left, gone = without_note(CARE, first)
    assert (left.notes, gone) == ((), None)


def test_a_call_that_was_made_just_now_is_corrected_to_this_moment() -> None:
    care = CARE._with_call(_called(FollowUpKind.TWO_WEEKS, 1))
    now = at("2026-10-22 13:00")

    _, was, mended = correct_call(care, FollowUpKind.TWO_WEEKS, "problem", now, now, ZONE)

    assert [(call.result, call.attempts[-1].at) for call in (was, mended)] == [
        ("fine", at("2026-10-22 12:00")),
        ("problem", now),
    ]
