"""Every function that is deployed tells what it did by Powertools, and takes batches by it."""

import contextlib
import importlib
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter
from aws_lambda_powertools.utilities import batch
from chalice.app import Chalice

from tests.infra.reading import Stack
from tests.support.lines import log_lines, metric_lines
from tests.support.world import SERVICES, Context, World

Printed = pytest.CaptureFixture[str]
Deployed = tuple[str, str, dict[str, Any]]

NO_TIME = 1_000
BATCHES = {
    "SQS": {"messageId": "m1", "body": "{}"},
    "DynamoDB": {"dynamodb": {"SequenceNumber": "m1", "NewImage": {}}},
}
REQUEST = {
    "resource": "/nowhere",
    "path": "/nowhere",
    "httpMethod": "GET",
    "headers": {},
    "multiValueHeaders": {},
    "requestContext": {"resourcePath": "/nowhere", "httpMethod": "GET", "requestId": "r"},
}


def _deployed(stacks: dict[str, Stack]) -> Iterator[Deployed]:
    """Every function of every stack: (stack, the end of its name, its properties)."""
    for stack in stacks.values():
        for function in stack.functions().values():
            name = function["FunctionName"]["Fn::Sub"].removeprefix("${AWS::StackName}-")
            yield stack.name, name, function


def _sources(function: dict[str, Any]) -> set[str]:
    return {event["Type"] for event in function.get("Events", {}).values()}


def _handler(stack: str, path: str) -> Callable[..., Any]:
    module, _, name = path.rpartition(".")
    if module == "app":
        module = "services.cards.till.app" if stack == "till" else f"services.{stack}.app"
    found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return found


def _invoke(world: World, stack: str, function: dict[str, Any], event: Any, context: Any) -> Any:
    with world.service(stack if stack in SERVICES else "cards"):
        return _handler(stack, function["Handler"])(event, context)


def test_every_function_leaves_a_line_and_its_metrics(
    stacks: dict[str, Stack], world: World, capsys: Printed
) -> None:
    told = 0
    for stack, name, function in _deployed(stacks):
        capsys.readouterr()
        api = isinstance(_handler(stack, function["Handler"]), Chalice) or name == "api"
        # What an empty event leads to does not matter here: a failure is told as well.
        with contextlib.suppress(Exception):
            _invoke(world, stack, function, REQUEST if api else {}, Context())
        printed = capsys.readouterr().out
        (line,) = [each for each in log_lines(printed) if each["message"] == "invocation"]
        (metrics,) = metric_lines(printed)

        assert line["function"] == metrics["function"] == name, (stack, name)
        assert line["function_request_id"] == Context.aws_request_id
        assert line.keys() >= {"level", "timestamp", "service", "outcome", "correlation_id"}
        (handler,) = logging.getLogger(line["service"]).handlers
        assert isinstance(handler.formatter, LambdaPowertoolsFormatter)
        (directive,) = metrics["_aws"]["CloudWatchMetrics"]
        assert directive["Namespace"] == "Ryadom"
        assert [set(each) for each in directive["Dimensions"]] == [{"service", "stage"}]
        assert (metrics["service"], metrics["stage"]) == (line["service"], "test")
        told += 1
    assert told >= 20


def test_behind_every_queue_and_stream_a_record_goes_back_alone(
    stacks: dict[str, Stack], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    processed: list[str] = []
    real = batch.process_partial_response

    def watched(event: Any, handle: Any, processor: Any, context: Any) -> Any:
        processed.append(processor.event_type.value)
        assert not processor.raise_on_entire_batch_failure
        return real(event, handle, processor, context)

    monkeypatch.setattr(batch, "process_partial_response", watched)
    expected: list[str] = []
    for stack, name, function in _deployed(stacks):
        for source in _sources(function) & BATCHES.keys():
            records = {"Records": [BATCHES[source]]}
            answer = _invoke(world, stack, function, records, Context(NO_TIME))
            assert answer == {"batchItemFailures": [{"itemIdentifier": "m1"}]}, (stack, name)
            expected.append({"SQS": "SQS", "DynamoDB": "DynamoDBStreams"}[source])
    assert processed == expected
    assert set(expected) == {"SQS", "DynamoDBStreams"}
