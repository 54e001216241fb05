"""What a guardian offers to each caller is what that caller can do: every step is tried."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from services.matching.guardians.domain import Guardian
from tests.matching.api_client import (
    FEDERAL,
    FEDERAL_2,
    HQ,
    HQ_2,
    HQ_Y,
    MatchingClient,
    checked,
    read_text,
    rep,
)

TALK = {"invited_role": "head", "question": "Кто будет приходить в семью?"}
LEAVES = {"reason": "other"}
RESTS = {"reason": "holidays", "keep_families": True}


def talking(client: MatchingClient, guardian: str) -> str:
    client.do(FEDERAL, f"/guardians/{guardian}/clarification", TALK)
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


STANDING: dict[str, Callable[[MatchingClient], str]] = {
    "applied": lambda client: client.applied(),
    "unchecked": unchecked,
    "failed": failed,
    "vetted": lambda client: client.vetted(),
    "asked": lambda client: talking(client, client.vetted()),
    "approved": lambda client: client.approved(),
    "assigned": lambda client: client.assigned(),
    "asked_again": lambda client: talking(client, client.assigned()),
    "ready": lambda client: client.ready(),
    "proposing": proposing,
    "caring": caring,
    "moved": moved,
    "paused": lambda client: rested(client, client.ready()),
    "paused_caring": lambda client: rested(client, caring(client)),
    "paused_unproved": lambda client: rested(client, client.ready(), days=366),
    "gone": gone,
}


def said(step: str, day: str) -> tuple[str, Any]:
    """What comes after the address of the guardian, and the body."""
    registry = {"checked_on": day, "evidence_ref": "EX-1"}
    training = {"course": "basics", "completed_on": day, "certificate_ref": "C-1"}
    found: dict[str, tuple[str, Any]] = {
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
        "rename": ("title", {"title": "АО «Мастер»"} | registry),
    }
    return found[step]


@pytest.mark.parametrize("standing", STANDING)
def test_what_is_offered_is_what_succeeds(client: MatchingClient, standing: str) -> None:
    guardian = STANDING[standing](client)
    path, day = f"/guardians/{guardian}", f"{client.now().date()}"
    # These are answered to a version, and take what may always be said.
    steps = {step for legal in Guardian.STEPS.values() for step in legal}
    steps -= {"correct_application", "change_possibilities"}
    seeded, instead = client.world.dynamodb.snapshot(), dict[str, set[str]]()

    def succeeds(who: Any, step: str) -> bool:
        client.world.dynamodb.restore(seeded)
        end, body = said(step, day)
        answer = client.post(who, f"{path}/{end}", body)
        assert answer.status < 500, answer.text
        if answer.status == 409:
            instead[answer.code] = {each["action"] for each in answer.json["next_steps"]} & steps
        return answer.status == 200

    for who in (FEDERAL, FEDERAL_2, HQ, HQ_2, HQ_Y, rep(guardian)):
        client.world.dynamodb.restore(seeded)
        seen = client.api(who).get(path)
        if seen.status == 200:
            offered = {*seen.json["next_steps"]} & steps
            instead.clear()
            assert offered == {step for step in steps if succeeds(who, step)}, who.id
            wrong = {code: named - offered for code, named in instead.items()}
            assert not any(wrong.values()), (who.id, wrong)
