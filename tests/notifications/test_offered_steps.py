"""Endpoints of integrators and wordings of messages offer each caller what succeeds."""

from typing import Any

import pytest

from shared.principal import Principal
from tests.notifications.fakes import FEDERAL, HQ, HQ_ELSEWHERE, OPERATIONS, NotificationsHarness
from tests.notifications.webhook_endpoints.test_api import register
from tests.notifications.wordings.drafts import COLLEAGUE, NAME, WORDS, drafted
from tests.support.offered_steps import Trial

ENDPOINTS = {"active": "", "paused": "pause", "removed": "remove", "resumed": "pause resume"}


def check(
    harness: NotificationsHarness, callers: tuple[Principal, ...], *about: Any, **more: Any
) -> int:
    """Try each step as each caller; return who sees the thing."""
    apis = (harness.world.api("notifications", each) for each in callers)
    return Trial(harness.world, *about, **more).check(*apis)


@pytest.mark.parametrize("standing", ENDPOINTS)
def test_an_endpoint(harness: NotificationsHarness, standing: str) -> None:
    one = f"/webhook-endpoints/{register(harness, HQ, '1').json['id']}"
    hq = harness.world.api("notifications", HQ)
    for step in ENDPOINTS[standing].split():
        assert hq.post(f"{one}/{step}", key=step).status == 200
    paths = {
        "pause_webhook_endpoint": "pause",
        "resume_webhook_endpoint": "resume",
        "remove_webhook_endpoint": "remove",
        "rotate_webhook_secret": "secret",
        "try_webhook_endpoint": "test",
    }
    said = {step: (f"{one}/{path}", (None,)) for step, path in paths.items()}
    listed, idle = ("/webhook-endpoints", {"region": "ZR"}, "id"), frozenset({"remove"})
    callers = (HQ, OPERATIONS, HQ_ELSEWHERE)
    assert check(harness, callers, one, said, listed, idle) == 2


@pytest.mark.parametrize("standing", ["draft", "older", "published", "replaced", "discarded"])
def test_a_wording(harness: NotificationsHarness, standing: str) -> None:
    api = harness.world.api("notifications", OPERATIONS)
    found, colleague = drafted(api), api.as_(COLLEAGUE)
    one = f"/wordings/{found}"
    if standing == "older":
        newer = drafted(api, WORDS | {"subject": "Новее"}, NAME, "2")
        assert colleague.post(f"/wordings/{newer}/publish", {}, key="3").status == 200
    if standing in ("published", "replaced"):
        assert colleague.post(f"{one}/publish", {}, key="4").status == 200
    if standing == "replaced":
        assert api.post(f"/templates/{NAME}/restore", {}, key="5").status == 200
    if standing == "discarded":
        assert api.post(f"{one}/discard", key="6").status == 200
    said: Any = {
        "publish_wording": (f"{one}/publish", ({},)),
        "discard_wording": (f"{one}/discard", (None,)),
    }
    assert check(harness, (OPERATIONS, COLLEAGUE, FEDERAL, HQ), one, said) == 3
