"""A provider that is not well rests; afterwards one message tries it."""

import time
from collections.abc import Iterator

import pytest
from aws_lambda_powertools.utilities.circuit_breaker import base

from services.notifications.channels import breaker
from services.notifications.channels.port import DeliveryReport, DeliveryStatus

TAKEN = DeliveryReport(DeliveryStatus.TAKEN)
SILENT = DeliveryReport(DeliveryStatus.UNKNOWN)
REFUSED = DeliveryReport(DeliveryStatus.REFUSED, "no_such_number")


@pytest.fixture(autouse=True)
def short_rest(container: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(breaker, "RESTS_SECONDS", 1)
    monkeypatch.setattr(breaker, "READ_AGAIN_SECONDS", 0)
    breaker._config.cache_clear()
    yield
    breaker._config.cache_clear()
    base._LOCAL_FAILURES.clear()


def test_a_provider_rests_after_five_failures_and_is_tried_by_one_message() -> None:
    for _ in range(breaker.FAILURES):
        assert not breaker.rests("one")
        assert breaker.guarded("one", lambda: SILENT) is SILENT
    assert breaker.rests("one")
    assert breaker.guarded("one", lambda: TAKEN).code == breaker.RESTING
    assert breaker.guarded("another", lambda: TAKEN) is TAKEN

    time.sleep(1.1)

    assert not breaker.rests("one")
    assert breaker.guarded("one", lambda: TAKEN) is TAKEN
    assert not breaker.rests("one")
    assert breaker.guarded("one", lambda: TAKEN) is TAKEN


def test_a_refusal_of_one_message_says_nothing_against_its_provider() -> None:
    for _ in range(2 * breaker.FAILURES):
        assert breaker.guarded("two", lambda: REFUSED) is REFUSED

    assert not breaker.rests("two")
