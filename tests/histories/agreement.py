"""What must be true of a region whatever its people have done, as services show it to them."""

from collections.abc import Iterator
from random import Random
from typing import Any

from shared.principal import Principal
from tests.cross_service.region import FEDERAL, HQ, rep
from tests.histories.steps import Said, case_steps, match_steps
from tests.histories.walk import COLLEAGUE, Walk

TRIED, CARED = ("proposed", "introduced", "agreed"), ("active", "ending")
# What a case of a status has of its match; care that runs goes on until headquarters ends it.
MATCH_OF = {"matched": TRIED, "in_care": CARED}
# A part of each name, phone and free text of families.
PERSONAL = ("Мария", "Анна", "+7926", "субботам")
# What refuses a step that is offered: the day of a meeting that is recorded late.
BEYOND = {"introduction_after_lapse"}
# One of these steps ends the work, or is on the way to it.
DONE_BY = {
    "take_case": ("take",),
    "review_request": ("take", "triage", "clarify_needs", "record_aid"),
    "clarify_needs": ("take", "clarify_needs"),
    "give_aid": ("record_aid",),
    "find_guardian": ("lift_care",),
    "hold_introduction": ("hold_introduction", "cancel"),
    "get_agreement_signed": ("sign_agreement", "draft_agreement"),
    "get_help_started": ("record_help", "cancel"),
    "call_family": ("record_call",),
    "settle_ending": ("end", "hear_side"),
}


def faults(walk: Walk) -> list[str]:
    """Return in what services contradict each other, and the work that cannot be done."""
    checks = (_cases, _places, _work, _offers, _set_aside, _shown_openly)
    return [fault for check in checks for fault in check(walk)]


def _cases(walk: Walk) -> Iterator[str]:
    items = _items(walk, HQ, "/matching/families", region="ZR")
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
        for item in _items(walk, who, "/notifications/inbox"):
            steps = DONE_BY.get(item["kind"])
            reference = item["reference"]
            if steps and not {*steps} & {*_offered(walk, reference)}:
                yield f"{item['kind']} ({item['template']}) of {reference} cannot be done"


def _items(walk: Walk, who: Principal, path: str, **query: str) -> Iterator[Any]:
    """Yield the whole list."""
    page = walk.client.get(who, path, **query)
    yield from page["items"]
    while page["next_cursor"]:
        page = walk.client.get(who, path, cursor=page["next_cursor"], **query)
        yield from page["items"]


def _offered(walk: Walk, reference: str) -> list[str]:
    """Return the steps of a case or a match that its coordinators are offered."""
    if reference.startswith("cas_"):
        return [step for who in (HQ, COLLEAGUE) for step in walk.case(reference, who)["next_steps"]]
    if reference.startswith("mat_"):
        return list(walk.match(reference)["next_steps"])
    return [step for steps in DONE_BY.values() for step in steps]


def _offers(walk: Walk) -> Iterator[str]:
    """Try each step that the latest cases and matches offer; one of its bodies is taken."""
    for case in walk.cases[-3:]:
        for who in (HQ, COLLEAGUE):
            seen = walk.case(case, who)
            said = case_steps(seen, Random(0))
            yield from _refused(walk, who, f"/intake/cases/{case}", seen["next_steps"], said)
    for match in walk.matches[-3:]:
        seen = walk.match(match)
        for who in (HQ, rep(seen["guardian_id"])):
            offered = walk.match(match, who)["next_steps"]
            said = match_steps(seen, f"{walk.client.today()}", walk.client.moment())
            yield from _refused(walk, who, f"/matching/matches/{match}", offered, said)


def _refused(
    walk: Walk, who: Principal, path: str, offered: list[str], said: Said
) -> Iterator[str]:
    for step in {*offered} & {*said}:
        routes, bodies = said[step]
        places = (routes,) if isinstance(routes, str) else routes
        codes = {_code(walk, who, f"{path}/{each}", body) for each in places for body in bodies}
        if "" not in codes and not codes & BEYOND:
            yield f"{path} offers {step} to {who.id} and refuses it: {sorted(codes)}"


def _code(walk: Walk, who: Principal, path: str, body: Any) -> str:
    """Return the code of a refusal, if it is one; nothing stays of what is tried."""
    tables = walk.client.world.dynamodb
    kept = tables.snapshot()
    service, _, route = path.lstrip("/").partition("/")
    walk.client.calls += 1
    answer = walk.client.api(service, who).post(f"/{route}", body, key=f"try-{walk.client.calls}")
    tables.restore(kept)
    assert answer.status < 500, (path, body, answer.text)
    return "" if answer.status < 400 else answer.code


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
