"""DynamoDB makes or drops one index of a table per change; CloudFormation says so only halfway."""

from typing import Any

from botocore.exceptions import ClientError

from infra.change_sets import DeployFailed
from infra.templates import Template


def check_indexes(dynamodb: Any, stack: str, template: Template) -> None:
    """Refuse a stack that would make or drop several indexes of a table that is there."""
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        if resource["Type"] != "AWS::DynamoDB::Table" or "TableName" not in properties:
            continue
        table = properties["TableName"]["Fn::Sub"].replace("${AWS::StackName}", stack)
        there = _indexes(dynamodb, table)
        wanted = {each["IndexName"] for each in properties.get("GlobalSecondaryIndexes", [])}
        changed = sorted(wanted ^ there) if there is not None else []
        if len(changed) > 1:
            raise DeployFailed(
                f"{table}: {', '.join(changed)} would be made or dropped, and DynamoDB takes one "
                "index per change. Deploy a release for each of them, one after the other."
            )


def _indexes(dynamodb: Any, table: str) -> set[str] | None:
    """Return the indexes of a table, or None while there is no such table."""
    try:
        found = dynamodb.describe_table(TableName=table)["Table"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return None
    return {each["IndexName"] for each in found.get("GlobalSecondaryIndexes", [])}
