"""Events that ask for work, and what waits in the inboxes."""

from datetime import date
from typing import Any

from shared.events import intake, matching
from shared.events.base import Event
from shared.events.intake_families import FamilyCasesEnded
from shared.events.notifications import MessageFailed
from tests.notifications.fakes import CASE, FAMILY, OF_CASE, OF_MATCH, NotificationsHarness
from tests.support.api import Api
from tests.support.world import at

LOST_IN_A_CALL = {"reason": "lost_with_phone", "unreachable": True, "by_hotline": True}
DUE = date(2026, 9, 14)
WAITS = at("2026-09-14 09:40")
CALL = {"kind": "two_weeks", "due_on": DUE}
TRIAGED = intake.RequestTriaged(**OF_CASE, decision="care", district_id="D05")
CLOSED = intake.CaseClosed(**OF_CASE, reason="withdrawn")
FAILED = MessageFailed(
    region="ZR", reference=CASE, reason="unreachable", family_id=OF_CASE["family_id"],
    message_id="msg_1", template="care_required_family", audience="family",
)  # fmt: skip
FORGOTTEN = intake.FamilyErased(region="ZR", family_id=FAMILY)
NO_CASE_LEFT = FamilyCasesEnded(region="ZR", family_id="fam_first", record_id=FAMILY)


def proposed() -> matching.MatchProposed:
    return matching.MatchProposed(
        **OF_MATCH, introduction_due_at=at("2026-09-17 10:00"), categories=("food_aid",)
    )


def happened(harness: NotificationsHarness, *events: Event) -> list[str]:
    """Bodies of events that happened one minute after the other."""
    bodies = []
    for minute, event in enumerate(events):
        harness.world.set_time(at(f"2026-09-14 11:{minute:02d}"))
        bodies.append(harness.body(event))
    return bodies


def heard(api: Api, path: str) -> dict[str, Any]:
    """What a caller says at the end who has read out all that is on the screen."""
    news = api.get(f"{path}/call").json["news"]
    return {"reason": "done", "heard": [one["message_id"] for one in news]}


def items(harness: NotificationsHarness, **wanted: Any) -> list[dict[str, Any]]:
    return [
        one for one in harness.docs("WORK_ITEM") if all(one.get(k) == v for k, v in wanted.items())
    ]


def waiting(harness: NotificationsHarness) -> list[tuple[str, str]]:
    """The kind and role of what is open."""
    return sorted((one["kind"], one["role"]) for one in items(harness) if one["status"] != "done")


def calls(harness: NotificationsHarness) -> list[dict[str, Any]]:
    """The calls with news that the staff is asked to make."""
    return items(harness, kind="tell_by_phone")
