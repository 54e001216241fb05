"""What a guardian offers to each caller is what that caller can do: every step is tried."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shared.principal import Principal
from tests.matching.api_client import (
    FEDERAL,
    FEDERAL_2,
    HQ,
    HQ_2,
    HQ_Y,
    MatchingClient,
    checked,
    inn,
    ogrn,
    read_text,
    rep,
)
from tests.matching.steps import Said
from tests.support.offered_steps import Trial

TALK = {"invited_role": "head", "question": "Кто будет приходить в семью?"}
LEAVES = {"reason": "other"}
CORRECTED = {"team_kind": "work_collective", "team_size": 7}
RESTS = {"reason": "holidays", "keep_families": True}


def talking(client: MatchingClient, guardian: str) -> str:
    client.do(FEDERAL, f"/guardians/{guardian}/clarification", TALK)
    return guardian


def signed_by(client: MatchingClient, side: Principal | None) -> str:
    guardian = client.ready(signed=False)
    path = f"/guardians/{guardian}/participation-agreement"
    client.do(side or rep(guardian), path, read_text())
    return guardian


def rested(client: MatchingClient, guardian: str, days: int = 0) -> str:
    client.do(HQ, f"/guardians/{guardian}/pause", RESTS)
    client.world.advance(client.now() + timedelta(days=days))
    return guardian


def caring(client: MatchingClient) -> str:
    guardian = client.ready()
    client.active(client.waiting(), guardian)
    return guardian


def proposing(client: MatchingClient) -> str:
    guardian = client.ready()
    client.proposed(client.waiting(), guardian)
    return guardian


def moved(client: MatchingClient) -> str:
    guardian = caring(client)
    client.do(FEDERAL, f"/guardians/{guardian}/assignment", {"region": "YY"})
    return guardian


def unchecked(client: MatchingClient) -> str:
    guardian = client.applied()
    client.do(FEDERAL, f"/guardians/{guardian}/vetting")
    return guardian


def failed(client: MatchingClient) -> str:
    guardian = client.vetted()
    check = checked("registry", client.now().date(), passed=False)
    client.do(FEDERAL, f"/guardians/{guardian}/checks", check)
    return guardian


def gone(client: MatchingClient) -> str:
    guardian = client.ready()
    client.do(FEDERAL, f"/guardians/{guardian}/withdrawal", LEAVES)
    return guardian


def twice(client: MatchingClient, left: bool = False) -> str:
    first, again = (client.applied(inn=inn(700), ogrn=ogrn(700)) for _ in range(2))
    if left:
        client.do(FEDERAL, f"/guardians/{first}/rejection", LEAVES)
    return again


STANDING: dict[str, Callable[[MatchingClient], str]] = {
    "applied": lambda client: client.applied(),
    "applied_twice": twice,
    "applied_again": lambda client: twice(client, left=True),
    "unchecked": unchecked,
    "failed": failed,
    "vetted": lambda client: client.vetted(),
    "asked": lambda client: talking(client, client.vetted()),
    "approved": lambda client: client.approved(),
    "assigned": lambda client: client.assigned(),
    "asked_again": lambda client: talking(client, client.assigned()),
    "signed_by_guardian": lambda client: signed_by(client, None),
    "signed_by_headquarters": lambda client: signed_by(client, HQ),
    "ready": lambda client: client.ready(),
    "proposing": proposing,
    "caring": caring,
    "moved": moved,
    "paused": lambda client: rested(client, client.ready()),
    "paused_caring": lambda client: rested(client, caring(client)),
    "paused_unproved": lambda client: rested(client, client.ready(), days=366),
    "gone": gone,
}


def said(guardian: str, day: str, title: str = "АО «Мастер»") -> Said:
    """Where each step is taken, and what is said."""
    registry = {"checked_on": day, "evidence_ref": "EX-1"}
    training = {"course": "basics", "completed_on": day, "certificate_ref": "C-1"}
    offered = [{"category": each} for each in ("household_help", "repair_work", "food_aid")]
    possible = {"capabilities": offered, "capacity_families": 9}
    steps: dict[str, tuple[str, Any]] = {
        "correct_application": ("PUT application", CORRECTED),
        "change_possibilities": ("PUT possibilities", possible),
        "take_into_vetting": ("vetting", None),
        "record_check": ("checks", checked("registry", day)),
        "open_clarification": ("clarification", TALK),
        "close_clarification": (
            "clarification/result",
            {"held_on": day, "result": "satisfied"},
        ),
        "approve": ("approval", None),
        "reject": ("rejection", LEAVES),
        "assign": ("assignment", {"region": "ZR"}),
        "record_training": ("training", training),
        "hold_interview": ("interview", {"held_on": day, "result": "passed"}),
        "hold_briefing": ("briefing", {"held_on": day}),
        "sign_participation_agreement": ("participation-agreement", read_text()),
        "pause": ("pause", RESTS),
        "resume": ("resumption", None),
        "withdraw": ("withdrawal", LEAVES),
        "rename": ("title", {"title": title} | registry),
    }
    one = f"/guardians/{guardian}/"
    return {
        step: (f"PUT {one}{end[4:]}" if end.startswith("PUT ") else one + end, (body,))
        for step, (end, body) in steps.items()
    }


@pytest.mark.parametrize("standing", STANDING)
def test_what_is_offered_is_what_succeeds(client: MatchingClient, standing: str) -> None:
    guardian = STANDING[standing](client)
    steps = said(guardian, f"{client.now().date()}")
    trial = Trial(client.world, f"/guardians/{guardian}", steps)
    callers = (FEDERAL, FEDERAL_2, HQ, HQ_2, HQ_Y, rep(guardian))
    assert trial.check(*(client.api(who) for who in callers)) >= 2
