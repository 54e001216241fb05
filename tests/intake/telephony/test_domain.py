"""A call as facts add up to it."""

import itertools
from datetime import timedelta
from typing import Any

from services.intake.telephony.domain import PhoneCall
from services.intake.telephony.values import CallFact, CallState, Direction, Heard
from tests.support.world import at

NOW = at("2026-09-14 09:40")


def fact(heard: Heard, minute: int, **more: Any) -> CallFact:
    """A fact about a call."""
    return CallFact.model_validate(
        {"call": "c", "heard": heard, "at": NOW + timedelta(minutes=minute)} | more
    )


def call(*facts: CallFact) -> PhoneCall:
    """A call of which these facts are heard one after the other."""
    one = PhoneCall(
        call_id="cll_1", region="ZR", index="i", direction=Direction.IN,
        began_at=facts[0].at, heard_at=NOW,
    )  # fmt: skip
    for each in facts:
        one = one.hear(each)
    return one


def test_facts_in_any_order_are_one_call() -> None:
    facts = (
        fact(Heard.RINGING, 0),
        fact(Heard.ANSWERED, 1, extension="101"),
        fact(Heard.ENDED, 2),
    )

    for order in itertools.permutations(facts):
        heard = call(*order, *order)
        said = (heard.began_at, heard.state, heard.extension)
        assert said == (NOW, CallState.OVER, "101"), order


def test_who_took_a_call_is_not_another_desk_that_rang_too() -> None:
    """A group rings at several desks; that another one rang may be heard of last."""
    facts = (
        fact(Heard.RINGING, 0, extension="102"),
        fact(Heard.RINGING, 0, extension="101"),
        fact(Heard.ANSWERED, 1, extension="101"),
    )

    for order in itertools.permutations(facts):
        assert call(*order).extension == "101", order
    moved = call(*facts, fact(Heard.RINGING, 2, extension="205"))
    assert moved.hear(fact(Heard.ANSWERED, 3, extension="205")).extension == "205"


def test_a_fact_that_is_said_twice_changes_nothing() -> None:
    ended = fact(Heard.ENDED, 2)
    over = call(fact(Heard.RINGING, 0), ended)

    assert over.hear(ended) is over


def test_who_was_cut_off_did_not_ring_in_vain() -> None:
    cut = call(fact(Heard.RINGING, 0)).break_off()

    assert (cut.state, cut.missed, cut.broke_off) == (CallState.OVER, False, True)
