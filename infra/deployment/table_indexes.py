"""DynamoDB makes or drops one index of a table per change; CloudFormation says so only halfway."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from infra.deployment.stack_failures import DeployFailed
from infra.packaging.templates import Template

# What an index is made of, as the table has it and as a template asks for it.
Made = Mapping[str, Any]


def check_indexes(dynamodb: Any, stack: str, template: Template) -> None:
    """Refuse a stack whose indexes DynamoDB would not change so, of a table that is there."""
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        if resource["Type"] != "AWS::DynamoDB::Table" or "TableName" not in properties:
            continue
        table = properties["TableName"]["Fn::Sub"].replace("${AWS::StackName}", stack)
        there, wanted = _indexes(dynamodb, table), _made(properties)
        if there is None:
            continue
        if other := sorted(name for name in wanted.keys() & there if wanted[name] != there[name]):
            raise DeployFailed(
                f"{table}: {', '.join(other)} would be changed, and DynamoDB changes no index. "
                "Give it another name in a release, and drop the old one in a later release, when "
                "no code reads it any more."
            )
        changed = sorted(wanted.keys() ^ there)
        if len(changed) > 1:
            raise DeployFailed(
                f"{table}: {', '.join(changed)} would be made or dropped, and DynamoDB takes one "
                "index per change. Deploy a release for each of them, one after the other."
            )


def _indexes(dynamodb: Any, table: str) -> dict[str, Made] | None:
    """Return the indexes of a table, or None while there is no such table."""
    try:
        return _made(dynamodb.describe_table(TableName=table)["Table"])
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return None


def _made(described: Template) -> dict[str, Made]:
    return {each["IndexName"]: _parts(each) for each in described.get("GlobalSecondaryIndexes", ())}


def _parts(index: Template) -> Made:
    keys = {each["KeyType"]: each["AttributeName"] for each in index["KeySchema"]}
    return {"keys": keys, "shows": index["Projection"]["ProjectionType"]}
