"""Rules by which AWS refuses what the emulator takes."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase
from graphlib import TopologicalSorter
from typing import Any

import pytest

from infra.packaging import layer
from infra.packaging.runtime import DEFAULT, of_stage
from infra.packaging.templates import read
from infra.services import INFRA, app_folders, service_names
from tests.infra.stack_reader import Stack, Stacks, bodies, places

PART = re.compile(r"[a-zA-Z0-9._:-]+|\{[a-zA-Z0-9._-]+\+?\}")
GATEWAY_RESPONSES = {
    "ACCESS_DENIED", "API_CONFIGURATION_ERROR", "AUTHORIZER_CONFIGURATION_ERROR",
    "AUTHORIZER_FAILURE", "BAD_REQUEST_BODY", "BAD_REQUEST_PARAMETERS", "DEFAULT_4XX",
    "DEFAULT_5XX", "EXPIRED_TOKEN", "INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT",
    "INVALID_API_KEY", "INVALID_SIGNATURE", "MISSING_AUTHENTICATION_TOKEN", "QUOTA_EXCEEDED",
    "REQUEST_TOO_LARGE", "RESOURCE_NOT_FOUND", "THROTTLED", "UNAUTHORIZED",
    "UNSUPPORTED_MEDIA_TYPE", "WAF_FILTERED",
}  # fmt: skip
STANDARD_ATTRIBUTES = {
    "address", "birthdate", "email", "family_name", "gender", "given_name", "locale",
    "middle_name", "name", "nickname", "phone_number", "picture", "preferred_username", "profile",
    "updated_at", "website", "zoneinfo",
}  # fmt: skip


def _named(value: Any) -> Iterator[str]:
    """Whatever a part of a template names by Ref, GetAtt, Sub or DependsOn."""
    match value:
        case {"Ref": str(name)}:
            yield name
        case {"Fn::GetAtt": [name, _]}:
            yield name
        case {"Fn::Sub": told}:
            text, more = (told, {}) if isinstance(told, str) else told
            yield from re.findall(r"\$\{([A-Za-z0-9]+)", text)
            yield from _named(more)
        case dict():
            depends = value.get("DependsOn", [])
            yield from [depends] if isinstance(depends, str) else depends
            for each in value.values():
                yield from _named(each)
        case list():
            for each in value:
                yield from _named(each)


def test_no_resource_waits_for_itself(stacks: Stacks) -> None:
    for stack in stacks.values():
        found = stack.resources()
        TopologicalSorter(
            {name: set(_named(each)) & found.keys() for name, each in found.items()}
        ).prepare()


@pytest.mark.parametrize("stage", ["aws", "local"])
@pytest.mark.parametrize(
    ("kind", "told"),
    [
        # CloudFormation says so of AWS::DynamoDB::Table: made at once, one of them may fail.
        ("AWS::DynamoDB::Table", "GlobalSecondaryIndexes"),
        # In a second CloudWatch takes 3 alarms and 10 logs, Cognito 5 groups of a pool, say the
        # quotas; three stacks are made at once.
        ("AWS::CloudWatch::Alarm", "AlarmName"),
        ("AWS::Cognito::UserPoolGroup", "GroupName"),
        ("AWS::Logs::LogGroup", "LogGroupName"),
    ],
)
def test_what_aws_makes_few_of_at_once_is_made_one_after_the_other(
    stacks: Stacks, kind: str, told: str, stage: str
) -> None:
    for stack in stacks.values():
        made = {
            name: each
            for name, each in stack.resources(stage).items()
            if each["Type"] == kind and told in each["Properties"]
        }
        order = TopologicalSorter(
            {name: set(_named(each)) & made.keys() for name, each in made.items()}
        )
        order.prepare()
        while order.is_active():
            (next_one,) = order.get_ready()
            order.done(next_one)


def test_resources_have_plain_names(stacks: Stacks) -> None:
    for stack in stacks.values():
        assert [name for name in stack.template["Resources"] if not name.isalnum()] == []


def test_a_path_is_one_that_the_gateway_takes(stacks: Stacks) -> None:
    """It takes one name of a variable in one place: `/a/{x}` and `/a/{y}/b` stand in its way."""
    for stack in stacks.values():
        for body in bodies(stack):
            variables: dict[tuple[str, ...], set[str]] = {}
            for place in places(body):
                for part in place[-1:]:
                    assert PART.fullmatch(part), place
                    if part.startswith("{"):
                        variables.setdefault(place[:-1], set()).add(part)
            assert [names for names in variables.values() if len(names) > 1] == []


def test_the_gateway_answers_in_kinds_that_it_knows(stacks: Stacks) -> None:
    for stack in stacks.values():
        for body in bodies(stack):
            assert body["x-amazon-apigateway-gateway-responses"].keys() <= GATEWAY_RESPONSES


def test_whatever_the_gateway_calls_lets_itself_be_called(stacks: Stacks) -> None:
    for stack in stacks.values():
        allowed: dict[str, list[str]] = {}
        for each in stack.of_type("AWS::Lambda::Permission").values():
            source = each.get("SourceArn", {}).get("Fn::Sub", "")
            text = source if isinstance(source, str) else source[0]
            name = str(each["FunctionName"].get("Ref"))
            # The API, its stage, the method and the path.
            allowed.setdefault(name, []).append(text.partition("}/")[2].partition("/")[2])
        for body in bodies(stack):
            for path, methods in body["paths"].items():
                for method, told in methods.items():
                    uri = told["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
                    (called,) = re.findall(r"\$\{(\w+)\}/invocations", uri)
                    asked = f"{method.upper()}{path}"
                    assert any(fnmatchcase(asked, each) for each in allowed[called]), asked


def test_an_access_log_is_a_line_of_json_that_names_its_request_and_nobody(stacks: Stacks) -> None:
    told = {
        "request": "requestId",
        "route": "resourcePath",  # not `path`, which holds people's ids
        "method": "httpMethod",
        "status": "status",
        "latency_ms": "responseLatency",
        "error": "error.responseType",
    }
    for name in app_folders():
        for stage in stacks[name].of_type("AWS::ApiGateway::Stage").values():
            line = stage["AccessLogSetting"]["Format"]
            assert "\n" not in line
            assert json.loads(line) == {key: f"$context.{value}" for key, value in told.items()}


def test_every_api_has_a_base_path_of_its_own(stacks: Stacks) -> None:
    used = [
        stack.template["Parameters"][mapping["BasePath"]["Ref"]]["Default"]
        for stack in stacks.values()
        for mapping in stack.of_type("AWS::ApiGateway::BasePathMapping").values()
    ]
    assert sorted(used) == sorted(app_folders())


def test_a_variable_of_the_environment_has_a_name_that_lambda_leaves_to_us(stacks: Stacks) -> None:
    for stack in stacks.values():
        for function in stack.functions().values():
            for name in stack.environment(function):
                assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]+", name), name
                assert name != "TZ" and not name.startswith(("AWS_", "LAMBDA_")), name


def test_a_function_runs_where_its_layers_were_built_for(stacks: Stacks) -> None:
    for stack in stacks.values():
        for name, function in stack.functions().items():
            assert function["Runtime"] == DEFAULT, (stack.name, name)
            assert function.get("Architectures", ["x86_64"]) == ["x86_64"], (stack.name, name)
            # A network of its own has no way to the bus and the tables, another log no end.
            assert not function.keys() & {"VpcConfig", "LoggingConfig"}, name
    assert layer.PLATFORM.startswith("x86_64-")


def test_a_snapshot_is_taken_of_what_lambda_takes_snapshots_of(stacks: Stacks) -> None:
    for stack in stacks.values():
        for name, function in stack.functions().items():
            if "SnapStart" in function:
                version = of_stage(function["Runtime"]).version
                assert tuple(map(int, version.split("."))) >= (3, 12), name
                assert not function.keys() & {"FileSystemConfigs", "ImageConfig"}, name
        for alias in stack.of_type("AWS::Lambda::Alias").values():
            assert "ProvisionedConcurrencyConfig" not in alias


def test_no_policy_of_a_role_overwrites_another(stacks: Stacks) -> None:
    for stack in stacks.values():
        names: Counter[tuple[str, str]] = Counter()
        for role, each in stack.of_type("AWS::IAM::Role").items():
            names.update((role, policy["PolicyName"]) for policy in each.get("Policies", []))
        for policy in stack.of_type("AWS::IAM::Policy").values():
            names.update((role["Ref"], policy["PolicyName"]) for role in policy["Roles"])
        assert [each for each, times in names.items() if times > 1] == []


def test_settings_of_a_gateway_wait_until_the_account_has_something_of_it() -> None:
    """CloudFormation says so of AWS::ApiGateway::Account: in a new account it fails before that."""
    made = read(INFRA / "account.yaml")["Resources"]
    of_gateway = {
        name: each for name, each in made.items() if each["Type"].startswith("AWS::ApiGateway::")
    }
    settings = of_gateway.pop("GatewayAccount")
    assert settings["Type"] == "AWS::ApiGateway::Account"
    assert {*_named(settings)} & of_gateway.keys()


def _policies(value: Any) -> Iterator[dict[str, Any]]:
    """Whatever a part of a template says about who may do what."""
    if isinstance(value, dict) and "Statement" in value and isinstance(value["Statement"], list):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _policies(each)


def test_every_policy_is_of_the_version_whose_language_it_is_written_in(stacks: Stacks) -> None:
    """Without one it is read as of 2008, and what that lacks is taken word for word."""
    for stack in stacks.values():
        found = [*_policies(stack.template["Resources"])]
        assert [each for each in found if each.get("Version") != "2012-10-17"] == [], stack.name
    assert found


def test_a_table_defines_the_attributes_of_its_keys_and_no_other(stacks: Stacks) -> None:
    """DynamoDB refuses any other table; and what the code writes in keys is text."""
    for stack in stacks.values():
        for name, table in stack.of_type("AWS::DynamoDB::Table").items():
            keys = [table["KeySchema"]]
            keys += [index["KeySchema"] for index in table.get("GlobalSecondaryIndexes", ())]
            asked = {part["AttributeName"]: "S" for key in keys for part in key}
            defined = table["AttributeDefinitions"]
            told = {each["AttributeName"]: each["AttributeType"] for each in defined}
            assert (told, len(defined)) == (asked, len(asked)), (stack.name, name)


def test_a_consumer_has_as_many_places_as_a_queue_may_ask_for(stacks: Stacks) -> None:
    for stack in stacks.values():
        for source in stack.of_type("AWS::Lambda::EventSourceMapping").values():
            if "ScalingConfig" in source:
                assert 2 <= source["ScalingConfig"]["MaximumConcurrency"] <= 1000
                assert source.get("MaximumBatchingWindowInSeconds", 0) == 0
    for service in service_names():
        reserved = stacks[service].template["Parameters"]["ConsumerConcurrency"]["AllowedPattern"]
        (asked,) = [
            each["ScalingConfig"]["MaximumConcurrency"]
            for each in stacks[service].of_type("AWS::Lambda::EventSourceMapping").values()
            if each["EventSourceArn"] == {"Fn::GetAtt": ["Queue", "Arn"]}
        ]
        assert re.fullmatch(reserved, str(asked)), service
        assert not re.fullmatch(reserved, str(asked - 1)), service


def test_people_have_the_attributes_that_a_client_may_read_and_write(stacks: Stacks) -> None:
    platform = stacks["platform"]
    (pool,) = platform.of_type("AWS::Cognito::UserPool").values()
    (client,) = platform.of_type("AWS::Cognito::UserPoolClient").values()
    own = {f"custom:{each['Name']}" for each in pool["Schema"]}
    # What is required can never be asked for later, and would have to be writable.
    assert not [each for each in pool["Schema"] if each.get("Required")]
    told = {*client["ReadAttributes"], *client["WriteAttributes"]}
    assert told <= own | STANDARD_ATTRIBUTES


def _limit(stack: Stack) -> int:
    return int(stack.template["Parameters"]["RequestsFromAnAddress"]["Default"])


def test_one_address_leaves_half_of_every_api_to_the_others(stacks: Stacks) -> None:
    (acl,) = stacks["platform"].of_type("AWS::WAFv2::WebACL").values()
    (rule,) = acl["Rules"]  # so that what the gateway says of a blocked request is true
    counted = rule["Statement"]["RateBasedStatement"]
    assert counted == {
        "AggregateKeyType": "IP",
        "EvaluationWindowSec": 60,
        "Limit": {"Ref": "RequestsFromAnAddress"},
    }
    assert (acl["DefaultAction"], rule["Action"]) == ({"Allow": {}}, {"Block": {}})
    assert acl["Scope"] == "REGIONAL"
    for each in (acl, rule):  # samples hold tokens
        assert each["VisibilityConfig"]["SampledRequestsEnabled"] is False
    for name in app_folders():
        (stage,) = stacks[name].of_type("AWS::ApiGateway::Stage").values()
        assert 2 * _limit(stacks["platform"]) <= 60 * stage["MethodSettings"][0][
            "ThrottlingRateLimit"
        ]  # fmt: skip


def test_every_api_stands_behind_the_one_web_acl_and_says_so_in_a_problem(stacks: Stacks) -> None:
    assert "WebAclArn" in stacks["platform"].template["Outputs"]
    for name in app_folders():
        (limit,) = stacks[name].of_type("AWS::WAFv2::WebACLAssociation").values()
        assert limit["WebACLArn"] == {"Ref": "WebAclArn"}
        text, names = limit["ResourceArn"]["Fn::Sub"]
        assert text.endswith("::/restapis/${RestAPI}/stages/${Stage}")
        # By the stage itself: an association made before it would fail.
        (stage,) = stacks[name].of_type("AWS::ApiGateway::Stage")
        assert names == {"Stage": {"Ref": stage}}
        (body,) = bodies(stacks[name])
        told = body["x-amazon-apigateway-gateway-responses"]["WAF_FILTERED"]
        assert told["statusCode"] == "429"
        headers = told["responseParameters"]
        assert headers["gatewayresponse.header.Content-Type"] == "'application/problem+json'"
        assert not stacks[name].of_type("AWS::WAFv2::WebACLAssociation", stage="local")


def test_the_alarm_watches_the_rule_of_the_web_acl(stacks: Stacks) -> None:
    (acl,) = stacks["platform"].of_type("AWS::WAFv2::WebACL").values()
    (rule,) = acl["Rules"]
    alarm = stacks["platform"].of_type("AWS::CloudWatch::Alarm")["AddressLimitedAlarm"]
    told = {each["Name"]: each["Value"] for each in alarm["Dimensions"]}
    # CloudWatch may name either by its name or by that of its metric, so they are one.
    assert told == {
        "WebACL": acl["Name"], "Rule": rule["Name"], "Region": {"Ref": "AWS::Region"}
    }  # fmt: skip
    assert (acl["Name"], rule["Name"]) == tuple(
        each["VisibilityConfig"]["MetricName"] for each in (acl, rule)
    )
    assert all(each["VisibilityConfig"]["CloudWatchMetricsEnabled"] is True for each in (acl, rule))
