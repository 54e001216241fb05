"""Every function that is deployed tells what it did by Powertools, and takes batches by it."""

import contextlib
import importlib
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter
from aws_lambda_powertools.utilities import batch
from chalice.app import Chalice

from infra.package import Package
from infra.services import app_folders, owner
from shared.redaction import REDACTED
from tests.support.lambda_context import Context
from tests.support.log_lines import log_lines, metric_lines
from tests.support.world import World

Printed = pytest.CaptureFixture[str]

NO_TIME = 1_000
BATCHES = {
    "SQS": {"messageId": "m1", "body": "{}", "attributes": {"ApproximateReceiveCount": "1"}},
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


class Deployed:
    """The built templates of all stacks, before SAM has seen them: it takes the events apart."""

    def __init__(self, packaged: Package) -> None:
        self.stacks = {
            stack.name: json.loads(stack.template.read_text("utf-8"))["Resources"]
            for stack in packaged.stacks
        }

    def of_type(self, *kinds: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """The properties of the resources of some types, with the name of their stack."""
        for stack, resources in self.stacks.items():
            for resource in resources.values():
                if resource.get("Type") in kinds:
                    yield stack, resource["Properties"]

    def functions(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Every function: its stack, the end of its name, its properties."""
        for stack, function in self.of_type("AWS::Serverless::Function", "AWS::Lambda::Function"):
            name = function["FunctionName"]["Fn::Sub"].removeprefix("${AWS::StackName}-")
            yield stack, name, function

    def alarms(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every alarm on a metric of ours, with the name of its stack."""
        for stack, alarm in self.of_type("AWS::CloudWatch::Alarm"):
            if alarm.get("Namespace") == "Ryadom":
                yield stack, alarm


@pytest.fixture(scope="module")
def deployed(packaged: Package) -> Deployed:
    """What is deployed."""
    return Deployed(packaged)


def _sources(function: dict[str, Any]) -> set[str]:
    return {event["Type"] for event in function.get("Events", {}).values()}


def _handler(stack: str, path: str) -> Callable[..., Any]:
    module, _, name = path.rpartition(".")
    if module == "app":
        module = f"{app_folders()[stack].replace('/', '.')}.app"
    found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return found


def _invoke(world: World, stack: str, function: dict[str, Any], event: Any, context: Any) -> Any:
    with world.service(owner(stack)):
        return _handler(stack, function["Handler"])(event, context)


def test_every_function_leaves_a_line_and_its_metrics(
    deployed: Deployed, world: World, capsys: Printed
) -> None:
    told = 0
    for stack, name, function in deployed.functions():
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
        assert REDACTED not in str(line)
        writer = logging.getLogger(line["service"]).handlers[0]
        assert isinstance(writer.formatter, LambdaPowertoolsFormatter)
        (directive,) = metrics["_aws"]["CloudWatchMetrics"]
        assert directive["Namespace"] == "Ryadom"
        assert [set(each) for each in directive["Dimensions"]] == [{"service", "stage"}]
        assert (metrics["service"], metrics["stage"]) == (line["service"], "test")
        told += 1
    assert told >= 20


def test_behind_every_queue_and_stream_a_record_goes_back_alone(
    deployed: Deployed, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    processed: list[str] = []
    real = batch.process_partial_response

    def watched(event: Any, handle: Any, processor: Any, context: Any) -> Any:
        processed.append(processor.event_type.value)
        assert not processor.raise_on_entire_batch_failure
        return real(event, handle, processor, context)

    monkeypatch.setattr(batch, "process_partial_response", watched)
    expected: list[str] = []
    for stack, name, function in deployed.functions():
        for source in _sources(function) & BATCHES.keys():
            records = {"Records": [BATCHES[source]]}
            answer = _invoke(world, stack, function, records, Context(NO_TIME))
            assert answer == {"batchItemFailures": [{"itemIdentifier": "m1"}]}, (stack, name)
            expected.append({"SQS": "SQS", "DynamoDB": "DynamoDBStreams"}[source])
    assert processed == expected
    assert set(expected) == {"SQS", "DynamoDBStreams"}


def test_an_alarm_watches_a_metric_under_the_names_it_is_told_by(deployed: Deployed) -> None:
    told = {"service": {"Ref": "Service"}, "stage": {"Ref": "Stage"}}
    for stack, alarm in deployed.alarms():
        names = {each["Name"]: each["Value"] for each in alarm["Dimensions"]}
        assert names.keys() == told.keys(), (stack, alarm["MetricName"])
        assert names["stage"] == told["stage"]
        assert names["service"] in (told["service"], stack)


def test_what_must_be_told_each_minute_is_told_when_nothing_happens(
    deployed: Deployed, world: World, capsys: Printed
) -> None:
    awaited = {
        (stack, alarm["MetricName"])
        for stack, alarm in deployed.alarms()
        if alarm.get("TreatMissingData") == "breaching"
    }
    told = set()
    for stack, _, function in deployed.functions():
        if "Schedule" in _sources(function):
            capsys.readouterr()
            _invoke(world, stack, function, {}, Context())
            (metrics,) = metric_lines(capsys.readouterr().out)
            told |= {(stack, name) for name in metrics}
    assert {metric for _, metric in awaited} >= {"outbox_lag"}
    assert awaited <= told


def test_nothing_makes_powertools_show_an_event_or_a_message(packaged: Package) -> None:
    text = "".join(stack.template.read_text("utf-8") for stack in packaged.stacks)
    assert "POWERTOOLS_DEBUG" not in text
    assert "POWERTOOLS_LOGGER_LOG_EVENT" not in text
