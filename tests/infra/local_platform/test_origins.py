"""Which pages of other origins may call: one list for every API and for the bucket of files."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from infra.services import app_folders
from tests.infra.stack_reader import Stack

Stacks = dict[str, Stack]
ORIGINS = "https://app.example.org,http://localhost:5173"
SPLIT = {"Fn::Split": [",", {"Ref": "AllowedOrigins"}]}


def _apis(stacks: Stacks, origins: str = ORIGINS) -> Iterator[tuple[Stack, dict[str, Any]]]:
    for name in app_folders():
        stack = stacks[name].where(AllowedOrigins=origins)
        (api,) = stack.of_type("AWS::ApiGateway::RestApi").values()
        yield stack, api["Body"]


def test_every_path_of_every_api_hears_a_browser_that_asks_first(stacks: Stacks) -> None:
    for stack, body in _apis(stacks):
        for path, methods in body["paths"].items():
            asked = methods["options"]
            assert "security" not in asked, (stack.name, path)
            integration = asked["x-amazon-apigateway-integration"]
            assert integration == methods[min(methods)]["x-amazon-apigateway-integration"]
            assert integration["type"] == "aws_proxy"


def test_every_function_of_an_api_knows_the_origins_of_its_stage(stacks: Stacks) -> None:
    for stack, _ in _apis(stacks):
        environment = stack.environment(stack.functions()["APIHandler"])
        assert environment["ALLOWED_ORIGINS"] == {"Ref": "AllowedOrigins"}


SHOWN = {
    "gatewayresponse.header.Access-Control-Allow-Origin": "'*'",
    "gatewayresponse.header.Access-Control-Expose-Headers": "'Retry-After'",
}


@pytest.mark.parametrize(("origins", "headers"), [(ORIGINS, SHOWN), ("", {})])
def test_refusals_of_the_gateway_can_be_read_where_pages_call_at_all(
    stacks: Stacks, origins: str, headers: dict[str, str]
) -> None:
    for stack, body in _apis(stacks, origins):
        for answer in body["x-amazon-apigateway-gateway-responses"].values():
            told = answer["responseParameters"]
            assert {name: told[name] for name in told if "Access-Control" in name} == headers
            assert told["gatewayresponse.header.Vary"] == "'Origin'"
        for answer in stack.of_type("AWS::ApiGateway::GatewayResponse", stage="local").values():
            assert answer["ResponseParameters"].items() >= SHOWN.items()


def test_files_are_put_and_got_by_pages_of_these_origins_only(stacks: Stacks) -> None:
    found = 0
    for stack in stacks.values():
        if "AllowedOrigins" not in stack.template["Parameters"]:
            assert not stack.of_type("AWS::S3::Bucket")
            continue
        for bucket in stack.where(AllowedOrigins=ORIGINS).of_type("AWS::S3::Bucket").values():
            (rule,) = bucket["CorsConfiguration"]["CorsRules"]
            assert rule["AllowedOrigins"] == SPLIT
            assert rule["AllowedMethods"] == ["GET", "POST", "PUT"]
            # A page sends the type of the file along, and reads what tells its parts.
            assert (rule["AllowedHeaders"], rule["ExposedHeaders"]) == (["*"], ["ETag"])
            found += 1
        for bucket in stack.of_type("AWS::S3::Bucket").values():
            assert "CorsConfiguration" not in bucket
    assert found


@pytest.mark.parametrize(
    ("origins", "fits"),
    [
        ("", True),
        ("https://app.example.org", True),
        (ORIGINS, True),
        ("*", False),
        ("https://*.example.org", False),
        ("https://app.example.org/", False),
        ("https://app.example.org, https://b.example.org", False),
        ("null", False),
        ("app.example.org", False),
    ],
)
def test_only_whole_origins_can_be_named(stacks: Stacks, origins: str, fits: bool) -> None:
    for stack, _ in _apis(stacks):
        pattern = stack.template["Parameters"]["AllowedOrigins"]["AllowedPattern"]
        assert bool(re.fullmatch(pattern, origins)) is fits
