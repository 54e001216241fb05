"""Names as AWS takes them, for the longest name that a stage may have."""

import json
import re
from collections import Counter
from typing import Any

import pytest

from infra.deployment.stage_facts import STAGE
from tests.infra.stack_reader import Stack, Stacks

LONGEST_STAGE = "m" * 12
# The property that names a resource, and how long AWS lets it be.
NAMED = {
    "AWS::S3::Bucket": ("BucketName", 63),
    "AWS::Lambda::Function": ("FunctionName", 64),
    "AWS::Events::Rule": ("Name", 64),
    "AWS::Events::Archive": ("ArchiveName", 48),
    "AWS::SQS::Queue": ("QueueName", 80),
    "AWS::Cognito::UserPoolDomain": ("Domain", 63),
    "AWS::CloudWatch::Alarm": ("AlarmName", 255),
    "AWS::DynamoDB::Table": ("TableName", 255),
    "AWS::Events::EventBus": ("Name", 256),
    "AWS::SNS::Topic": ("TopicName", 256),
    "AWS::Lambda::LayerVersion": ("LayerName", 140),
    "AWS::Cognito::UserPool": ("UserPoolName", 128),
    "AWS::Cognito::UserPoolClient": ("ClientName", 128),
    "AWS::KMS::Alias": ("AliasName", 256),
    "AWS::WAFv2::WebACL": ("Name", 128),
}
# And what AWS has once: a second name is refused, and a second policy takes the place of the first.
ONCE = {kind: named for kind, (named, _) in NAMED.items()} | {
    "AWS::ApiGateway::BasePathMapping": "RestApiId",
    "AWS::Cognito::UserPoolGroup": "GroupName",
    "AWS::Lambda::EventInvokeConfig": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::S3::BucketPolicy": "Bucket",
    "AWS::SQS::QueuePolicy": "Queues",
    "AWS::WAFv2::WebACLAssociation": "ResourceArn",
}


def _name(stack: Stack, told: Any) -> str:
    known = {
        "AWS::StackName": f"ryadom-{LONGEST_STAGE}-{stack.name}",
        "AWS::AccountId": "1" * 12,
        "AWS::Region": "ap-southeast-2",
    }
    return re.sub(r"\$\{([^}]*)\}", lambda found: known[found[1]], told["Fn::Sub"])


@pytest.mark.parametrize("kind", NAMED)
def test_every_name_is_short_enough(stacks: Stacks, kind: str) -> None:
    assert STAGE.fullmatch(LONGEST_STAGE) and not STAGE.fullmatch(LONGEST_STAGE + "m")
    named, most = NAMED[kind]
    found = [
        _name(stack, each[named])
        for stack in stacks.values()
        for each in stack.of_type(kind).values()
        if named in each
    ]
    assert found
    assert [name for name in found if len(name) > most] == []


@pytest.mark.parametrize("kind", NAMED)
def test_every_name_is_of_its_own_stage_and_stack(stacks: Stacks, kind: str) -> None:
    """An account holds each once, so that another would keep a second stage from being made."""
    named, _ = NAMED[kind]
    for stack in stacks.values():
        for name, each in stack.of_type(kind).items():
            told = each.get(named, {}).get("Fn::Sub", "${AWS::StackName}")
            assert told.removeprefix("alias/").startswith("${AWS::StackName}"), (stack.name, name)


@pytest.mark.parametrize("kind", ONCE)
def test_no_two_resources_of_a_stack_are_one_to_aws(stacks: Stacks, kind: str) -> None:
    for stack in stacks.values():
        each = stack.of_type(kind).values()
        told = Counter(json.dumps(one[ONCE[kind]]) for one in each if ONCE[kind] in one)
        assert [one for one, times in told.items() if times > 1] == [], stack.name


def test_a_stage_that_the_command_takes_is_one_that_the_templates_take(stacks: Stacks) -> None:
    for stack in stacks.values():
        pattern = stack.template["Parameters"]["Stage"]["AllowedPattern"]
        assert STAGE.pattern.endswith(pattern), stack.name


def test_where_the_host_must_lead_in_dns_is_told(stacks: Stacks) -> None:
    target = stacks["platform"].template["Outputs"]["DomainTarget"]["Value"]
    assert target == {"Fn::GetAtt": ["Domain", "RegionalDomainName"]}
