"""What a case offers is what its coordinator can do: every step is tried, and nothing stays."""

from typing import Any

from tests.intake.api_client import HQ, IntakeClient, request

AID = {"category": "food_aid", "persons": 4, "legal_basis": "programme", "last": True}
FOOD = {"add": [{"category": "food_aid"}]}
WRITTEN = {"evidence": "written"}
TRIED: dict[str, tuple[str, dict[str, Any] | None]] = {
    "take": ("take", None),
    "clarify_needs": ("needs", FOOD),
    "triage": ("triage", {"decision": "decline", "reason": "not_confirmed"}),
    "require_care": ("care-requirement", {"long_term_need": True, "reason": "illness"}),
    "lift_care": ("care-requirement/lift", {"reason": "not_needed"}),
    "record_aid": ("aids", AID),
    "record_outcome": ("outcomes", {"outcome": "partial_stability"}),
    "correct_needs": ("corrections", FOOD | WRITTEN),
    "withdraw": ("withdraw", WRITTEN),
    "reopen": ("reopen", {"reason": "needs_returned"} | WRITTEN),
}
# Refused by no one, and without effect: it is known to be so.
KNOWN = {"take", "require_care"}


def check(client: IntakeClient, case: str) -> None:
    """Compare what is offered with what succeeds, of all that can be done with a case."""
    offered = set(client.view(case)["next_steps"])
    done = set()
    for step, (path, body) in TRIED.items():
        kept = client.world.dynamodb.snapshot()
        if client.post(HQ, f"/cases/{case}/{path}", body).status == 200:
            done.add(step)
        client.world.dynamodb.restore(kept)
    assert offered <= done, (client.view(case)["status"], offered - done)
    assert done - offered <= KNOWN, done - offered


def by_phone(number: int) -> dict[str, Any]:
    return dict(request()["contact"]) | {"phone": f"+7916000000{number}"}


def test_a_case_offers_what_the_command_takes(client: IntakeClient) -> None:
    case = client.received()
    check(client, case)
    client.do(HQ, f"/cases/{case}/take")
    check(client, case)  # nobody has asked the family yet: no marker
    assert "require_care" not in client.view(case)["next_steps"]
    client.do(HQ, f"/cases/{case}/needs", FOOD)
    check(client, case)
    assert "require_care" in client.view(case)["next_steps"]
    client.do(HQ, f"/cases/{case}/triage", {"decision": "one_time"})
    check(client, case)
    client.do(HQ, f"/cases/{case}/aids", AID)
    check(client, case)
    gone = {"reason": "person_asked"} | WRITTEN
    client.do(HQ, f"/families/{client.family(case)}/erase", gone)
    check(client, case)


def test_a_case_that_no_guardian_may_see_offers_no_marker(client: IntakeClient) -> None:
    nameless = client.in_review(contact=None)
    client.do(HQ, f"/cases/{nameless}/needs", FOOD)
    check(client, nameless)
    waiting = client.waiting(contact=by_phone(2))
    check(client, waiting)
    check(client, client.in_care(contact=by_phone(3)))
