"""What holds for each route of notifications that changes something: versions, keys, regions."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from shared.api.routes import Route
from tests.fuzz.callers import Caller, SeededService
from tests.fuzz.seeded_services import seeded_service
from tests.notifications.fakes import HQ_ELSEWHERE
from tests.support.changing_routes import (
    answer_a_key_once,
    keep_why,
    kept,
    refuse_a_stale_version,
    send,
)

# They make something new, so there is no version of it yet.
CREATING = {"draft_wording", "register_webhook_endpoint"}
# A person's page behind a link, and updates of a provider: neither has a version nor a key.
BY_ANYBODY = {"answer_form_page", "set_preferences_page", "take_update", "take_call_back"}
OTHER: dict[str, dict[str, Any]] = {
    "finish_item": {"reason": "not_needed"},
    "answer_form": {"score": 4},
    "draft_wording": {"subject": "Семья ждёт опекуна"},
    "publish_wording": {"despite_remarks": True},
    "register_webhook_endpoint": {"event_types": ["intake.CaseClosed"]},
}


@pytest.fixture(scope="module")
def service() -> Iterator[SeededService]:
    """An inbox with work in it, forms, wordings and endpoints."""
    with pytest.MonkeyPatch.context() as patch, seeded_service("notifications", patch) as seeded:
        yield seeded


def commands(service: SeededService) -> list[tuple[Route, Caller]]:
    """Each route that changes something, and who calls it."""
    declared = service.world.apps["notifications"].app.declared
    found = [
        (route, service.callers[route.name])
        for route in declared
        if "context" in route.given and route.name not in BY_ANYBODY
    ]
    assert len(found) > 15
    return found


def test_a_stale_version_changes_nothing(service: SeededService) -> None:
    before = kept(service)
    refuse_a_stale_version(service, commands(service), CREATING)
    assert kept(service) == before


def test_headquarters_of_another_region_finds_nothing_to_change(service: SeededService) -> None:
    before = kept(service)
    for route, caller in commands(service):
        if "person" in route.callers and caller.who is not None and caller.who.regions == ("ZR",):
            who = replace(HQ_ELSEWHERE, role=caller.who.role, roles=caller.who.roles)
            answer = send(service, route, caller, who=who, key=f"foreign-{route.name}")
            assert (route.name, answer.status) == (route.name, 404), answer.text
    assert kept(service) == before


def test_a_key_is_answered_once_and_for_one_body(service: SeededService) -> None:
    answer_a_key_once(service, commands(service), OTHER.__getitem__)


def test_the_audit_keeps_why_something_was_done(service: SeededService) -> None:
    keep_why(service, commands(service), ("reason", "evidence"), least=2)
