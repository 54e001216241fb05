"""What the infrastructure tests share: the built stacks, and an account to deploy to."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import botocore.session
import pytest
from moto import mock_aws

from infra.package import Package, package
from infra.packaging.runtime import DEFAULT, LOCAL, of_stage
from tests.infra.deploy_account import Account
from tests.infra.sam_translation import translate
from tests.infra.stack_reader import AWS, Stack

TABLE = "t-reference"


@pytest.fixture(scope="session")
def packaged() -> Package:
    """Every stack as it is deployed; unchanged ones are not built again."""
    return package()


@pytest.fixture(scope="session")
def for_aws() -> Package:
    """Every stack for the runtime that stages have, where this machine has that Python."""
    wanted = of_stage(DEFAULT)
    if wanted.interpreter is None:
        pytest.skip(f"there is no {DEFAULT} on this machine")
    return package(runtime=wanted)


@pytest.fixture(scope="session")
def built(packaged: Package) -> dict[str, Any]:
    """The built templates by name, before SAM has seen them, with the runtime that stages have."""
    templates = {}
    for stack in packaged.stacks:
        text = stack.template.read_text("utf-8").replace(LOCAL.name, DEFAULT)
        templates[stack.name] = json.loads(text)
    return templates


@pytest.fixture(scope="session")
def stacks(built: dict[str, Any]) -> dict[str, Stack]:
    """What SAM makes of every stack for a stage on AWS."""
    made = translate([(template, AWS) for template in built.values()])
    return {name: Stack(name, each) for name, each in zip(built, made, strict=True)}


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    # A symmetric key has no private half; moto draws one of RSA, which takes longer than a test.
    monkeypatch.setattr("moto.kms.models.generate_private_key", lambda _spec: None)
    with mock_aws():
        yield Account()


@pytest.fixture
def dynamodb(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """DynamoDB with the table of reference data."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        client = boto3.client("dynamodb")
        client.create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield client


@pytest.fixture
def client() -> Any:
    """A real client of CloudFormation, whose answers are written out."""
    return botocore.session.Session().create_client(
        "cloudformation", "eu-central-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
