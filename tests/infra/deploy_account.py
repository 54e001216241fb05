"""A toy CloudFormation beside what moto has, and toy stacks to deploy there."""

import json
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import boto3

from infra.deployment.deployer import Client, Deployer
from infra.package import Package, Stack
from infra.packaging.runtime import LOCAL
from tests.infra.fake_cloudformation import FakeCloudFormation

REGION = "eu-central-1"
# What a stage's file says at least.
WHOLE = {
    "CodeBucket": "code",
    "DomainName": "api.example.org",
    "CertificateArn": f"arn:aws:acm:{REGION}:123456789012:certificate/1",
    "PublicUrl": "https://example.org",
}
ABROAD = f"https://dynamodb.{REGION}.amazonaws.com"
HOME = "https://docapi.serverless.yandexcloud.net/ru-central1/b1g/etn"
ACKNOWLEDGED = [
    f"--personal-data-abroad={each}.{REGION}.amazonaws.com" for each in ("dynamodb", "s3")
]


def toy_template(outputs: dict[str, Any], *more: str) -> dict[str, Any]:
    asked = ("Stage", "Arn", "Protect", "CodeKey", *more)
    told = {name: {"Value": {"Ref": name}} for name in ("Protect", *more)}
    return {
        "Parameters": {name: {"Type": "String"} for name in (*asked, "LeftToItsDefault")},
        "Resources": {"Some": {"Type": "T"}},
        "Outputs": outputs | told,
    }


def toy_package(folder: Path, code: str = "code") -> Package:
    # The key's ARN stands in as a parameter, since no resource is really made.
    key = {"KeyArn": {"Value": {"Ref": "Arn"}}}
    services = {name: toy_template({}, "RootKey") for name in ("cards", "till")}
    templates = {"platform": toy_template(key)} | services
    stacks = []
    for name, template in templates.items():
        (folder / f"{name}.json").write_text(json.dumps(template))
        (folder / f"{name}.zip").write_text(code)
        stacks.append(Stack(name, folder / f"{name}.json", folder / f"{name}.zip", code))
    return Package(tuple(stacks), {}, LOCAL)


class Account:
    """A toy CloudFormation beside what moto has."""

    def __init__(self) -> None:
        self.clients = {
            name: boto3.client(name, region_name=REGION)
            for name in ("s3", "ssm", "kms", "dynamodb")
        }
        where = {"LocationConstraint": REGION}
        self.clients["s3"].create_bucket(Bucket="code", CreateBucketConfiguration=where)
        key = self.clients["kms"].create_key()["KeyMetadata"]["Arn"]
        self.facts = {"Stage": "test", "Arn": key}
        self.cloudformation = FakeCloudFormation(self._body)

    def __call__(self, service: str) -> Any:
        return self.cloudformation if service == "cloudformation" else self.clients[service]

    def _body(self, url: str) -> str:
        key = url.partition("/code/")[2]
        body = self.clients["s3"].get_object(Bucket="code", Key=key)["Body"].read()
        return str(body.decode())


def identity_of(account: str) -> Mock:
    """Return what says that the operator's profile leads to that account."""
    return Mock(**{"get_caller_identity.return_value": {"Account": account}})


def deployer_in(account: Client, said: list[str], **more: Any) -> Deployer:
    return Deployer(account, "code", said.append, "ryadom-test", pause=0, **more)
