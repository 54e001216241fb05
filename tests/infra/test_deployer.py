"""A stage is made in its order, protected once it stands, and unchanged by a second deploy."""

import json
import signal
import threading
import time
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from threading import Timer, main_thread
from types import FrameType
from typing import Any
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError

from infra.deployer import Deployer
from infra.layer import Layer
from infra.package import Package, Stack
from infra.plans import Plan
from infra.runtime import LOCAL
from infra.stack_failures import DeployFailed
from tests.infra.deploy_account import (
    Account,
    deployer_in,
    toy_package,
    toy_template,
)


def test_a_stage_is_protected_by_a_second_change_and_not_while_it_is_made(
    account: Account, tmp_path: Path
) -> None:
    seen: list[tuple[str, bool]] = []

    def agree(plans: Sequence[Plan]) -> bool:
        seen.extend((plan.stack, plan.creates) for plan in plans)
        return True

    said: list[str] = []
    facts = deployer_in(account, said, protect=True, agree=agree).deploy(
        toy_package(tmp_path), account.facts
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
    made = toy_package(tmp_path)
    deployer_in(account, [], protect=True).deploy(made, account.facts)
    account.cloudformation.history.clear()
    template = toy_template({}, "RootKey")
    template["Resources"] |= {"New": {"Type": "AWS::DynamoDB::Table"}}
    (tmp_path / "cards.json").write_text(json.dumps(template))

    facts = deployer_in(account, [], protect=True).deploy(made, account.facts)
    changed = [(name, told["Protect"]) for name, _, told in account.cloudformation.history]
    assert changed == [("ryadom-test-cards", "no"), ("ryadom-test-cards", "yes")]
    assert facts["CardsProtect"] == "yes"
    assert not account.cloudformation.change_sets


def test_every_service_has_a_root_key_of_its_own_and_the_till_that_of_cards(
    account: Account, tmp_path: Path
) -> None:
    made = toy_package(tmp_path)
    signing = toy_template({}, "RootKey", "PeopleKeyArn")
    (tmp_path / "cards.json").write_text(json.dumps(signing))
    told = account.facts | {"CardsPeopleKeyArn": "arn:people", "TillPeopleKeyArn": ""}
    facts = deployer_in(account, []).deploy(made, told)
    assert facts["CardsRootKey"] and facts["CardsRootKey"] == facts["TillRootKey"]
    assert facts["CardsPeopleKeyArn"] == "arn:people"
    kept = account("ssm").describe_parameters()["Parameters"]
    assert [each["Name"] for each in kept] == ["/ryadom-test/cards/root-key"]
    assert facts["Protect"] == "no"


def _wrapped_by(key: str, account: Account) -> str:
    made = account("kms").generate_data_key_without_plaintext(
        KeyId=key, NumberOfBytes=32, EncryptionContext={"service": "cards"}
    )
    return b64encode(made["CiphertextBlob"]).decode()


def test_a_root_key_of_a_former_stage_is_refused_before_anything_uses_it(
    account: Account, tmp_path: Path
) -> None:
    """Each function would answer 503 to whatever needs a secret, on a stage that says «Ready»."""
    other = account("kms").create_key()["KeyMetadata"]["Arn"]
    name = "/ryadom-test/cards/root-key"
    for kept in (_wrapped_by(other, account), "no base64!", "cut"):
        account("ssm").put_parameter(Name=name, Value=kept, Type="String", Overwrite=True)
        with pytest.raises(DeployFailed, match=f"root key {name} was not wrapped by"):
            deployer_in(account, [], protect=True).deploy(toy_package(tmp_path), account.facts)
        assert "ryadom-test-cards" not in account.cloudformation.stacks
        assert account("ssm").get_parameter(Name=name)["Parameter"]["Value"] == kept


@pytest.mark.parametrize(
    ("code", "refused"),
    [
        ("IncorrectKeyException", True),
        ("InvalidCiphertextException", True),
        ("AccessDeniedException", False),
        ("ThrottlingException", False),
    ],
)
def test_who_may_not_ask_whether_a_root_key_opens_deploys_all_the_same(
    account: Account, tmp_path: Path, code: str, refused: bool
) -> None:
    key = account.facts["Arn"]
    account("ssm").put_parameter(
        Name="/ryadom-test/cards/root-key", Value=_wrapped_by(key, account), Type="String"
    )
    error = ClientError({"Error": {"Code": code}}, "ReEncrypt")
    account.clients["kms"].re_encrypt = Mock(side_effect=error)
    deployer = deployer_in(account, [], protect=True)
    if refused:
        with pytest.raises(DeployFailed, match="was not wrapped"):
            deployer.deploy(toy_package(tmp_path), account.facts)
    else:
        assert deployer.deploy(toy_package(tmp_path), account.facts)["CardsProtect"] == "yes"
    asked = account.clients["kms"].re_encrypt.call_args.kwargs
    assert {asked["SourceKeyId"], asked["DestinationKeyId"]} == {key}
    of_service = {"service": "cards"}
    assert asked["SourceEncryptionContext"] == asked["DestinationEncryptionContext"] == of_service


def test_a_root_key_is_never_written_over(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two first deploys at once both find none, and rows of the one that was first are kept."""
    deployer_in(account, []).deploy(toy_package(tmp_path), account.facts)
    monkeypatch.setattr(Deployer, "_kept_root_key", lambda *_: None)
    with pytest.raises(ClientError, match="ParameterAlreadyExists"):
        deployer_in(account, []).deploy(toy_package(tmp_path), account.facts)


def test_a_second_deploy_of_the_same_changes_nothing_and_asks_nobody(
    account: Account, tmp_path: Path
) -> None:
    made = toy_package(tmp_path)
    deployer_in(account, [], protect=True).deploy(made, account.facts)

    def nobody(plans: Sequence[Plan]) -> bool:
        raise AssertionError("asked about nothing")

    said: list[str] = []
    deployer_in(account, said, protect=True, agree=nobody).deploy(made, account.facts)
    assert sorted(said) == [
        f"  ryadom-test-{name} unchanged" for name in ("cards", "platform", "till")
    ]


def test_what_the_stacks_name_lies_in_the_bucket_and_is_sent_once(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = toy_package(tmp_path)
    (tmp_path / "layer.zip").write_text("libraries")
    made.layers["common"] = Layer("common", tmp_path, tmp_path / "layer.zip", "hash")
    platform = toy_template({"KeyArn": {"Value": {"Ref": "Arn"}}}, "LayerKey", "LayerHash")
    (tmp_path / "platform.json").write_text(json.dumps(platform))

    facts = deployer_in(account, []).deploy(made, account.facts)
    listed = account("s3").list_objects_v2(Bucket="code")["Contents"]
    kept = {each["Key"] for each in listed if not each["Key"].startswith("templates/")}
    codes = {told["CodeKey"] for _, _, told in account.cloudformation.history}
    assert kept == {facts["LayerKey"], *codes} and len(codes) == 3
    assert facts["LayerHash"] == "hash"

    sent = Mock(wraps=account("s3").put_object)
    monkeypatch.setattr(account("s3"), "put_object", sent)
    again = deployer_in(account, []).deploy(made, account.facts)
    assert [each for each in sent.call_args_list if each[1]["Key"] in kept] == []
    assert again["CardsProtect"] == "no", "only a deploy that protects protects"


def test_a_deploy_that_is_not_agreed_to_leaves_nothing_behind(
    account: Account, tmp_path: Path
) -> None:
    refusing = deployer_in(account, [], agree=lambda plans: False)
    with pytest.raises(DeployFailed, match="none of these changes"):
        refusing.deploy(toy_package(tmp_path), account.facts)
    assert not account.cloudformation.stacks


def test_a_deploy_that_was_broken_off_before_it_protected_goes_on(
    account: Account, tmp_path: Path
) -> None:
    deployer_in(account, []).deploy(toy_package(tmp_path), account.facts)
    facts = deployer_in(account, [], protect=True).deploy(toy_package(tmp_path), account.facts)
    assert facts["Protect"] == facts["CardsProtect"] == "yes"
    assert facts["CardsRootKey"]


def _one_wave(folder: Path) -> Package:
    """Two stacks that ask nothing of each other, made at once once the platform stands."""
    made = toy_package(folder)
    (folder / "intake.json").write_text(json.dumps(toy_template({}, "RootKey")))
    intake = Stack("intake", folder / "intake.json", folder / "cards.zip", "code")
    return Package((*made.stacks[:2], intake), {}, LOCAL)


def test_ctrl_c_ends_all_waiting_and_what_the_cloud_has_begun_is_no_obstacle(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table with its indexes takes twenty minutes, and each further Ctrl-C was without effect."""
    made, cloudformation = _one_wave(tmp_path), account.cloudformation
    deployer = Deployer(account, "code", lambda _: None, "ryadom-test", pause=2)
    execute, begun = cloudformation.execute_change_set, list[float]()

    def slow(ChangeSetName: str) -> None:
        execute(ChangeSetName)
        begun.append(time.monotonic())
        if len(begun) == 3:  # the platform, then both
            cloudformation.shown_first = ["CREATE_IN_PROGRESS"] * 4
            Timer(0.2, signal.pthread_kill, [main_thread().ident, signal.SIGINT]).start()

    monkeypatch.setattr(cloudformation, "execute_change_set", slow)
    # What runs in the background of a shell is deaf to Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            deployer.deploy(made, account.facts)
    finally:
        signal.signal(signal.SIGINT, before)
    assert time.monotonic() - begun[-1] < 3  # it was four
    cloudformation.shown_first = []
    again = deployer_in(account, []).deploy(made, account.facts)
    assert again["IntakeRootKey"] and again["CardsRootKey"]


def test_plans_beside_one_that_cannot_be_made_are_forgotten(
    account: Account, tmp_path: Path
) -> None:
    made = _one_wave(tmp_path)
    deployer_in(account, []).deploy(made, account.facts)
    account.cloudformation.stacks["ryadom-test-intake"]["StackStatus"] = "UPDATE_ROLLBACK_FAILED"
    (tmp_path / "cards.json").write_text(json.dumps(toy_template({}, "RootKey", "Stage")))
    with pytest.raises(DeployFailed, match="ryadom-test-intake is UPDATE_ROLLBACK_FAILED"):
        deployer_in(account, []).deploy(made, account.facts)
    assert not account.cloudformation.change_sets


def test_stacks_that_are_planned_at_the_same_moment_have_a_plan_each(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of four stacks one was carried out twice and another one never."""
    stacks = [Stack(f"s{n}", tmp_path / "t", tmp_path / "c", "code") for n in range(9)]
    deployer = deployer_in(account, [])
    monkeypatch.setattr(
        deployer, "_first_plan", lambda stack, facts: Plan(stack.name, True, "made", ())
    )

    def rest_before_each_line(frame: FrameType, *_: Any) -> Any:
        time.sleep(0.002 * (frame.f_code.co_name == "plan"))
        return rest_before_each_line

    threading.settrace(rest_before_each_line)
    try:
        plans = deployer._plans(stacks, {})
    finally:
        threading.settrace(None)
    assert [plan.stack for plan in plans] == [stack.name for stack in stacks]


def test_every_stack_that_fails_is_named(account: Account, tmp_path: Path) -> None:
    made = _one_wave(tmp_path)
    deployer_in(account, []).deploy(made, account.facts)
    for name in ("cards", "intake"):
        (tmp_path / f"{name}.json").write_text(json.dumps(toy_template({}, "RootKey", "Stage")))
    account.cloudformation.fails = True
    with pytest.raises(DeployFailed, match=r"(?s)test-cards is UPDATE_ROLL.*test-intake is UPDATE"):
        deployer_in(account, []).deploy(made, account.facts)


@pytest.mark.parametrize("refused_one", ["cards", "till"])
def test_what_aws_refuses_is_named_beside_a_stack_that_fails(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused_one: str
) -> None:
    """One of the two was said, and the other came up with the next try."""
    stacks = [Stack(name, tmp_path, tmp_path, "code") for name in ("cards", "intake", "till")]
    refused = ClientError({"Error": {"Code": "ExpiredToken"}}, "DescribeStacks")
    errors: dict[str, Exception] = dict.fromkeys(("cards", "till"), DeployFailed("one is DOWN"))
    errors[refused_one] = refused

    def plan(stack: Stack, _: Any) -> Plan:
        if stack.name in errors:
            raise errors[stack.name]
        return Plan(stack.name, True, None, ())

    deployer = deployer_in(account, [])
    monkeypatch.setattr(deployer, "_first_plan", plan)
    with pytest.raises(DeployFailed, match="one is DOWN") as failed:
        deployer._plans(stacks, {})
    lines = str(failed.value).splitlines()
    assert len(lines) == 2 and "one is DOWN" in lines
    assert f"ryadom-test-{refused_one}: An error occurred (ExpiredToken)" in str(failed.value)
    assert failed.value.__cause__ is refused  # by which the terminal says what to do about it

    errors["intake"] = KeyError("a fault of ours is shown whole")
    errors.pop("cards")
    with pytest.raises(KeyError):
        deployer._plans(stacks, {})


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


# the command ----------------------------------------------------------------------------------
