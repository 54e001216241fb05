"""What must be true of a region whatever its people have done, as services show it to them."""

from collections.abc import Iterator
from typing import Any

from tests.cross_service.region import FEDERAL, HQ
from tests.histories.walk import COLLEAGUE, Walk

TRIED, CARED = ("proposed", "introduced", "agreed"), ("active", "ending")
# What a case of a status has of its match; care that runs goes on until headquarters ends it.
MATCH_OF = {"matched": TRIED, "in_care": CARED}
# A part of each name, phone and free text of families.
PERSONAL = ("Мария", "Анна", "+7926", "субботам")
# One of these steps ends the work, or is on the way to it.
STEPS = {
    "take_case": ("take",),
    "review_request": ("take", "triage", "clarify_needs", "record_aid"),
    "clarify_needs": ("take", "clarify_needs"),
    "give_aid": ("record_aid",),
    "find_guardian": ("lift_care",),
    "propose_next": ("lift_care",),
    "hold_introduction": ("hold_introduction", "cancel_match"),
    "get_agreement_signed": ("sign_agreement", "draft_agreement"),
    "get_help_started": ("record_help",),
    "call_family": ("record_call",),
    "settle_ending": ("end", "hear_side"),
}


def faults(walk: Walk) -> list[str]:
    """Return in what services contradict each other, and the work that cannot be done."""
    return [*_cases(walk), *_places(walk), *_work(walk), *_set_aside(walk), *_shown_openly(walk)]


def _cases(walk: Walk) -> Iterator[str]:
    items = walk.client.get(HQ, "/matching/families", region="ZR", limit=100)["items"]
    waiting = {each["case_id"] for each in items}
    of_case = {each["case_id"]: each for each in _open_matches(walk)}
    for case in walk.cases:
        seen, match = walk.case(case), of_case.get(case)
        status = seen["status"]
        if (status == "care_required") is not (case in waiting):
            yield f"{case} is {status}; waits for a guardian: {case in waiting}"
        allowed = MATCH_OF.get(status, ("ending",) if status == "closed" else ())
        if match is not None and match["status"] not in allowed:
            yield f"{case} is {status}; its match {match['match_id']} is {match['status']}"
        if match is None and status in MATCH_OF:
            yield f"{case} is {status} without a match"


def _places(walk: Walk) -> Iterator[str]:
    taken = [each["guardian_id"] for each in _open_matches(walk)]
    for guardian in walk.guardians:
        seen = walk.guardian(guardian)
        free = max(seen["capacity_families"] - taken.count(guardian), 0)
        if seen["status"] not in ("withdrawn", "paused") and seen["free_capacity"] != free:
            yield f"{guardian} has {seen['free_capacity']} free places and not {free}"


def _open_matches(walk: Walk) -> list[Any]:
    seen = [walk.match(each) for each in walk.matches]
    return [each for each in seen if each["status"] in (*TRIED, *CARED)]


def _work(walk: Walk) -> Iterator[str]:
    for who in (HQ, FEDERAL):
        for item in walk.client.get(who, "/notifications/inbox", limit=100)["items"]:
            steps = STEPS.get(item["kind"])
            reference = item["reference"]
            if steps and not {*steps} & {*_offered(walk, reference)}:
                yield f"{item['kind']} ({item['template']}) of {reference} cannot be done"


def _offered(walk: Walk, reference: str) -> list[str]:
    """Return the steps of a case or a match that its coordinators are offered."""
    if reference.startswith("cas_"):
        return [step for who in (HQ, COLLEAGUE) for step in walk.case(reference, who)["next_steps"]]
    if reference.startswith("mat_"):
        return list(walk.match(reference)["next_steps"])
    return [step for steps in STEPS.values() for step in steps]


def _set_aside(walk: Walk) -> Iterator[str]:
    """Name what still waits for an event before it, or could not be read, a day later."""
    for table, rows in walk.client.world.dynamodb.tables.items():
        for partition, sort in rows:
            if partition.startswith(("PARKED#", "QUARANTINE#")):
                yield f"{table}: {partition} {sort}"


def _shown_openly(walk: Walk) -> Iterator[str]:
    """Name the rows and events that hold what only the vault may, where it is sealed."""
    world = walk.client.world
    rows = (f"{row}" for table in world.dynamodb.tables.values() for row in table.values())
    for text in (*rows, *map(str, world.events())):
        if any(part in text for part in PERSONAL):
            yield text
