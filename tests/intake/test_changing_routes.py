"""What holds for each route that changes something, whichever is added: versions, keys, regions."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from shared.api.dispatch import BEHALF_HEADER as BEHALF
from shared.api.routes import Route
from tests.fuzz.callers import Caller, SeededService
from tests.fuzz.seeded_services import seeded_service
from tests.intake.api_client import HQ_Y
from tests.support.changing_routes import (
    answer_a_key_once,
    keep_why,
    kept,
    refuse_a_stale_version,
    send,
)

# They make something new, so there is no version of it yet.
CREATING = {
    "submit_request",
    "file_request",
    "submit_web_request",
    "register_ended_request",
    "register_provider",
    "transfer_caseload",
}
NEED = {"add": [{"category": "other", "text": "Иначе"}]}
# Another body that would be accepted as well.
OTHER: dict[str, dict[str, Any]] = {
    "submit_request": {"urgency": "urgent"},
    "submit_web_request": {"urgency": "urgent"},
    "register_ended_request": {"text": "Иначе"},
    "register_provider": {"name": "Другой центр"},
    "end_request": {"reason": "spam"},
    "join_card_holder": {"holder_ref": "B-2"},
    "take_over_case": {"reason": "shift_ended"},
    "transfer_caseload": {"reason": "shift_ended"},
    "clarify_needs": {"confirm": []},
    "triage_case": {"decision": "one_time"},
    "require_care": {"reason": "illness"},
    "lift_care": {"reason": "family_declined"},
    "record_aid": {"persons": 4},
    "correct_aid": {"persons": 4},
    "withdraw_aid": {"reason": "not_given"},
    "record_outcome": {"note": "Иначе"},
    "correct_needs": NEED,
    "correct_own_needs": NEED,
    "change_own_consent": {"given": True},
    "withdraw_own_case": {"reason": "not_said"},
    "add_to_request": {"text": "Иначе"},
    "withdraw_addition": {"reason": "family_asked"},
    "mend_request": {"urgency": "normal"},
    "leave_note": {"text": "Иначе"},
    "file_request": {"urgency": "urgent"},
    "correct_family": {"groups": ["low_income"]},
    "correct_own_family": {"motivated": False},
    "record_attempt": {"result": "busy"},
    "answer_person": {"answer": "refused", "reason": "kept_by_law"},
    "disclose_to_office": {"reason": "child_in_danger"},
    "end_disclosure": {"reason": "danger_is_over"},
    "merge_families": {"reason": "papers_agree"},
    "undo_merge": {"reason": "family_asked"},
    "mark_different": {"family_id": "fam_01ARZ3NDEKTSV4RRFFQ69G5FAV"},
}
DECLINED = {"decision": "decline", "reason": "duplicate"}


@pytest.fixture(scope="module")
def service() -> Iterator[SeededService]:
    """Intake with requests, cases and families at every stage of their way."""
    with pytest.MonkeyPatch.context() as patch, seeded_service("intake", patch) as seeded:
        yield seeded


def takes_evidence(route: Route) -> bool:
    """Whether headquarters says how it knows of a wish."""
    return "evidence" in getattr(route.inputs.get("body"), "model_fields", ())


def commands(service: SeededService) -> list[tuple[Route, Caller]]:
    """Each route that changes something, and who calls it.

    A telephony knows no versions and keys: its calls are told apart by their ids (telephony).
    """
    declared = service.world.apps["intake"].app.declared
    found = [
        (route, service.callers[route.name])
        for route in declared
        if "context" in route.given and "webhook" not in route.callers
    ]
    assert len(found) > 20
    return found


def test_a_stale_version_changes_nothing(service: SeededService) -> None:
    before = kept(service)

    refuse_a_stale_version(service, commands(service), CREATING)

    assert kept(service) == before


def test_the_audit_keeps_why_something_was_done(service: SeededService) -> None:
    asked = [
        (route, replace(caller, body=DECLINED) if route.name == "triage_case" else caller)
        for route, caller in commands(service)
    ]
    keep_why(service, asked, ("reason", "evidence"))


def test_headquarters_of_another_region_finds_nothing_to_change(service: SeededService) -> None:
    for route, caller in commands(service):
        if "person" in route.callers and route.name not in CREATING:
            key = f"foreign-{route.name}"
            # A bot acts by a header, headquarters by evidence.
            by_hand = {"evidence": "written"} if takes_evidence(route) else {}
            body = caller.body if caller.body is None else caller.body | by_hand
            headers = {name: value for name, value in caller.headers.items() if name != BEHALF}
            answer = send(service, route, caller, who=HQ_Y, key=key, body=body, headers=headers)
            assert (route.name, answer.status) == (route.name, 404), answer.text


def test_a_key_is_answered_once_and_for_one_body(service: SeededService) -> None:
    answer_a_key_once(
        service, commands(service), lambda name: OTHER.get(name, {"evidence": "written"})
    )
