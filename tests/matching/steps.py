"""How each step of volunteers, their tasks, offers and gifts is taken, and what may be said."""

from collections.abc import Mapping
from typing import Any

DROPPED = {"reason": "ill"}
WORK = {
    "category": "repair_work",
    "district_id": "D02",
    "starts_at": "2026-09-05T06:00:00Z",
    "place": "Дом 5",
}
# Where a step is posted ("PUT …": put), and what may be said there.
Said = Mapping[str, tuple[str, tuple[Any, ...]]]


def volunteer_steps(one: str, work: Any = WORK) -> Said:
    """Return the steps of a volunteer, given by its address."""
    return {
        "change_availability": (
            f"PUT {one}/availability",
            ({"district_id": "D02", "skills": ["driving"]},),
        ),
        "correct_volunteer": (
            f"{one}/correction",
            ({"kind": "professional", "sector": "ngo", "large_family": False},),
        ),
        "approve": (f"{one}/approval", ({"account": "V-9"},)),
        "change_account": (f"{one}/account", ({"account": "V-8"},)),
        "offer_task": (f"{one}/tasks", (work,)),
        "leave": (f"{one}/leaving", ({"reason": "moved"},)),
    }


def task_steps(one: str) -> Said:
    """Return the steps of a volunteer's task, given by its address."""
    return {
        "accept_task": (f"{one}/acceptance", (None,)),
        "report_task_done": (f"{one}/done", (None,)),
        "decline_task": (f"{one}/decline", (DROPPED,)),
        "cancel_task": (f"{one}/cancellation", (DROPPED,)),
    }


def offer_steps(one: str, part: str) -> Said:
    """Return the steps of an offer and of one of its parts."""
    return {
        "reserve_resource": (f"{one}/reservations", ({"quantity": 1},)),
        "give_resource": (f"{one}/reservations/{part}/giving", (None,)),
        "release_resource": (f"{one}/reservations/{part}/release", (None,)),
        "withdraw_resource": (f"{one}/withdrawal", (None,)),
    }


def gift_steps(one: str, paper: str = "P-1") -> Said:
    """Return the steps of a gift, for the family and on paper."""
    return {"withdraw_gift": (f"{one}/withdrawal", ({}, {"paper_ref": paper}))}
