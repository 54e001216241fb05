"""The account and region that the operator has chosen, and the platform of a stage there."""

import os
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError


class Misconfigured(BotoCoreError):  # type: ignore[misc]
    """The settings of AWS clients hold what their library trips over."""

    fmt = (
        "AWS clients cannot be made: {error}. Look at AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL "
        "(https://…) and whatever else is set of AWS."
    )


def client(service: str) -> Any:
    """Return a client in the region that the `aws` command takes: boto3 reads no AWS_REGION."""
    import boto3

    try:
        made = boto3.client(service, region_name=os.environ.get("AWS_REGION") or None)
        # A file of a token is first read when a call is signed.
        if credentials := boto3.DEFAULT_SESSION.get_credentials():
            credentials.get_frozen_credentials()
        return made
    except (ValueError, OSError) as error:  # so also a program that should give credentials
        if isinstance(error, BotoCoreError):  # which says itself what is wrong
            raise
        raise Misconfigured(error=error) from None


class NotDeployed(Exception):
    """A stage is not where it was looked for; the message says where that was."""


def platform_outputs(stage: str) -> dict[str, str]:
    """Return the outputs of the platform of a stage."""
    asked = client("cloudformation")
    try:
        found = asked.describe_stacks(StackName=f"ryadom-{stage}-platform")["Stacks"][0]
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        found = {}
    if not found.get("Outputs"):  # one whose first deploy has failed has none
        raise NotDeployed(
            f"No stage {stage} is deployed in {asked.meta.region_name} of this account. Say its "
            "name, and the profile and region that it is in (AWS_PROFILE, AWS_REGION)."
        )
    return {each["OutputKey"]: each["OutputValue"] for each in found["Outputs"]}
