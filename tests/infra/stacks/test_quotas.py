"""Quotas of AWS, which the emulator does not know, measured on every stack.

The numbers are those of an account that has asked for no others (the "Quotas" page of each
service's guide). A reference counts as long as the longest thing that it can stand for.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.infra.stack_reader import Stack, Stacks, bodies, places

# An ARN of a function's alias with the longest names that there are; a key as KMS wraps it.
REFERENCE, ROOT_KEY = 120, 300
KILO = 1024
STATEMENT = 200  # of a resource policy, without what it names
Measure = Callable[[Stack], Iterator[int]]
QUOTAS: list[tuple[int, Measure]] = []


def at_most(most: int) -> Callable[[Measure], Measure]:
    """Hold every number that a function measures in a stack to a quota."""

    def register(measure: Measure) -> Measure:
        QUOTAS.append((most, measure))
        return measure

    return register


def longest(told: Any) -> int:
    """How long a value can be once what it refers to is put in."""
    match told:
        case {"Ref": "RootKey"}:
            return ROOT_KEY
        case {"Ref": _} | {"Fn::GetAtt": _}:
            return REFERENCE
        case {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), _]}:
            plain, references = re.subn(r"\$\{[^}]*\}", "", text)
            return len(plain) + REFERENCE * references
        case dict():
            return sum(len('"":,') + len(key) + longest(each) for key, each in told.items())
        case list():
            return sum(len('"",') + longest(each) for each in told)
    return len(str(told))


@at_most(500)
def resources(stack: Stack) -> Iterator[int]:
    yield len(stack.template["Resources"])


@at_most(200)
def parameters_and_outputs(stack: Stack) -> Iterator[int]:
    yield len(stack.template["Parameters"])
    yield len(stack.template.get("Outputs", {}))


@at_most(1_000_000)
def bytes_of_the_template(stack: Stack) -> Iterator[int]:
    yield len(json.dumps(stack.template))  # every sign escaped, as it is sent


@at_most(255)
def names_of_resources(stack: Stack) -> Iterator[int]:
    yield from map(len, stack.template["Resources"])


@at_most(256)
def descriptions(stack: Stack) -> Iterator[int]:
    yield len(stack.template["Description"])
    for resource in stack.resources().values():
        yield longest(resource.get("Properties", {}).get("Description", ""))


@at_most(4 * KILO)
def bytes_of_an_environment(stack: Stack) -> Iterator[int]:
    for function in stack.functions().values():
        variables = stack.environment(function)
        yield sum(len(name) + longest(value) for name, value in variables.items())


@at_most(5)
def layers_of_a_function(stack: Stack) -> Iterator[int]:
    for function in stack.functions().values():
        yield len(function.get("Layers", []))


@at_most(512)
def megabytes_of_disk_where_a_snapshot_is_taken(stack: Stack) -> Iterator[int]:
    for function in stack.functions().values():
        if "SnapStart" in function:
            yield function.get("EphemeralStorage", {"Size": 512})["Size"]


@at_most(29)
def seconds_that_the_gateway_waits(stack: Stack) -> Iterator[int]:
    for name in stack.functions().keys() & {"APIHandler", "TakeUpdates", "Authorizer"}:
        yield stack.functions()[name]["Timeout"]


@at_most(20 * KILO)
def resource_policy_of_a_function(stack: Stack) -> Iterator[int]:
    sizes: Counter[str] = Counter()
    for permission in stack.of_type("AWS::Lambda::Permission").values():
        sizes[json.dumps(permission["FunctionName"])] += STATEMENT + longest(permission)
    yield from sizes.values()


@at_most(10_240)
def inline_policies_of_a_role(stack: Stack) -> Iterator[int]:
    for role in stack.of_type("AWS::IAM::Role"):
        yield sum(map(longest, stack.granted(role)))


@at_most(10)
def records_at_once_from_a_queue_that_waits_for_no_more(stack: Stack) -> Iterator[int]:
    for source in stack.of_type("AWS::Lambda::EventSourceMapping").values():
        if "ScalingConfig" in source:
            yield source["BatchSize"]


@at_most(300)
def resources_of_an_api(stack: Stack) -> Iterator[int]:
    for body in bodies(stack):
        yield len(places(body))


@at_most(6 * KILO * KILO)
def bytes_of_an_imported_api(stack: Stack) -> Iterator[int]:
    for body in bodies(stack):
        yield len(json.dumps(body))


@at_most(10)
def authorizers_of_an_api(stack: Stack) -> Iterator[int]:
    for body in bodies(stack):
        yield len(body.get("securityDefinitions", {}))


@at_most(3 * KILO)
def format_of_an_access_log(stack: Stack) -> Iterator[int]:
    for stage in stack.of_type("AWS::ApiGateway::Stage").values():
        yield len(stage["AccessLogSetting"]["Format"])


@at_most(20)
def indexes_of_a_table(stack: Stack) -> Iterator[int]:
    for table in stack.of_type("AWS::DynamoDB::Table").values():
        yield len(table.get("GlobalSecondaryIndexes", []))


@at_most(5)
def targets_of_a_rule(stack: Stack) -> Iterator[int]:
    for rule in stack.of_type("AWS::Events::Rule").values():
        yield len(rule["Targets"])


@at_most(64)
def ids_of_targets(stack: Stack) -> Iterator[int]:
    for rule in stack.of_type("AWS::Events::Rule").values():
        yield from (len(target["Id"]) for target in rule["Targets"])


@at_most(185)
def tries_of_a_target(stack: Stack) -> Iterator[int]:
    for rule in stack.of_type("AWS::Events::Rule").values():
        for target in rule["Targets"]:
            yield target.get("RetryPolicy", {}).get("MaximumRetryAttempts", 0)


@at_most(10)
def metrics_of_an_alarm(stack: Stack) -> Iterator[int]:
    for alarm in stack.of_type("AWS::CloudWatch::Alarm").values():
        yield len([each for each in alarm.get("Metrics", []) if "MetricStat" in each])


@at_most(86_400)
def seconds_that_an_alarm_looks_back(stack: Stack) -> Iterator[int]:
    for alarm in stack.of_type("AWS::CloudWatch::Alarm").values():
        stats = [each.get("MetricStat", alarm) for each in alarm.get("Metrics", [alarm])]
        periods = [each["Period"] for each in stats if "Period" in each]
        yield max(periods) * alarm["EvaluationPeriods"]


@at_most(1024)
def description_of_an_alarm(stack: Stack) -> Iterator[int]:
    for alarm in stack.of_type("AWS::CloudWatch::Alarm").values():
        yield longest(alarm["AlarmDescription"])


@at_most(50)
def own_attributes_of_people(stack: Stack) -> Iterator[int]:
    for pool in stack.of_type("AWS::Cognito::UserPool").values():
        yield len(pool["Schema"])


@at_most(20)
def names_of_own_attributes(stack: Stack) -> Iterator[int]:
    for pool in stack.of_type("AWS::Cognito::UserPool").values():
        yield from (len(each["Name"]) for each in pool["Schema"])


@pytest.mark.parametrize(("most", "measure"), QUOTAS, ids=[each.__name__ for _, each in QUOTAS])
def test_no_stack_is_over_a_quota(stacks: Stacks, most: int, measure: Measure) -> None:
    found = {name: max(measure(stack), default=0) for name, stack in stacks.items()}
    assert max(found.values()) > 0, "nothing was measured"
    assert {name: size for name, size in found.items() if size > most} == {}


def test_all_rules_have_room_on_the_one_bus(stacks: Stacks) -> None:
    heard = [stack.of_type("AWS::Events::Rule") for stack in stacks.values()]
    assert sum(map(len, heard)) <= 300
