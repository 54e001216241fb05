"""A stage is made in its order, protected once it stands, and unchanged by a second deploy."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.change_sets import DeployFailed, Plan
from infra.deployer import Deployer
from infra.package import Package, Stack
from infra.runtime import LOCAL
from tests.infra.fake_cloudformation import FakeCloudFormation

REGION = "eu-central-1"


def _template(outputs: dict[str, Any], *more: str) -> dict[str, Any]:
    asked = ("Stage", "Arn", "Protect", "CodeKey", *more)
    told = {name: {"Value": {"Ref": name}} for name in ("Protect", *more)}
    return {
        "Parameters": {name: {"Type": "String"} for name in asked},
        "Resources": {"Some": {"Type": "T"}},
        "Outputs": outputs | told,
    }


def _package(folder: Path, code: str = "code") -> Package:
    # The key's ARN stands in as a parameter, since no resource is really made.
    key = {"KeyArn": {"Value": {"Ref": "Arn"}}}
    services = {name: _template({}, "RootKey") for name in ("cards", "till")}
    templates = {"platform": _template(key)} | services
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
        self.cloudformation = FakeCloudFormation(self._template)

    def __call__(self, service: str) -> Any:
        return self.cloudformation if service == "cloudformation" else self.clients[service]

    def _template(self, url: str) -> str:
        key = url.partition("/code/")[2]
        body = self.clients["s3"].get_object(Bucket="code", Key=key)["Body"].read()
        return str(body.decode())


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        yield Account()


def _deployer(account: Account, said: list[str], **more: Any) -> Deployer:
    return Deployer(account, "code", said.append, "ryadom-test", pause=0, **more)


def test_a_stage_is_protected_by_a_second_change_and_not_while_it_is_made(
    account: Account, tmp_path: Path
) -> None:
    seen: list[tuple[str, bool]] = []

    def agree(plans: Sequence[Plan]) -> bool:
        seen.extend((plan.stack, plan.creates) for plan in plans)
        return True

    said: list[str] = []
    facts = _deployer(account, said, protect=True, agree=agree).deploy(
        _package(tmp_path), account.facts
    )
    assert seen == [(f"ryadom-test-{name}", True) for name in ("platform", "cards", "till")]
    assert said[:2] == ["  ryadom-test-platform created", "  ryadom-test-platform updated"]
    assert facts["Protect"] == facts["CardsProtect"] == facts["TillProtect"] == "yes"
    made = [(kind, values["Protect"]) for _, kind, values in account.cloudformation.history]
    assert made == [("CREATE", "no"), ("UPDATE", "yes")] * 3
    for stack in account.cloudformation.stacks.values():
        assert stack["EnableTerminationProtection"] is True


def test_a_table_that_a_later_release_adds_is_not_protected_while_it_is_made(
    account: Account, tmp_path: Path
) -> None:
    made = _package(tmp_path)
    _deployer(account, [], protect=True).deploy(made, account.facts)
    account.cloudformation.history.clear()
    template = _template({}, "RootKey")
    template["Resources"] |= {"New": {"Type": "AWS::DynamoDB::Table"}}
    (tmp_path / "cards.json").write_text(json.dumps(template))

    facts = _deployer(account, [], protect=True).deploy(made, account.facts)
    changed = [(name, told["Protect"]) for name, _, told in account.cloudformation.history]
    assert changed == [("ryadom-test-cards", "no"), ("ryadom-test-cards", "yes")]
    assert facts["CardsProtect"] == "yes"
    assert not account.cloudformation.change_sets


def test_every_service_has_a_root_key_of_its_own_and_the_till_that_of_cards(
    account: Account, tmp_path: Path
) -> None:
    facts = _deployer(account, []).deploy(_package(tmp_path), account.facts)
    assert facts["CardsRootKey"] and facts["CardsRootKey"] == facts["TillRootKey"]
    kept = account("ssm").describe_parameters()["Parameters"]
    assert [each["Name"] for each in kept] == ["/ryadom-test/cards/root-key"]
    assert facts["Protect"] == "no"


def test_a_second_deploy_of_the_same_changes_nothing_and_asks_nobody(
    account: Account, tmp_path: Path
) -> None:
    made = _package(tmp_path)
    _deployer(account, [], protect=True).deploy(made, account.facts)

    def nobody(plans: Sequence[Plan]) -> bool:
        raise AssertionError("asked about nothing")

    said: list[str] = []
    _deployer(account, said, protect=True, agree=nobody).deploy(made, account.facts)
    assert sorted(said) == [
        f"  ryadom-test-{name} unchanged" for name in ("cards", "platform", "till")
    ]


def test_a_deploy_that_is_not_agreed_to_leaves_nothing_behind(
    account: Account, tmp_path: Path
) -> None:
    refusing = _deployer(account, [], agree=lambda plans: False)
    with pytest.raises(DeployFailed, match="none of these changes"):
        refusing.deploy(_package(tmp_path), account.facts)
    assert not account.cloudformation.stacks


def test_a_deploy_that_was_broken_off_before_it_protected_goes_on(
    account: Account, tmp_path: Path
) -> None:
    _deployer(account, []).deploy(_package(tmp_path), account.facts)
    facts = _deployer(account, [], protect=True).deploy(_package(tmp_path), account.facts)
    assert facts["Protect"] == facts["CardsProtect"] == "yes"
    assert facts["CardsRootKey"]


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
    made = _package(tmp_path)
    account("dynamodb").create_table(
        TableName="ryadom-test-cards-data", **_table("by_ref", "by_state")
    )
    template = _template({}, "RootKey")
    for name, indexes in (("data", wanted), ("new", ("a", "b"))):
        named = {"TableName": {"Fn::Sub": f"${{AWS::StackName}}-{name}"}}
        properties = named | _table(*indexes)
        template["Resources"][name] = {"Type": "AWS::DynamoDB::Table", "Properties": properties}
    (tmp_path / "cards.json").write_text(json.dumps(template))

    deployer = _deployer(account, [], protect=True)
    if not refused:
        assert deployer.deploy(made, account.facts)
        return
    with pytest.raises(DeployFailed, match=f"ryadom-test-cards-data: {refused} would be"):
        deployer.deploy(made, account.facts)
    assert not account.cloudformation.stacks
