"""A call-back by its rules alone: which call counts, whose it is, and what is due."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.intake.call_backs.domain import CallBack
from services.intake.call_backs.values import CallBackEnd, CallResult
from services.intake.families.values import Stamp
from shared.domain import NO_CALENDAR
from shared.errors import IllegalStep
from tests.support.world import at

NOW = at("2026-09-14 09:40")
WHO = Stamp(by="OP-1", role="hotline_operator", at=NOW)
LATER = NOW + timedelta(minutes=1)


def call(call_id: str, missed_at: datetime = NOW) -> dict[str, Any]:
    """What is known of a call in vain."""
    return {"call_id": call_id, "missed_at": missed_at, "heard_at": missed_at}


def asked(**facts: Any) -> CallBack:
    """A call-back for one call in vain."""
    about = {"call_back_id": "cbk_1", "region": "ZR", "index": "i", "known": False}
    known: dict[str, Any] = about | {"urgent": False} | call("cll_1") | facts
    return CallBack.ask(NOW, **known)


def test_the_latest_call_in_vain_has_the_phone_and_says_since_when_it_waits() -> None:
    again = asked().miss_again(LATER, **call("cll_2", LATER))
    assert (again.call_id, again.missed_at, again.heard_at) == ("cll_2", LATER, LATER)

    for earlier in (NOW, LATER):  # of two at one moment the first that was heard of
        late = again.miss_again(LATER, **call("cll_0", earlier))
        assert (late.call_id, late.missed_at, late.missed) == ("cll_2", LATER, 3)


def test_who_was_cut_off_once_is_not_who_rang_in_vain() -> None:
    cut = asked(broke_off=True)
    again = cut.miss_again(LATER, **call("cll_2", LATER))

    assert (cut.missed, cut.urgent) == (0, True)
    assert (again.broke_off, again.missed, again.urgent) == (True, 1, True)


def test_nothing_is_due_of_one_that_ends_while_an_operator_has_it() -> None:
    ended = asked().claim(WHO).end(LATER, CallBackEnd.CALLED_AGAIN)

    assert (ended.claimed_by, ended.next_deadline(NO_CALENDAR)) == (None, None)


def test_a_step_that_the_table_does_not_have_is_refused() -> None:
    waiting = asked()
    steps: dict[str, Callable[[CallBack], CallBack]] = {
        "claim": lambda each: each.claim(WHO),
        "release": lambda each: each.release(),
        "record_attempt": lambda each: each.record_attempt(WHO, CallResult.BUSY),
        "end": lambda each: each.end(NOW, CallBackEnd.REACHED),
    }

    for one in (waiting, waiting.claim(WHO), waiting.end(NOW, CallBackEnd.EXPIRED)):
        for step, take in steps.items():
            again = step == "claim" and one.claimed_by == WHO.by
            if step not in CallBack.STEPS[one.status] and not again:
                with pytest.raises(IllegalStep):
                    take(one)
