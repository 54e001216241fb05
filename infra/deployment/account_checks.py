"""Whether an account and its region can take a stage, looked at before minutes go into a build."""

from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError

from infra.deployment.deployer import Client, Facts
from infra.deployment.stage_facts import Refusal, check_locations, check_makers

# Rows, and files of offices with names and phones in them.
RECORDING = ("dynamodb", "s3")


def check_account(gateway: Any) -> None:
    """Refuse an account whose API Gateway may not write access logs: no stage could be made."""
    if not gateway.get_account().get("cloudwatchRoleArn"):
        raise Refusal(
            "API Gateway may not write logs in this account and region yet. Set it up once, for "
            "all stages there: python -m infra.deploy --account-setup"
        )


def check_certificate(certificate: str, region: str, account: str) -> None:
    """Refuse a certificate of another place, which the host of all APIs could not have.

    It is what says in a stage's file where the stage is.
    """
    where, owner = certificate.split(":")[3:5]
    if owner != account:
        raise Refusal(
            f"CertificateArn is of the account {owner}, and AWS_PROFILE leads to {account}. Choose "
            "the profile of the stage."
        )
    if where != region:
        raise Refusal(f"CertificateArn is not in {region}, where the stage would be: {certificate}")


def check_issued(acm: Any, certificate: str, host: str) -> None:
    """Refuse a certificate with which the platform would be undone; who may not look goes on."""
    try:
        found = acm.describe_certificate(CertificateArn=certificate)["Certificate"]
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "AccessDeniedException":
            return
        if code != "ResourceNotFoundException":  # so an ARN that is none
            raise
        raise Refusal(f"CertificateArn is none of this account: {certificate}") from None
    names = found["SubjectAlternativeNames"]  # its first name is one of them
    if not {host, f"*.{host.partition('.')[2]}"} & {*names}:
        raise Refusal(f"CertificateArn is of {', '.join(names)} and not of {host}.")
    if found["Status"] != "ISSUED":
        raise Refusal(
            f"CertificateArn is {found['Status']} and not ISSUED. While it waits, ACM names the "
            "record that it looks for in DNS; deploy once it has found it."
        )


def check_bucket(s3: Any, bucket: str) -> None:
    """Refuse a bucket from which CloudFormation could not read."""
    region = s3.meta.region_name
    try:
        where = s3.head_bucket(Bucket=bucket).get("BucketRegion", region)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        why = "does not exist" if code == "404" else f"cannot be read ({code})"
        raise Refusal(
            f"CodeBucket {bucket} {why}. Make a private one in {region}, once for all stages "
            f"there: aws s3 mb s3://NAME --region {region}"
        ) from None
    if where != region:
        raise Refusal(f"CodeBucket {bucket} is in {where}, and the stage would be in {region}.")


def check_place(client: Client, facts: Facts, acknowledged: Sequence[str]) -> None:
    """Refuse an account, a region or endpoints that a stage must not or cannot be in."""
    recording = [client(each).meta.endpoint_url for each in RECORDING]
    check_locations(recording, acknowledged)
    check_makers(client("cloudformation").meta.endpoint_url, recording)
    gateway, account = client("apigateway"), client("sts").get_caller_identity()["Account"]
    check_certificate(facts["CertificateArn"], gateway.meta.region_name, account)
    check_account(gateway)
    check_bucket(client("s3"), facts["CodeBucket"])
    check_issued(client("acm"), facts["CertificateArn"], facts["DomainName"])
