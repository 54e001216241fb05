"""A cold start counts as measured only when the function had its effect."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench import cold_start
from bench.aws_stub import AwsStub, running

pytestmark = pytest.mark.slow
CASES = {case.what: case for case in cold_start.cases()}


@pytest.fixture(scope="module")
def place() -> Iterator[tuple[AwsStub, Path]]:
    """An AWS that answers, and the unpacked artefacts."""
    cold_start.install_runtime()
    with running(tls=True) as stub, cold_start.unpacked() as trees:
        yield stub, trees


@pytest.mark.parametrize("what", CASES)
def test_every_function_measured_has_its_effect(place: tuple[AwsStub, Path], what: str) -> None:
    stub, trees = place
    assert cold_start.cold(stub, trees, CASES[what])() > 0


def _without_status(event: dict[str, Any]) -> dict[str, Any]:
    """The event that this bench once measured: quarantined, and nobody noticed."""
    record = event["Records"][0]
    said = json.loads(record["body"])
    del said["detail"]["data"]["needs"][0]["status"]
    return {"Records": [record | {"body": json.dumps(said)}]}


def test_a_quarantined_message_is_no_measurement(place: tuple[AwsStub, Path]) -> None:
    stub, trees = place
    consumer = CASES["consumer"]
    broken = replace(consumer, event=_without_status(consumer.event))
    with pytest.raises(RuntimeError, match="no effect"):
        cold_start.cold(stub, trees, broken)()
