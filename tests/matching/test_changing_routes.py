"""What holds for each route that changes a guardian or its evidence: versions, keys, regions."""

from collections.abc import Iterator
from typing import Any

import pytest

from shared.api.routes import Route
from tests.fuzz.callers import Caller, SeededService
from tests.fuzz.seeded_services import seeded_service
from tests.matching.api_client import HQ_Y
from tests.support.changing_routes import (
    answer_a_key_once,
    keep_why,
    kept,
    refuse_a_stale_version,
    send,
)

OURS = ("/applications", "/guardians", "/media", "/matches/{match_id}/media", "/training-tables")
# They make something new, so there is no version of it yet.
CREATING = {"apply_as_guardian", "register_application", "open_media", "open_training_table"}
# What says why, where it is called otherwise.
WHY = {"end_mediation": "result", "commit_round": "override_reason"}
# Another body that would be accepted as well.
OTHER: dict[str, dict[str, Any]] = {
    "apply_as_guardian": {"team_size": 30},
    "register_application": {"team_size": 30},
    "replace_contact": {"evidence": "phone_call"},
    "rename_guardian": {"title": "АО «Другое»"},
    "record_check": {"evidence_ref": "other-1"},
    "reject_guardian": {"reason": "interview_failed"},
    "open_clarification": {"question": "Иначе"},
    "close_clarification": {"note": "Иначе"},
    "assign_guardian": {"district_ids": ["D01"]},
    "record_training": {"certificate_ref": "other-1"},
    "hold_interview": {"result": "failed", "reason": "interview_failed"},
    "hold_briefing": {"held_on": "2026-09-01"},
    "sign_participation_agreement": {"template_version": "other"},
    "pause_guardian": {"keep_families": False},
    "withdraw_guardian": {"reason": "moved"},
    "open_training_table": {"dry_run": False},
    "open_media": {"content_type": "image/png"},
}


@pytest.fixture(scope="module")
def service() -> Iterator[SeededService]:
    """Matching with guardians at every stage of their way."""
    with pytest.MonkeyPatch.context() as patch, seeded_service("matching", patch) as seeded:
        yield seeded


def commands(service: SeededService) -> list[tuple[Route, Caller]]:
    """Each route that changes something of a guardian, and who calls it."""
    declared = service.world.apps["matching"].app.declared
    found = [
        (route, service.callers[route.name])
        for route in declared
        if "context" in route.given
        and any(f"{route.path}/".startswith(f"/v1{path}/") for path in OURS)
    ]
    assert len(found) >= 22
    return found


def test_the_audit_keeps_why_something_was_done(service: SeededService) -> None:
    declared = service.world.apps["matching"].app.declared
    changing = ((each, service.callers[each.name]) for each in declared if "context" in each.given)
    keep_why(service, changing, ("reason",), WHY)


def files(service: SeededService) -> dict[str, bytes]:
    """What is in the bucket."""
    return dict(service.world.files.objects)


def test_a_stale_version_changes_nothing(service: SeededService) -> None:
    before, stored = kept(service), files(service)

    refuse_a_stale_version(service, commands(service), CREATING)

    assert kept(service) == before
    # A copy of an upload, which is no file before it is confirmed, may be there.
    assert stored.items() <= files(service).items()


def test_headquarters_of_another_region_finds_nothing_to_change(service: SeededService) -> None:
    for route, caller in commands(service):
        if "person" in route.callers and route.name not in CREATING - {"open_media"}:
            key = f"foreign-{route.name}"
            answer = send(service, route, caller, who=HQ_Y, key=key)
            assert (route.name, answer.status) == (route.name, 404), answer.text


def test_a_key_is_answered_once_and_for_one_body(service: SeededService) -> None:
    answer_a_key_once(service, commands(service), OTHER.__getitem__)
