"""The account and region that the operator has chosen, and the platform of a stage there."""

import os
from typing import Any


def client(service: str) -> Any:
    """Return a client in the region that the `aws` command takes: boto3 reads no AWS_REGION."""
    import boto3

    return boto3.client(service, region_name=os.environ.get("AWS_REGION"))


def platform_outputs(stage: str) -> dict[str, str]:
    """Return the outputs of the platform of a stage."""
    found = client("cloudformation").describe_stacks(StackName=f"ryadom-{stage}-platform")
    return {each["OutputKey"]: each["OutputValue"] for each in found["Stacks"][0]["Outputs"]}
