"""The gateway: its one stage, its answers, its authorizer."""

import json
import re
from collections.abc import Iterator
from typing import Any

from infra.services import app_folders, service_names
from tests.infra.stack_reader import Stack, Stacks

SERVICES = service_names()
ASK_AUTHORIZER = (
    "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
    "${AuthorizerArn}/invocations"
)


def _apis(stacks: Stacks) -> Iterator[tuple[Stack, dict[str, Any]]]:
    for name in app_folders():
        (api,) = stacks[name].of_type("AWS::ApiGateway::RestApi").values()
        yield stacks[name], api


def test_every_api_has_one_stage_that_is_throttled_and_logged(stacks: Stacks) -> None:
    for stack, _ in _apis(stacks):
        (stage,) = stack.of_type("AWS::ApiGateway::Stage").values()
        (limits,) = stage["MethodSettings"]
        assert (limits["ResourcePath"], limits["HttpMethod"]) == ("/*", "*")
        # A cache would show one caller's answer to another, a trace logs bodies.
        assert limits.keys() == {
            "ResourcePath", "HttpMethod", "ThrottlingRateLimit", "ThrottlingBurstLimit",
            "MetricsEnabled",
        }  # fmt: skip
        assert "Variables" not in stage
        # All stores of a stage ask the one till.
        rate = 200 if stack.name == "till" else 100
        assert limits["ThrottlingRateLimit"] == rate
        assert limits["ThrottlingBurstLimit"] == 2 * rate
        assert stage["AccessLogSetting"]["DestinationArn"] == {"Fn::GetAtt": ["AccessLog", "Arn"]}
        for deployment in stack.of_type("AWS::ApiGateway::Deployment").values():
            assert "StageName" not in deployment, "a second stage, which nothing limits"


def test_routes_are_measured_one_by_one_only_where_the_stage_says_so(stacks: Stacks) -> None:
    for stack, _ in _apis(stacks):
        for asked, measured in ({}, False), ({"RouteMetrics": "yes"}, True):
            (stage,) = stack.where(**asked).of_type("AWS::ApiGateway::Stage").values()
            assert stage["MethodSettings"][0]["MetricsEnabled"] is measured


def test_the_host_of_all_apis_is_the_only_way_in(stacks: Stacks) -> None:
    for stack, api in _apis(stacks):
        told = api["Body"]["x-amazon-apigateway-endpoint-configuration"]
        assert told == {"disableExecuteApiEndpoint": True}
        assert api["EndpointConfiguration"] == {"Types": ["REGIONAL"]}
        (mapping,) = stack.of_type("AWS::ApiGateway::BasePathMapping").values()
        (stage,) = stack.of_type("AWS::ApiGateway::Stage")
        assert mapping == {
            "DomainName": {"Ref": "DomainName"},
            "BasePath": {"Ref": "Service"},
            "RestApiId": {"Ref": "RestAPI"},
            "Stage": {"Ref": stage},
        }


def test_the_host_shows_the_certificate_of_the_stage(stacks: Stacks) -> None:
    """The emulator speaks no TLS."""
    assert stacks["platform"].of_type("AWS::ApiGateway::DomainName") == {
        "Domain": {
            "DomainName": {"Ref": "DomainName"},
            "EndpointConfiguration": {"Types": ["REGIONAL"]},
            "SecurityPolicy": "TLS_1_2",
            "RegionalCertificateArn": {"Ref": "CertificateArn"},
        }
    }


def test_the_gateway_calls_from_its_one_stage(stacks: Stacks) -> None:
    for stack, _ in _apis(stacks):
        sources = [
            permission["SourceArn"]["Fn::Sub"]
            for permission in stack.of_type("AWS::Lambda::Permission").values()
            if permission["Principal"] == "apigateway.amazonaws.com"
        ]
        told = {json.dumps(each) for each in sources if "/authorizers/" not in json.dumps(each)}
        (stage,) = stack.of_type("AWS::ApiGateway::Stage")
        for only in told:
            assert re.search(r"\$\{(Stage|RestAPIapiStage)\}/(\*/v1/webhooks/)?\*", only), only
            assert stage in only


def test_every_api_answers_in_problems(stacks: Stacks) -> None:
    for _, api in _apis(stacks):
        for answer in api["Body"]["x-amazon-apigateway-gateway-responses"].values():
            told = json.loads(answer["responseTemplates"]["application/json"])
            assert told["type"] == f"urn:ryadom:problem:{told['code']}"
            # Those of a whole kind keep the gateway's own.
            assert str(told.get("status")) == answer.get("statusCode", "None")
            header = answer["responseParameters"]["gatewayresponse.header.Content-Type"]
            assert header == "'application/problem+json'"
            assert re.search("[а-я]", told["detail"])


def test_whom_the_gateway_asks_to_come_again_it_tells_when(stacks: Stacks) -> None:
    for stack, api in _apis(stacks):
        answers = api["Body"]["x-amazon-apigateway-gateway-responses"]
        waits = {
            kind: answer["responseParameters"].get("gatewayresponse.header.Retry-After")
            for kind, answer in answers.items()
            if answer.get("statusCode") in ("429", "503")
        }
        assert waits == {"THROTTLED": "'60'", "WAF_FILTERED": "'60'", "AUTHORIZER_FAILURE": "'5'"}
        for each in stack.of_type("AWS::ApiGateway::GatewayResponse", stage="local").values():
            told = each["ResponseParameters"].get("gatewayresponse.header.Retry-After")
            assert told == waits.get(each["ResponseType"])


def test_the_local_gateway_tells_the_same_problems(stacks: Stacks) -> None:
    for stack, api in _apis(stacks):
        local = stack.of_type("AWS::ApiGateway::GatewayResponse", stage="local")
        told = {
            each["ResponseType"]: (each.get("StatusCode"), each["ResponseTemplates"])
            for each in local.values()
        }
        answers = api["Body"]["x-amazon-apigateway-gateway-responses"]
        # The emulator has no web ACL.
        asked = answers.keys() - {"WAF_FILTERED"}
        assert told == {
            kind: (answers[kind].get("statusCode"), answers[kind]["responseTemplates"])
            for kind in asked
        }
        assert not stack.of_type("AWS::ApiGateway::GatewayResponse")


def test_protected_routes_ask_the_platforms_one_authorizer(stacks: Stacks) -> None:
    platform = stacks["platform"]
    output = platform.template["Outputs"]["AuthorizerArn"]["Value"]
    assert platform.called(output) == "Authorizer"
    for service in SERVICES:
        (api,) = stacks[service].of_type("AWS::ApiGateway::RestApi").values()
        asked_by = stacks[service].of_type("AWS::Lambda::Permission")["AuthorizerMayBeAsked"]
        assert asked_by["FunctionName"] == {"Ref": "AuthorizerArn"}
        assert api["Body"]["securityDefinitions"] == {
            "Callers": {
                "type": "apiKey",
                "in": "header",
                "name": "Authorization",
                "x-amazon-apigateway-authtype": "custom",
                "x-amazon-apigateway-authorizer": {
                    "type": "token",
                    "authorizerUri": {"Fn::Sub": ASK_AUTHORIZER},
                    "authorizerResultTtlInSeconds": 60,
                },
            }
        }
