"""A release that DynamoDB cannot make of a table's indexes is refused before all."""

import json
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError

from infra.deployment.stack_failures import DeployFailed
from tests.infra.deploy_account import Account, deployer_in, toy_package, toy_template


def _table(*indexes: str) -> dict[str, Any]:
    key = [{"AttributeName": "pk", "KeyType": "HASH"}]
    made: dict[str, Any] = {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "KeySchema": key,
    }
    if indexes:
        made["GlobalSecondaryIndexes"] = [
            {"IndexName": name, "KeySchema": key, "Projection": {"ProjectionType": "ALL"}}
            for name in indexes
        ]
    return made


@pytest.mark.parametrize(
    ("wanted", "refused"),
    [
        (("by_ref", "by_state"), ""),
        (("by_ref", "by_state", "by_due"), ""),
        (("by_ref",), ""),
        (("by_ref", "by_state", "by_due", "by_owner"), "by_due, by_owner"),
        (("by_ref", "by_due"), "by_due, by_state"),
    ],
)
def test_a_release_that_changes_two_indexes_of_a_table_is_refused_before_all(
    account: Account, tmp_path: Path, wanted: tuple[str, ...], refused: str
) -> None:
    made = toy_package(tmp_path)
    account("dynamodb").create_table(
        TableName="ryadom-test-cards-data", **_table("by_ref", "by_state")
    )
    template = toy_template({}, "RootKey")
    for name, indexes in (("data", wanted), ("new", ("a", "b"))):
        named = {"TableName": {"Fn::Sub": f"${{AWS::StackName}}-{name}"}}
        properties = named | _table(*indexes)
        template["Resources"][name] = {"Type": "AWS::DynamoDB::Table", "Properties": properties}
    (tmp_path / "cards.json").write_text(json.dumps(template))

    deployer = deployer_in(account, [], protect=True)
    if not refused:
        assert deployer.deploy(made, account.facts)
        return
    with pytest.raises(DeployFailed, match=f"ryadom-test-cards-data: {refused} would be"):
        deployer.deploy(made, account.facts)
    assert not account.cloudformation.stacks


@pytest.mark.parametrize(
    "changed",
    [
        {"Projection": {"ProjectionType": "KEYS_ONLY"}},
        {"Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["doc"]}},
        {"KeySchema": [{"AttributeName": "sk", "KeyType": "HASH"}]},
    ],
)
def test_a_release_that_changes_an_index_in_its_place_is_refused_before_all(
    account: Account, tmp_path: Path, changed: dict[str, Any]
) -> None:
    """DynamoDB makes and drops indexes, and changes nothing of one but its capacity."""
    made = toy_package(tmp_path)
    account("dynamodb").create_table(TableName="ryadom-test-cards-data", **_table("by_ref"))
    template = toy_template({}, "RootKey")
    properties = {"TableName": {"Fn::Sub": "${AWS::StackName}-data"}} | _table("by_ref")
    properties["GlobalSecondaryIndexes"][0] |= changed
    template["Resources"]["data"] = {"Type": "AWS::DynamoDB::Table", "Properties": properties}
    (tmp_path / "cards.json").write_text(json.dumps(template))

    with pytest.raises(DeployFailed, match="ryadom-test-cards-data: by_ref would be changed"):
        deployer_in(account, [], protect=True).deploy(made, account.facts)
    assert not account.cloudformation.stacks


def test_a_table_that_may_not_be_looked_at_is_not_taken_for_an_absent_one(
    account: Account, tmp_path: Path
) -> None:
    template = toy_template({}, "RootKey")
    properties = {"TableName": {"Fn::Sub": "${AWS::StackName}-data"}} | _table("by_ref")
    template["Resources"]["data"] = {"Type": "AWS::DynamoDB::Table", "Properties": properties}
    made = toy_package(tmp_path)
    (tmp_path / "cards.json").write_text(json.dumps(template))
    refused = ClientError({"Error": {"Code": "AccessDeniedException"}}, "DescribeTable")
    account.clients["dynamodb"].describe_table = Mock(side_effect=refused)

    with pytest.raises(ClientError, match="AccessDenied"):
        deployer_in(account, [], protect=True).deploy(made, account.facts)
    assert not account.cloudformation.stacks
